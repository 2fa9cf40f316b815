//! The parts that a server is wired with, all outside parties at one sandbox: a new part is one line here.

use banks::{Banks, BanksSettings};
use identity::{OpenIdProvider, PartySettings, Verifier};
use jose::{SigningKey, TimeLimits};
use serde_json::json;
use server::{NamedOpenIdProvider, Settings, Wired};
use std::{collections::BTreeMap, sync::Arc};
use teller::Teller;

pub(crate) const CLIENT: &str = "tsugime-test";
pub(crate) const REDIRECT_URI: &str = "http://localhost:7080/returned";
/// Where nobody answers.
#[allow(dead_code, reason = "each test binary uses its own part")]
pub(crate) const NOWHERE: &str = "http://localhost:9";

const TIME_LIMITS: TimeLimits = TimeLimits { connect_ms: 1_000, answer_ms: 5_000 };

/// Everything that a server needs beside its settings and its teller.
pub(crate) fn wired(settings: Settings, teller: Teller, sandbox: &str, key: &Arc<SigningKey>) -> Wired {
    let issuers: BTreeMap<_, _> = engine::directory::Directory::embedded()
        .banks
        .keys()
        .map(|bank| (*bank, format!("{sandbox}/banks/{bank}").parse().expect("a URL")))
        .collect();
    let banks = Banks::new(BanksSettings {
        client_id: CLIENT.to_owned(),
        redirect_uri: REDIRECT_URI.to_owned(),
        signing_key: Arc::clone(key),
        dpop_key: Arc::new(SigningKey::generate().expect("a key")),
        issuers,
        time_limits: TIME_LIMITS,
    });
    let openid = OpenIdProvider::new(party(sandbox, "openid", key)).expect("a provider");
    Wired {
        settings,
        teller,
        banks: Arc::new(banks.expect("banks")),
        verifier: Verifier::new(party(sandbox, "verifier", key)).expect("a verifier"),
        openid_providers: vec![NamedOpenIdProvider {
            name: "sandbox".to_owned(),
            label_ja: "サンドボックス".to_owned(),
            label_en: "Sandbox".to_owned(),
            openid,
        }],
        jwks: json!({ "keys": [{ "kid": "1" }] }),
    }
}

/// A key of our own.
pub(crate) fn key() -> Arc<SigningKey> {
    Arc::new(SigningKey::generate().expect("a key"))
}

fn party(sandbox: &str, path: &str, key: &Arc<SigningKey>) -> PartySettings {
    PartySettings {
        issuer: format!("{sandbox}/{path}").parse().expect("a URL"),
        client_id: CLIENT.to_owned(),
        redirect_uri: REDIRECT_URI.to_owned(),
        signing_key: Arc::clone(key),
        time_limits: TIME_LIMITS,
    }
}
