//! A sandbox of its own, a server beside it, and people who have proved who they are.

use crate::{
    stage::{Answer, Jar, Person, Stage, sign_up},
    wired::{CLIENT, REDIRECT_URI, key},
};
use engine::Policy;
use jose::jwks;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use terms::Time;
use uuid::Uuid;

/// A bank with a strong method and one of 2020.
pub(crate) const BANK: &str = "0001";
pub(crate) const STRONG: &str = "online_banking_otp";

static SANDBOXES: AtomicU32 = AtomicU32::new(0);

pub(crate) struct World {
    pub(crate) stage: Stage,
    pub(crate) sandbox: String,
    http: reqwest::Client,
}

async fn listen() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    (listener, url)
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::under(Policy::default()).await
    }

    /// With a wallet under this policy.
    pub(crate) async fn under(policy: Policy) -> Self {
        let key = key();
        let published = jwks(&[&key]).to_string();
        let (keys, keys_url) = listen().await;
        let route = axum::routing::get(move || {
            let published = published.clone();
            async move { ([("content-type", "application/json")], published) }
        });
        tokio::spawn(async move { axum::serve(keys, axum::Router::new().fallback(route)).await.unwrap() });
        let (listener, sandbox) = listen().await;
        let (wallet, wallet_url) = listen().await;
        let number = SANDBOXES.fetch_add(1, Ordering::Relaxed);
        let data = format!("{}/banking-{}-{number}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        // A process of the same number may have left one.
        let _absent = std::fs::remove_dir_all(&data);
        let settings = sandbox::Settings {
            data: data.into(),
            public_url: sandbox.clone(),
            client_id: CLIENT.to_owned(),
            client_jwks_uri: format!("{keys_url}/jwks"),
            client_redirect_uris: vec![REDIRECT_URI.to_owned()],
            carrier_token: "carrier".to_owned(),
            shop_wallet_url: wallet_url,
            shop_key: String::new(),
            shop_webhook_secret: String::new(),
        };
        tokio::spawn(async move {
            sandbox::serve(settings, listener, std::future::pending()).await.unwrap();
        });
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = Time::from_millis(i64::try_from(since.as_millis()).unwrap());
        let stage = Stage::under(policy, &sandbox, &key, now);
        // Banks reach the wallet here.
        let router = stage.router.clone();
        tokio::spawn(async move { axum::serve(wallet, router).await.unwrap() });
        Self { stage, sandbox, http: reqwest::Client::new() }
    }

    /// Where a browser comes back to from `url`.
    pub(crate) async fn walk(&self, url: &str, person: &str, say: &str) -> reqwest::Url {
        self.walk_wrongly(url, person, say, None).await
    }

    /// The same, of somebody who types something wrong until the bank has enough.
    pub(crate) async fn walk_wrongly(
        &self,
        url: &str,
        person: &str,
        say: &str,
        wrong: Option<&str>,
    ) -> reqwest::Url {
        let body = json!({ "url": url, "person": person, "say": say, "wrong": wrong });
        let answer = self.control("walk", &body).await;
        answer["location"].as_str().unwrap_or_else(|| panic!("{answer}")).parse().unwrap()
    }

    /// Asks the sandbox's control side.
    pub(crate) async fn control(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}/control/{path}", self.sandbox);
        let answer = self.http.post(url).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or_default()
    }

    /// A customer who is this person of the sandbox.
    pub(crate) async fn proved(&self, phone: &str, name: &str) -> Person {
        let person = sign_up(&self.stage, phone, &format!("{name}@example.jp")).await;
        let token = Some(person.token.as_str());
        let asked = json!({ "method": "jpki_signature" });
        let proof = self.stage.post("/v1/proofings", token, asked).await.expect(201);
        let returned = self.walk(proof["start_url"].as_str().unwrap(), name, "yes").await;
        let body = finish_body(&returned, &proof["flow_secret"]);
        let path = format!("/v1/proofings/{}/finish", proof["proofing"].as_str().unwrap());
        self.stage.post(&path, token, body).await.expect(200);
        person
    }

    pub(crate) async fn hanako(&self) -> Person {
        self.proved("09000000001", "hanako").await
    }

    pub(crate) async fn taro(&self) -> Person {
        self.proved("09000000002", "taro").await
    }

    /// Asks for a consent at [`BANK`].
    pub(crate) async fn consent(&self, by: &Person, id: Uuid, method: &str) -> Answer {
        let body = json!({
            "id": id, "bank": BANK, "method": method, "per_debit_limit": 50_000, "per_day_limit": 80_000,
        });
        self.stage.post("/v1/consents", Some(&by.token), body).await
    }

    /// Sends the browser to the bank, where `who` sits and says yes, and gives what it brings back.
    pub(crate) async fn back(&self, by: &Person, who: &str) -> (Value, Value) {
        let begun = self.consent(by, Uuid::now_v7(), STRONG).await.expect(201);
        let returned = self.walk(begun["authorize_url"].as_str().unwrap(), who, "yes").await;
        let body = finish_body(&returned, &begun["flow_secret"]);
        (begun, body)
    }

    pub(crate) async fn finish(&self, by: &Person, begun: &Value, body: &Value) -> Answer {
        let path = format!("/v1/consents/{}/finish", begun["consent"].as_str().unwrap());
        self.stage.post(&path, Some(&by.token), body.clone()).await
    }

    /// A link at [`BANK`]; gives its id.
    pub(crate) async fn linked(&self, by: &Person, name: &str) -> String {
        let (begun, body) = self.back(by, name).await;
        let answer = self.finish(by, &begun, &body).await.expect(200);
        answer["link"]["id"].as_str().unwrap().to_owned()
    }
}

/// The API's body from what the browser brought back.
pub(crate) fn finish_body(returned: &reqwest::Url, secret: &Value) -> Value {
    let mut body = json!({ "flow_secret": secret });
    for (name, value) in returned.query_pairs() {
        body[name.as_ref()] = json!(value);
    }
    body
}

/// The browser of a signed-in person.
pub(crate) fn browser_of(person: &Person) -> Jar {
    Jar([("tsugime".to_owned(), person.token.clone())].into())
}

/// The value of a hidden or radio field.
pub(crate) fn value_of(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let rest = page.split(&field).nth(1).unwrap_or_else(|| panic!("no field {name}: {page}"));
    rest.split('"').next().unwrap().to_owned()
}
