//! Why nobody vouched: the party was not reached, said no, or said something that must not be believed.

use jose::{ExchangeFault, TokenRefused};

/// Why a flow did not begin or finish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityFault {
    /// The party was not reached, or gave no whole answer.
    #[error("{issuer}, {step}: {fault}")]
    NoAnswer {
        /// Which party.
        issuer: String,
        /// Doing what.
        step: &'static str,
        /// What failed.
        fault: ExchangeFault,
    },
    /// The party answered something that its contract does not have.
    #[error("{issuer}, {step}: the answer with status {status} is not understood")]
    NotUnderstood {
        /// Which party.
        issuer: String,
        /// Doing what.
        step: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The party refused, with an error code of OAuth (RFC 6749 §5.2).
    #[error("{issuer}, {step}: refused with {error}")]
    Refused {
        /// Which party.
        issuer: String,
        /// Doing what.
        step: &'static str,
        /// The error code: letters, digits and underscores, at most 60.
        error: String,
    },
    /// What the party signed must not be believed.
    #[error("{issuer}: its word is refused: {why}")]
    WordRefused {
        /// Which party.
        issuer: String,
        /// Why.
        why: AssertionWrong,
    },
}

/// Why an assertion or ID token is not believed, in the order checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionWrong {
    /// It is not a valid token of this party for us.
    #[error(transparent)]
    Token(#[from] TokenRefused),
    /// It answers another request.
    #[error("the nonce is that of another request")]
    Nonce,
    /// It was handed out to another client (`azp`).
    #[error("the token was handed out to another party")]
    AuthorizedParty,
    /// Another method was used than asked.
    #[error("another method was used than was asked")]
    Method,
    /// It stands on a picture of a face.
    #[error("the assertion stands on a picture of a face")]
    FaceImage,
    /// The card was not read in this flow.
    #[error("the card was read at another time")]
    OtherTime,
    /// The certificate behind it has run out.
    #[error("the certificate behind the assertion has run out")]
    CertificateOver,
    /// ID token and access token speak of different people.
    #[error("the ID token and the access token name different subjects")]
    Subject,
    /// A claim is empty, too long, or not a value of its kind.
    #[error("a claim is not a value of its kind")]
    Claim,
}

impl IdentityFault {
    /// Whether it may be different when tried again later: nobody said no, and nothing was forged.
    pub const fn is_fault(&self) -> bool {
        match self {
            Self::NoAnswer { .. } | Self::NotUnderstood { .. } => true,
            Self::Refused { .. } => false,
            Self::WordRefused { why, .. } => {
                matches!(why, AssertionWrong::Token(token) if token.is_fault())
            }
        }
    }

    /// A stable code for logs and counters.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAnswer { .. } => "identity_no_answer",
            Self::NotUnderstood { .. } => "identity_not_understood",
            Self::Refused { .. } => "identity_refused",
            Self::WordRefused { why, .. } => match why {
                AssertionWrong::Token(token) => token.code(),
                AssertionWrong::Nonce => "assertion_other_nonce",
                AssertionWrong::AuthorizedParty => "assertion_other_party",
                AssertionWrong::Method => "assertion_other_method",
                AssertionWrong::FaceImage => "assertion_face_image",
                AssertionWrong::OtherTime => "assertion_other_time",
                AssertionWrong::CertificateOver => "assertion_certificate_over",
                AssertionWrong::Subject => "assertion_other_subject",
                AssertionWrong::Claim => "assertion_claim_wrong",
            },
        }
    }
}
