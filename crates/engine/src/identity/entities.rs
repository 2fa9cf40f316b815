//! What is kept about identity: the proof on its way, and the identity proved.

use crate::Redirect;
use serde::{Deserialize, Serialize};
use terms::{BirthDate, CustomerId, Kana, ProofingId, Time};

/// What became of a proofing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofingState {
    /// The person is at the verifier.
    Begun,
    /// The verifier vouched.
    Proved,
    /// The verifier's answer was refused.
    Refused,
}

/// One proof of identity on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proofing {
    /// Which proof.
    pub id: ProofingId,
    /// Whose.
    pub customer: CustomerId,
    /// By which method of the method table.
    pub method: String,
    /// The redirect to the verifier.
    pub redirect: Redirect,
    /// What became of it.
    pub state: ProofingState,
    /// When it began.
    pub begun_at: Time,
}

/// Who a customer is, by a verifier's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Whose.
    pub customer: CustomerId,
    /// The verifier.
    pub issuer: String,
    /// The verifier's stable subject: one person, one wallet.
    pub subject: String,
    /// By which method.
    pub method: String,
    /// The name as written.
    pub name: String,
    /// The name in kana.
    pub kana: Kana,
    /// The birth date.
    pub birth_date: BirthDate,
    /// When the verifier verified.
    pub verified_at: Time,
    /// When the certificate behind it ends.
    pub valid_until: Time,
    /// When the wallet was closed, so that the person may open another.
    pub ended_at: Option<Time>,
}
