//! Why a token was refused: one name per reason, in the order in which they are checked.

/// A refusal of [`crate::verify`]. The order is the order of the checks, so each token has one right answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum TokenRefused {
    /// Not a compact JWS of a JSON object, too long, or with members that nobody may ignore (`crit`).
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// The `typ` header is not the one expected here (RFC 8725 §3.11).
    #[error("the token is of another type")]
    WrongType,
    /// The `alg` header is not among those allowed here; `none` and `HS*` never are (RFC 8725 §3.1).
    #[error("the token is signed with an algorithm that is not allowed here")]
    WrongAlgorithm,
    /// The issuer's key set could not be fetched or read. Not the token's fault: ask again later.
    #[error("the issuer's keys could not be had: {0}")]
    KeysUnavailable(&'static str),
    /// The issuer publishes no key of that name for that algorithm.
    #[error("the token is signed by a key that the issuer does not publish")]
    UnknownKey,
    /// The signature is not that of the issuer's key over these bytes.
    #[error("the token's signature is wrong")]
    WrongSignature,
    /// `iss` is another issuer.
    #[error("the token comes from another issuer")]
    WrongIssuer,
    /// `aud` is not exactly the audience expected.
    #[error("the token is meant for somebody else")]
    WrongAudience,
    /// `exp` is past.
    #[error("the token has expired")]
    Expired,
    /// `iat` or `nbf` lies in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is longer ago than is allowed here.
    #[error("the token is too old")]
    TooOld,
    /// The claims do not have the shape that the caller needs.
    #[error("the token's claims do not have the expected shape")]
    WrongClaims,
}

impl TokenRefused {
    /// A stable code for logs and counters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed(_) => "token_malformed",
            Self::WrongType => "token_wrong_type",
            Self::WrongAlgorithm => "token_wrong_algorithm",
            Self::KeysUnavailable(_) => "token_keys_unavailable",
            Self::UnknownKey => "token_unknown_key",
            Self::WrongSignature => "token_wrong_signature",
            Self::WrongIssuer => "token_wrong_issuer",
            Self::WrongAudience => "token_wrong_audience",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::TooOld => "token_too_old",
            Self::WrongClaims => "token_wrong_claims",
        }
    }

    /// Whether the same token may be accepted later: true only when the keys could not be had.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        matches!(self, Self::KeysUnavailable(_))
    }
}
