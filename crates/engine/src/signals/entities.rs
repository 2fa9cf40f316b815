//! What is kept about signals.

use serde::{Deserialize, Serialize};
use terms::{BankCode, ConsentId, CustomerId, Digest, LinkId, Time};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// What a bank tells.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum SignalKind {$(
            $(#[$doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl SignalKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word that is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }
        }
    };
}

kinds! {
    /// Somebody whom we sent did not pass the bank's check.
    TryFailed "try_failed";
    /// Somebody whom we sent tried a number that belongs to nobody and was handed out as a trap.
    CanaryTried "canary_tried";
    /// The depositor reports fraud, or that the secrets of the bank account are out.
    AccountCompromised "account_compromised";
    /// The depositor says of a link: not mine.
    LinkDenied "link_denied";
    /// The bank itself is broken into.
    BankCompromised "bank_compromised";
    /// The bank asks us to make no new links at it.
    StopRequested "stop_requested";
}

impl SignalKind {
    /// Whether it tells of a try at the bank's check, so that it is a sighting too.
    pub const fn is_try(self) -> bool {
        matches!(self, Self::TryFailed | Self::CanaryTried)
    }

    /// Whether links to the bank account may not be used after it.
    pub const fn suspends(self) -> bool {
        matches!(self, Self::AccountCompromised | Self::LinkDenied)
    }
}

/// What a bank said and signed; the shell has checked signature, issuer, audience and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalSaid {
    /// The bank's id of the token: the same id again is the same signal (P3).
    pub jti: String,
    /// What it tells.
    pub kind: SignalKind,
    /// When it happened.
    pub at: Time,
    /// The bank's opaque name of the bank account, the same as on links.
    pub account: Option<String>,
    /// SHA-256 of the `state` with which we sent the person.
    pub state: Option<Digest>,
    /// By which of the bank's methods.
    pub method: Option<String>,
    /// The bank's own keyed tag of the secret that was tried.
    pub secret: Option<Digest>,
    /// Whether the number is a trap.
    pub canary: bool,
}

/// What a bank said as it is kept: nothing of it can be used elsewhere (P13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The bank's id of the token.
    pub jti: String,
    /// What it tells.
    pub kind: SignalKind,
    /// When it happened.
    pub at: Time,
    /// Keyed tag of bank and bank account, the same as on links.
    pub account: Option<Digest>,
    /// SHA-256 of the `state` with which we sent the person.
    pub state: Option<Digest>,
    /// By which of the bank's methods.
    pub method: Option<String>,
    /// Our keyed tag of the bank's own tag of the secret that was tried.
    pub secret: Option<Digest>,
    /// Whether the number is a trap.
    pub canary: bool,
}

/// A signal that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Its place in the order of all signals; 0 until the store gives it one.
    pub number: u64,
    /// Whose word it is.
    pub bank: BankCode,
    /// What was said.
    pub told: Told,
    /// When we took it.
    pub taken_at: Time,
    /// The consent that it belongs to, where it is known.
    pub consent: Option<ConsentId>,
    /// The customer of that consent.
    pub customer: Option<CustomerId>,
    /// The links that were suspended by it.
    pub suspended: Vec<LinkId>,
}
