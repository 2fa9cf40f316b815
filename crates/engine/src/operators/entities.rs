//! What is kept about the operator's staff.

use crate::{Code, Refusal};
use serde::{Deserialize, Serialize};
use terms::{Digest, OperatorName, Time};

/// One person of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The name in the journal; never given to somebody else.
    pub name: OperatorName,
    /// SHA-256 of the token.
    pub token: Digest,
    /// Who added them.
    pub added_by: OperatorName,
    /// The first of the line in which each was brought in by the one before; the token of the first hour begins lines.
    pub line: OperatorName,
    /// Since when.
    pub created_at: Time,
    /// Until when.
    pub ended_at: Option<Time>,
}

impl Operator {
    /// The name under which the token of the data folder or configuration acts. It adds people, looks and stops; it is
    /// nobody in particular, so it is never one of the two who resume.
    pub fn first_hour() -> OperatorName {
        match OperatorName::parse("operator") {
            Ok(name) => name,
            Err(wrong) => panic!("bug: {wrong}"),
        }
    }

    /// Whether this person can be the second of two. Nobody is that to themselves or to anybody of their own line: a
    /// colleague whom one of them brought in, or who was brought in by the same, could be the same person.
    pub fn is_second_to(&self, first: &Self) -> bool {
        self.line != first.line
    }

    /// Whether the token still opens something.
    pub const fn is_active(&self) -> bool {
        self.ended_at.is_none()
    }
}

/// A named person who still belongs to the staff: the token of the first hour is nobody in particular.
pub(crate) fn named(operator: Option<&Operator>) -> Result<&Operator, Refusal> {
    operator.filter(|operator| operator.is_active()).ok_or(Refusal::new(Code::SecondPersonNeeded))
}
