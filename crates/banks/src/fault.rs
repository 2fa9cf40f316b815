//! Why a bank's word is not there: it was not reached, said no, or said something that must not be believed.

use jose::{ExchangeFault, TokenRefused};
use terms::BankCode;

/// Why a consent did not begin or finish, or a link did not end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankFault {
    /// No such bank in the settings.
    #[error("bank {0} is not among the issuers in the settings")]
    NoSuchBank(BankCode),
    /// The bank was not reached, or gave no whole answer.
    #[error("bank {bank}, {step}: {fault}")]
    NoAnswer {
        /// Which bank.
        bank: BankCode,
        /// Doing what.
        step: &'static str,
        /// What failed.
        fault: ExchangeFault,
    },
    /// The bank answered something that its contract does not have.
    #[error("bank {bank}, {step}: the answer with status {status} is not understood")]
    NotUnderstood {
        /// Which bank.
        bank: BankCode,
        /// Doing what.
        step: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The bank refused, with an error code of OAuth (RFC 6749 §5.2).
    #[error("bank {bank}, {step}: refused with {error}")]
    Refused {
        /// Which bank.
        bank: BankCode,
        /// Doing what.
        step: &'static str,
        /// The error code: letters, digits and underscores, at most 60.
        error: String,
    },
    /// The bank's word must not be believed.
    #[error("bank {bank}: its word on the link is refused: {why}")]
    WordRefused {
        /// Which bank.
        bank: BankCode,
        /// Why.
        why: WordWrong,
    },
}

/// Why a bank's word on a link is not believed, in the order checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordWrong {
    /// The attestation is not a valid token of this bank for us.
    #[error(transparent)]
    Token(#[from] TokenRefused),
    /// It belongs to another request.
    #[error("the attestation belongs to another request")]
    State,
    /// The person was checked by another method than asked.
    #[error("the bank used another method than was asked")]
    Method,
    /// The limits granted are not those that were asked, or lower.
    #[error("the bank granted other limits than were asked, or none")]
    Limits,
    /// The token and the attestation speak of different bank accounts.
    #[error("the grant and the attestation name different bank accounts")]
    Account,
    /// A claim is empty, too long, or not a value of its kind.
    #[error("a claim of the attestation is not a value of its kind")]
    Claim,
}

impl BankFault {
    /// Whether it may be different when tried again later: nobody said no, and nothing was forged.
    pub const fn is_fault(&self) -> bool {
        match self {
            Self::NoAnswer { .. } | Self::NotUnderstood { .. } => true,
            Self::NoSuchBank(_) | Self::Refused { .. } => false,
            Self::WordRefused { why, .. } => matches!(why, WordWrong::Token(token) if token.is_fault()),
        }
    }

    /// A stable code for logs and counters.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchBank(_) => "bank_unknown",
            Self::NoAnswer { .. } => "bank_no_answer",
            Self::NotUnderstood { .. } => "bank_not_understood",
            Self::Refused { .. } => "bank_refused",
            Self::WordRefused { why, .. } => match why {
                WordWrong::Token(token) => token.code(),
                WordWrong::State => "attestation_other_state",
                WordWrong::Method => "attestation_other_method",
                WordWrong::Limits => "attestation_other_limits",
                WordWrong::Account => "attestation_other_account",
                WordWrong::Claim => "attestation_claim_wrong",
            },
        }
    }
}
