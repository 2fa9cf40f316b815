//! Identity: a verifier's signed word on who the customer is; no picture of a card is ever enough.

mod entities;

pub use entities::{Identity, Proofing, ProofingState};
