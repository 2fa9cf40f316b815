//! Speaks to those who vouch for people: an identity verifier, and outside OpenID providers.
//!
//! | who | what | standard |
//! |---|---|---|
//! | [`Verifier`] | who a person is, read from a card's chip and signed | `private_key_jwt` (RFC 7523), JWS (RFC 7515) |
//! | [`OpenIdProvider`] | that the same outside account signed in again | OpenID Connect Core, PKCE (RFC 7636) |
//!
//! An outside identity is never enough to link or to move money, and is never joined by mail address (H9): all that
//! leaves this crate of it is issuer and subject.
#![forbid(unsafe_code)]

mod clock;
mod exchange;
mod fault;
mod metadata;
mod openid;
mod settings;
mod verifier;

pub use fault::{AssertionWrong, IdentityFault};
pub use openid::{OpenIdProvider, OutsideIdentity};
pub use settings::{PartySettings, SettingsWrong};
pub use verifier::{VerifiedPerson, Verifier};
