//! A bank tells what it sees: a Security Event Token (RFC 8417) with one event of ours, pushed as RFC 8935 says.
//!
//! The event types are names in a namespace of our own; docs/api.md describes them.

use crate::attestation::{ALGORITHMS, LEEWAY_S};
use crate::{Banks, clock};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use engine::signals::{SignalKind, SignalSaid};
use jose::{Expect, TokenRefused, verify};
use serde::Deserialize;
use std::collections::BTreeMap;
use terms::{BankCode, Digest, Time};

/// What stands before the kind, in the URI of an event type.
const NAMESPACE: &str = "urn:tsugime:signal:";
/// How old a token may be, in seconds: a bank tries again for a week.
const MAX_AGE_S: i64 = 7 * 86_400;
/// The longest id of a token, in bytes.
const JTI_MAX: usize = 100;
/// The longest opaque name of a bank account, in bytes.
const ACCOUNT_MAX: usize = 200;
/// The longest code of a method, in bytes.
const METHOD_MAX: usize = 40;

/// The claims beside those of every token. Others (`txn`) are not read and not kept.
#[derive(Deserialize)]
struct Claims {
    jti: String,
    /// When it happened, in seconds since 1970 (RFC 8417 §2.2).
    toe: i64,
    /// The bank account (RFC 9493 §3.2.7).
    sub_id: Option<SubId>,
    events: BTreeMap<String, Event>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubId {
    format: String,
    id: String,
}

/// An event's members. What is not known is refused: nobody can hand us a secret by mistake (P13).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    method: Option<String>,
    state_hash: Option<String>,
    secret_tag: Option<String>,
    #[serde(default)]
    canary: bool,
}

impl Banks {
    /// What `token` says, when it is this bank's, meant for us, and a signal.
    ///
    /// # Errors
    /// [`TokenRefused`]; a bank that is not in the settings has no key, so nothing of it is believed.
    pub async fn verify_signal(&self, bank: BankCode, token: &str) -> Result<SignalSaid, TokenRefused> {
        if self.discovered(bank).is_err() {
            return Err(TokenRefused::WrongIssuer);
        }
        let endpoints = self.endpoints(bank).await;
        let endpoints =
            endpoints.map_err(|_| TokenRefused::KeysUnavailable("the bank's metadata cannot be had"))?;
        let expect = Expect {
            typ: "secevent+jwt",
            issuer: &endpoints.issuer,
            audience: &self.client_id,
            algorithms: &ALGORITHMS,
            now_s: clock::now_s(),
            leeway_s: LEEWAY_S,
            max_age_s: MAX_AGE_S,
        };
        let claims: Claims = verify(token, &endpoints.keys, expect).await?;
        claims.read().ok_or(TokenRefused::WrongClaims)
    }
}

impl Claims {
    fn read(self) -> Option<SignalSaid> {
        let fits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let mut events = self.events.into_iter();
        let (uri, event) = events.next().filter(|_| events.len() == 0)?;
        let account = match self.sub_id {
            None => None,
            Some(sub_id) if sub_id.format == "opaque" && fits(&sub_id.id, ACCOUNT_MAX) => Some(sub_id.id),
            Some(_) => return None,
        };
        if !fits(&self.jti, JTI_MAX) || event.method.as_ref().is_some_and(|method| !fits(method, METHOD_MAX))
        {
            return None;
        }
        let kind = kind_of(&uri)?;
        Some(SignalSaid {
            jti: self.jti,
            kind,
            at: Time::from_millis(self.toe.checked_mul(1_000)?),
            account,
            state: digest(event.state_hash)?,
            method: event.method,
            secret: digest(event.secret_tag)?,
            canary: event.canary || kind == SignalKind::CanaryTried,
        })
    }
}

/// The kind that a URI names: its words with hyphens, `urn:tsugime:signal:try-failed`.
fn kind_of(uri: &str) -> Option<SignalKind> {
    let name = uri.strip_prefix(NAMESPACE)?;
    SignalKind::ALL.iter().copied().find(|kind| kind.as_str().replace('_', "-") == name)
}

/// 32 bytes in base64url: outside nothing where they are malformed, inside nothing where they are not given.
///
/// A digest is as long as a keyed tag must be, so that no PIN fits in its place (P13).
fn digest(text: Option<String>) -> Option<Option<Digest>> {
    let Some(text) = text else { return Some(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    Some(Some(Digest::new(<[u8; 32]>::try_from(bytes).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_one_name() {
        for &kind in SignalKind::ALL {
            let uri = format!("{NAMESPACE}{}", kind.as_str().replace('_', "-"));
            assert_eq!(kind_of(&uri), Some(kind));
            for other in [uri.to_uppercase(), format!("{uri}s"), uri.replace("tsugime", "other")] {
                assert_eq!(kind_of(&other), None, "{other}");
            }
        }
        assert_eq!(kind_of("urn:tsugime:signal:try_failed"), None);
    }
}
