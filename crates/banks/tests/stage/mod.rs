//! What the tests set up: a pretended HTTP server on loopback, keys, and a client of banks.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

pub(crate) mod outside;
pub(crate) mod pretend;

use banks::{Asked, Banks, BanksSettings};
use jose::{SigningKey, TimeLimits};
use std::collections::BTreeMap;
use std::sync::Arc;
use terms::{BankCode, Yen};
use url::Url;

pub(crate) const CLIENT: &str = "tsugime-test";
pub(crate) const REDIRECT_URI: &str = "https://wallet.example/return/bank";

pub(crate) fn bank(code: &str) -> BankCode {
    BankCode::parse(code).unwrap()
}

pub(crate) fn asked(method: &str, per_debit: i64, per_day: i64) -> Asked {
    Asked { method: method.to_owned(), per_debit_limit: Yen::of(per_debit), per_day_limit: Yen::of(per_day) }
}

pub(crate) fn key() -> Arc<SigningKey> {
    Arc::new(SigningKey::generate().unwrap())
}

/// A client of the given banks, with its two keys.
pub(crate) fn banks(
    issuers: &[(&str, String)],
    signing_key: Arc<SigningKey>,
    dpop_key: Arc<SigningKey>,
    answer_ms: u64,
) -> Banks {
    let issuers: BTreeMap<BankCode, Url> =
        issuers.iter().map(|(code, url)| (bank(code), Url::parse(url).unwrap())).collect();
    let time_limits = TimeLimits { connect_ms: 1_000, answer_ms };
    let (client_id, redirect_uri) = (CLIENT.to_owned(), REDIRECT_URI.to_owned());
    Banks::new(BanksSettings { client_id, redirect_uri, signing_key, dpop_key, issuers, time_limits })
        .unwrap()
}

pub(crate) fn now_s() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
