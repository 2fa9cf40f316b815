//! What the tests set up: a sandbox, a wallet's published keys, and a program that walks the sandbox's pages.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

pub(crate) mod pretend;

use identity::PartySettings;
use jose::{Pkce, SigningKey, TimeLimits, jwks};
use pretend::Does;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use terms::Secret;
use url::Url;

pub(crate) const CLIENT: &str = "tsugime-test";
pub(crate) const REDIRECT_URI: &str = "https://wallet.example/return/identity";

static STAGES: AtomicU32 = AtomicU32::new(0);

/// A sandbox of its own.
pub(crate) struct Outside {
    pub(crate) url: String,
    signing_key: Arc<SigningKey>,
    http: reqwest::Client,
}

/// The settings of a party at `issuer`.
pub(crate) fn party(issuer: &str, signing_key: &Arc<SigningKey>) -> PartySettings {
    PartySettings {
        issuer: Url::parse(issuer).unwrap(),
        client_id: CLIENT.to_owned(),
        redirect_uri: REDIRECT_URI.to_owned(),
        signing_key: Arc::clone(signing_key),
        time_limits: TimeLimits { connect_ms: 1_000, answer_ms: 5_000 },
    }
}

pub(crate) fn now_s() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

pub(crate) fn pkce() -> Pkce {
    let seed = STAGES.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    Pkce::from_random(&std::array::from_fn(|place| seed[place % 4] ^ place as u8))
}

/// A parameter of the redirect that came back.
pub(crate) fn returned(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

impl Outside {
    /// Starts a sandbox with an empty database.
    pub(crate) async fn start() -> Self {
        let signing_key = Arc::new(SigningKey::generate().unwrap());
        let (client, client_url) = pretend::listen().await;
        let published = jwks(&[&signing_key]).to_string();
        pretend::serve(client, move |_, _, _| Does::Answers(200, published.clone()));
        let (listener, url) = pretend::listen().await;
        let stage = STAGES.fetch_add(1, Ordering::Relaxed);
        let data = format!("{}/identity-{}-{stage}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        // A process of the same number may have left one.
        let _absent = std::fs::remove_dir_all(&data);
        let settings = sandbox::Settings {
            data: data.into(),
            public_url: url.clone(),
            client_id: CLIENT.to_owned(),
            client_jwks_uri: format!("{client_url}/.well-known/jwks.json"),
            client_redirect_uris: vec![REDIRECT_URI.to_owned()],
            carrier_token: "carrier".to_owned(),
            shop_wallet_url: client_url,
            shop_key: String::new(),
            shop_webhook_secret: String::new(),
        };
        tokio::spawn(async move {
            sandbox::serve(settings, listener, std::future::pending()).await.unwrap();
        });
        Self { url, signing_key, http: reqwest::Client::new() }
    }

    pub(crate) fn party(&self, path: &str) -> PartySettings {
        party(&format!("{}/{path}", self.url), &self.signing_key)
    }

    /// Walks the pages behind `url` as `person`; returns the redirect, or the sandbox's refusal to begin.
    pub(crate) async fn walk(&self, url: &str, person: &str, say: &str, wrong: Option<&str>) -> Url {
        let body = json!({ "url": url, "person": person, "say": say, "wrong": wrong });
        let answer = self.control("POST", "walk", &body).await;
        let location = answer["location"].as_str().unwrap_or_else(|| panic!("no location in {answer}"));
        Url::parse(location).unwrap()
    }

    /// Walks and says yes; returns the code.
    pub(crate) async fn code(&self, url: &str, person: &str) -> Secret {
        let back = self.walk(url, person, "yes", None).await;
        Secret::new(returned(&back, "code").unwrap_or_else(|| panic!("no code in {back}")))
    }

    /// Asks the sandbox's control side.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/control/{path}", self.url);
        let answer = self.http.request(method.parse().unwrap(), url).json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}
