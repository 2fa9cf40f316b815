//! The nonces that a bank demands in proofs (RFC 9449 §8): a new one every five minutes, none of them stored.

use crate::{Fault, clock, db::Db, random};
use aws_lc_rs::hmac;
use axum::{http::HeaderValue, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::OptionalExtension;
use std::{collections::BTreeMap, sync::Arc};
use subtle::ConstantTimeEq;

const LIFE_S: i64 = 300;

/// Each bank's own secret, made at the first start and kept. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Nonces(Arc<BTreeMap<&'static str, hmac::Key>>);

impl Nonces {
    /// Reads the secrets, and makes those that are missing.
    pub(crate) async fn open(db: &Db) -> Result<Self, Fault> {
        let secrets = db
            .write(|tx| {
                let mut secrets = BTreeMap::new();
                for bank in super::list::all() {
                    let find = "SELECT secret FROM bank_nonce_secrets WHERE bank = ?1";
                    let known: Option<[u8; 32]> =
                        tx.query_row(find, [&bank.code], |row| row.get(0)).optional()?;
                    let secret = known.unwrap_or_else(random::secret);
                    tx.execute(
                        "INSERT INTO bank_nonce_secrets VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                        (&bank.code, secret),
                    )?;
                    secrets.insert(bank.code.as_str(), hmac::Key::new(hmac::HMAC_SHA256, &secret));
                }
                Ok(secrets)
            })
            .await?;
        Ok(Self(Arc::new(secrets)))
    }

    fn of(&self, bank: &str, window: i64) -> Option<String> {
        let key = self.0.get(bank)?;
        Some(URL_SAFE_NO_PAD.encode(&hmac::sign(key, &window.to_be_bytes()).as_ref()[..18]))
    }

    /// Whether a bank gave this nonce out, now or in the span before.
    pub(super) fn is_fresh(&self, bank: &str, shown: &str) -> bool {
        self.is_fresh_at(bank, shown, clock::now_s())
    }

    fn is_fresh_at(&self, bank: &str, shown: &str, now_s: i64) -> bool {
        let window = now_s / LIFE_S;
        [window, window - 1]
            .into_iter()
            .filter_map(|window| self.of(bank, window))
            .any(|nonce| bool::from(nonce.as_bytes().ct_eq(shown.as_bytes())))
    }

    /// Adds a bank's newest nonce to an answer.
    pub(super) fn onto(&self, bank: &str, mut response: Response) -> Response {
        let newest = self.of(bank, clock::now_s() / LIFE_S);
        if let Some(value) = newest.and_then(|nonce| HeaderValue::from_str(&nonce).ok()) {
            response.headers_mut().insert("dpop-nonce", value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_for_its_span_and_the_next_at_its_bank() {
        let key = || hmac::Key::new(hmac::HMAC_SHA256, &random::secret());
        let nonces = Nonces(Arc::new([("0001", key()), ("0009", key())].into()));
        let nonce = nonces.of("0001", 10).unwrap();
        for (bank, now_s, expected) in [
            ("0001", 2_999, false),
            ("0001", 3_000, true),
            ("0001", 3_299, true),
            ("0001", 3_599, true),
            ("0001", 3_600, false),
            ("0001", 0, false),
            ("0009", 3_000, false),
            ("7777", 3_000, false),
        ] {
            assert_eq!(nonces.is_fresh_at(bank, &nonce, now_s), expected, "{bank} at {now_s}");
        }
        assert_ne!(nonces.of("0001", 11).unwrap(), nonce);
    }
}
