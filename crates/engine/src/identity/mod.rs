//! Identity: a verifier's signed word on who the customer is; no picture of a card is ever enough.

mod begin;
mod entities;
mod finish;
mod methods;

pub use begin::{BeginProofing, BeginProofingFacts};
pub use entities::{Identity, Proofing, ProofingState};
pub use finish::{FinishProofing, FinishProofingFacts, ProvedPerson};
pub use methods::{Day, PROOFING_METHODS, ProofingMethod, ProofingUse};
