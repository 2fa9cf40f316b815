//! The sandbox as these tests need it: the banks' side over real HTTP, and the client's published keys.

use super::pretend::{self, Does};
use super::{CLIENT, REDIRECT_URI, banks, key};
use banks::{Asked, BankWord, Banks, BeginConsent, Finish};
use jose::{Pkce, jwks};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use terms::{BankCode, Secret};
use url::Url;

/// A sandbox of its own, and a wallet's client of all of its banks that this test uses.
pub(crate) struct Outside {
    pub(crate) url: String,
    pub(crate) banks: Banks,
    /// What banks pushed to the client: path and body.
    pub(crate) pushed: Arc<Mutex<Vec<(String, String)>>>,
    http: reqwest::Client,
}

/// The state and verifier of one consent, and what came back with the browser.
pub(crate) struct Walked {
    pub(crate) state: Secret,
    pub(crate) verifier: Secret,
    pub(crate) returned: Url,
}

static STAGES: AtomicU32 = AtomicU32::new(0);

impl Outside {
    /// Starts a sandbox with an empty database; `answer_ms` is the client's patience.
    pub(crate) async fn start(codes: &[&str], answer_ms: u64) -> Self {
        let (signing_key, dpop_key) = (key(), key());
        let (client, client_url) = pretend::listen().await;
        let pushed: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let (published, remembered) = (jwks(&[&signing_key]).to_string(), Arc::clone(&pushed));
        pretend::serve(client, move |method, path, body| {
            if method == "POST" {
                remembered.lock().unwrap().push((path.to_owned(), body.to_owned()));
                return Does::Answers(204, String::new());
            }
            Does::Answers(200, published.clone())
        });
        let (listener, url) = pretend::listen().await;
        let stage = STAGES.fetch_add(1, Ordering::Relaxed);
        let data = format!("{}/banks-{}-{stage}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
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
        let issuers: Vec<(&str, String)> =
            codes.iter().map(|code| (*code, format!("{url}/banks/{code}"))).collect();
        let banks = banks(&issuers, signing_key, dpop_key, answer_ms);
        Self { url, banks, pushed, http: reqwest::Client::new() }
    }

    /// Begins a consent and walks the bank's pages as `person`, who says yes or no.
    pub(crate) async fn walk(&self, bank: BankCode, asked: &Asked, person: &str, say: &str) -> Walked {
        let seed = STAGES.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let pkce = Pkce::from_random(&std::array::from_fn(|place| seed[place % 4] ^ place as u8));
        let state = Secret::new(format!("state-{}", u32::from_be_bytes(seed)));
        let begin = BeginConsent { asked, state: &state, challenge: &pkce.challenge };
        let begun = self.banks.begin(bank, begin).await.unwrap();
        let body = json!({ "url": begun.authorize_url, "person": person, "say": say, "wrong": null });
        let answer = self.control("POST", "walk", Some(&body)).await;
        let location = answer["location"].as_str().unwrap_or_else(|| panic!("no location in {answer}"));
        let returned = Url::parse(location).unwrap();
        Walked { state, verifier: Secret::new(pkce.verifier), returned }
    }

    /// The whole consent: what the bank vouches for.
    pub(crate) async fn consent(&self, bank: BankCode, asked: &Asked, person: &str) -> BankWord {
        let walked = self.walk(bank, asked, person, "yes").await;
        let code = walked.code();
        let finish = Finish { code: &code, verifier: &walked.verifier, state: &walked.state, asked };
        self.banks.finish(bank, finish).await.map_err(|fault| fault.to_string()).unwrap()
    }

    /// Asks the sandbox's control side.
    pub(crate) async fn control(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}/control/{path}", self.url);
        let mut request = self.http.request(method.parse().unwrap(), url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Makes the next payment at a bank go wrong.
    pub(crate) async fn vice(&self, bank: &str, vice: &str, seconds: u32) {
        let body = json!({ "vice": vice, "times": 1, "seconds": seconds });
        self.control("PUT", &format!("banks/{bank}/vice"), Some(&body)).await;
    }

    /// How many payments a bank has in its books, and what it owes us.
    pub(crate) async fn books(&self, bank: &str) -> (i64, i64) {
        let books = self.control("GET", &format!("banks/{bank}/books"), None).await;
        (books["payments"].as_i64().unwrap(), books["settlement_balance"].as_i64().unwrap())
    }
}

impl Walked {
    pub(crate) fn returned(&self, name: &str) -> Option<String> {
        let found = self.returned.query_pairs().find(|(found, _)| found == name);
        found.map(|(_, value)| value.into_owned())
    }

    pub(crate) fn code(&self) -> Secret {
        Secret::new(self.returned("code").unwrap_or_else(|| panic!("no code in {}", self.returned)))
    }
}
