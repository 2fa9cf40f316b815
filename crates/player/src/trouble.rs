//! Everything that can go wrong while playing, told so that a person can act on it.

use std::fmt;

/// A refusal in the form of RFC 9457, as the wallet or the sandbox sent it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The request, for example `POST /v1/transfers`.
    pub at: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code, or `-` where the answer carried none.
    pub code: String,
    /// The sentences for people: title and detail.
    pub says: String,
    /// `Retry-After` in seconds, where sent.
    pub retry_after_s: Option<u64>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {} {}", self.at, self.status, self.code)?;
        if !self.says.is_empty() {
            write!(f, " ({})", self.says)?;
        }
        Ok(())
    }
}

/// Why a part of the play could not be finished.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The other side said no.
    #[error("{0}")]
    Refused(Problem),
    /// No answer came.
    #[error("{at}: no answer ({why}); is it running, and is this its address?")]
    NoAnswer {
        /// The request.
        at: String,
        /// What failed.
        why: String,
    },
    /// An answer came that the contract does not describe.
    #[error("{at}: expected {expected}, got {got}")]
    Unexpected {
        /// The request or the ceremony.
        at: String,
        /// What the contract says.
        expected: String,
        /// What came.
        got: String,
    },
    /// Something did not happen in the time allowed.
    #[error("waited {limit_s} s for {awaited}; last seen: {last}")]
    TookTooLong {
        /// What was waited for.
        awaited: String,
        /// How long, in seconds.
        limit_s: u64,
        /// The last state seen.
        last: String,
    },
    /// The passkey did not take part.
    #[error("the passkey refused: {0}")]
    Passkey(#[from] crate::authenticator::CeremonyRefused),
    /// An option of the caller is not usable.
    #[error("{0}")]
    Option(String),
}

impl Trouble {
    /// The refusal, when it is one.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            _ => None,
        }
    }
}
