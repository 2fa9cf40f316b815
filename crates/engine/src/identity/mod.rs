//! Identity: a verifier's signed word on who the customer is; no picture of a card is ever enough.

mod entities;
mod methods;

pub use entities::{Identity, Proofing, ProofingState};
pub use methods::{Day, PROOFING_METHODS, ProofingMethod, ProofingUse};
