//! Signed tokens of the field: keys, client assertions, proofs of possession, key sets and their verification.
//!
//! The crate holds the pieces that a client of the [FAPI 2.0 Security Profile] needs and nothing about any bank,
//! wallet or customer:
//!
//! | piece | standard |
//! |---|---|
//! | [`SigningKey`], [`jwks`] | RFC 7517 (JWK), RFC 7638 (thumbprint), RFC 7518 §3.4 (ES256) |
//! | [`sign`] | RFC 7515 (JWS compact serialisation) |
//! | [`client_assertion`] | RFC 7523 §2.2, OpenID Connect Core §9 (`private_key_jwt`) |
//! | [`dpop_proof`] | RFC 9449 (DPoP) |
//! | [`Pkce`], [`state_hash`] | RFC 7636 (PKCE, S256) |
//! | [`KeySet`], [`verify`] | RFC 7517 §5, RFC 7519 §7.2, RFC 8725 (best current practice) |
//! | [`DpopClient`] | RFC 9449 §8 and §9 (nonces), over HTTP/1.1 |
//!
//! Nothing here reads a clock: callers pass `now_s`, whole seconds since 1970. Nothing here can produce or accept
//! `alg: none` or a shared-secret algorithm, because [`Algorithm`] has no name for them.
//!
//! ```
//! use jose::{Algorithm, Expect, KeySet, SigningKey, TokenRefused, jwks, sign, verify};
//! use serde_json::{Value, json};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let key = SigningKey::generate()?;
//! let claims = json!({"iss": "https://bank.example", "aud": "wallet", "iat": 1_790_000_000});
//! let token = sign(&key, "link-attestation+jwt", &claims);
//!
//! let keys = KeySet::fixed(&jwks(&[&key]))?; // or KeySet::at("https://bank.example/jwks")
//! let expect = Expect {
//!     typ: "link-attestation+jwt",
//!     issuer: "https://bank.example",
//!     audience: "wallet",
//!     algorithms: &[Algorithm::Es256],
//!     now_s: 1_790_000_060,
//!     leeway_s: 10,
//!     max_age_s: 300,
//! };
//! assert_eq!(verify::<Value>(&token, &keys, expect).await?, claims);
//!
//! let elsewhere = Expect { audience: "another wallet", ..expect };
//! assert_eq!(verify::<Value>(&token, &keys, elsewhere).await, Err(TokenRefused::WrongAudience));
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```
//!
//! [FAPI 2.0 Security Profile]: https://openid.net/specs/fapi-security-profile-2_0-final.html
#![forbid(unsafe_code)]

mod algorithm;
mod assertion;
mod base64url;
mod dpop;
mod dpop_client;
mod jwk;
mod jws;
mod key;
mod key_set;
mod pkce;
mod refused;
mod state;
mod verify;

pub use algorithm::Algorithm;
pub use assertion::{CLIENT_ASSERTION_TYPE, client_assertion};
pub use dpop::dpop_proof;
pub use dpop_client::{
    Answer, Body, ClientAuth, DpopClient, Exchange, ExchangeFault, MAX_BODY_BYTES, Method, Possession,
    TimeLimits,
};
pub use jws::sign;
pub use key::{KeyRefused, PrivateKeyBytes, SigningKey, jwks};
pub use key_set::KeySet;
pub use pkce::Pkce;
pub use refused::TokenRefused;
pub use state::state_hash;
pub use verify::{Expect, MAX_TOKEN_BYTES, verify};
