//! A client of a pretend bank that keeps every rule, unless a test changes one word of what it sends.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use crate::stage::{BACK, CLIENT, Came, Stage, now_s};
use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::{
    Json, Router,
    extract::{self, State},
    http::StatusCode,
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::net::TcpListener;

pub(crate) const VERIFIER: &str = "a-verifier-that-is-long-enough-for-rfc-7636-0001";
pub(crate) const STATE: &str = "state-of-the-test";

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// A text that no other call gives.
pub(crate) fn once() -> String {
    format!("once-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A payment id that no other call gives.
pub(crate) fn payment_id() -> String {
    uuid::Uuid::from_u128(u128::from(NUMBER.fetch_add(1, Ordering::Relaxed))).to_string()
}

pub(crate) fn sha256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// An ES256 key.
pub(crate) struct Signer(EcdsaKeyPair);

impl Signer {
    pub(crate) fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let part = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
        json!({ "kty": "EC", "crv": "P-256", "x": part(1), "y": part(33) })
    }

    pub(crate) fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        let part = |name: &str| jwk[name].as_str().unwrap().to_owned();
        sha256(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, part("x"), part("y")))
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A token before it is signed.
pub(crate) struct Draft {
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

/// A form before it is sent.
pub(crate) type Form = BTreeMap<String, String>;

/// What a bank pushed to the client: the bank in the path, and the body.
pub(crate) type Pushed = Arc<Mutex<Vec<(String, String)>>>;

/// What a bank told the client of what it saw, the bank in the path and the token, and what the client answers.
pub(crate) struct Hears {
    pub(crate) answers: u16,
    pub(crate) came: Vec<(String, String)>,
}

/// Shared with the client's server.
pub(crate) type Heard = Arc<Mutex<Hears>>;

/// A link that a consent left behind.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) account_id: String,
    pub(crate) answer: Value,
}

/// A client at one bank of a sandbox.
pub(crate) struct AtBank {
    pub(crate) stage: Stage,
    pub(crate) code: &'static str,
    pub(crate) client: Signer,
    pub(crate) dpop: Signer,
    pub(crate) pushed: Pushed,
    pub(crate) heard: Heard,
    pub(crate) data: PathBuf,
    pub(crate) wallet: String,
}

async fn client_server(jwk: Value, pushed: Pushed, heard: Heard) -> String {
    let mut jwk = jwk;
    jwk["kid"] = json!("client-key");
    let set = json!({ "keys": [jwk] });
    let hear = |State(pushed): State<Pushed>, extract::Path(bank): extract::Path<String>, body: String| async move {
        pushed.lock().unwrap().push((bank, body));
    };
    let listen = |extract::Path(bank): extract::Path<String>, body: String| async move {
        let mut heard = heard.lock().unwrap();
        heard.came.push((bank, body));
        (StatusCode::from_u16(heard.answers).unwrap(), "{\"err\":\"invalid_request\"}")
    };
    let router = Router::new()
        .route("/v1/banks/{bank}/signals", post(listen))
        .route("/jwks", get(|| async move { Json(set) }))
        .route("/v1/bank-callbacks/{bank}", post(hear))
        .with_state(pushed);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

async fn start(wallet: &str, data: &Path) -> Stage {
    Stage::start_with(|settings| {
        settings.client_jwks_uri = format!("{wallet}/jwks");
        settings.shop_wallet_url = wallet.to_owned();
        settings.data = data.to_owned();
    })
    .await
}

impl AtBank {
    pub(crate) async fn new(code: &'static str) -> Self {
        let (client, pushed) = (Signer::new(), Pushed::default());
        let heard: Heard = Arc::new(Mutex::new(Hears { answers: 202, came: Vec::new() }));
        let wallet = client_server(client.jwk(), Arc::clone(&pushed), Arc::clone(&heard)).await;
        let data = std::env::temp_dir().join(format!("sandbox-bank-{}", once()));
        let stage = start(&wallet, &data).await;
        Self { stage, code, client, dpop: Signer::new(), pushed, heard, data, wallet }
    }

    /// Lets go of the sandbox in the middle of whatever it does, and starts one on the same folder.
    pub(crate) async fn restart(&mut self) {
        self.stage = start(&self.wallet, &self.data).await;
    }

    pub(crate) fn issuer(&self) -> String {
        format!("{}/banks/{}", self.stage.url, self.code)
    }

    /// Changes the bank's own records behind its back: how a test makes time pass.
    pub(crate) fn meddle(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.data.join("sandbox.sqlite")).unwrap();
        assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
    }

    pub(crate) fn assertion(&self, change: impl FnOnce(&mut Draft)) -> String {
        let mut draft = Draft {
            header: json!({ "alg": "ES256", "kid": "client-key" }),
            claims: json!({
                "iss": CLIENT, "sub": CLIENT, "aud": self.issuer(), "iat": now_s(), "exp": now_s() + 60,
                "jti": once(),
            }),
        };
        change(&mut draft);
        self.client.sign(&draft.header, &draft.claims)
    }

    /// Adds the client's assertion to a form.
    pub(crate) fn signed(&self, form: &mut Form) {
        form.insert(
            "client_assertion_type".into(),
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into(),
        );
        form.insert("client_assertion".into(), self.assertion(|_| {}));
    }

    pub(crate) async fn post(&self, route: &str, form: &Form, proof: Option<&str>) -> Came {
        let mut request = self.stage.http.post(format!("{}{route}", self.issuer())).form(form);
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.stage.send(request).await
    }

    /// Pushes an authorization request.
    pub(crate) async fn push(&self, method: &str, change: impl FnOnce(&mut Form)) -> Came {
        let details = json!([{
            "type": "jp_account_link", "method": method, "purpose": "wallet_charge",
            "per_debit_limit": 100_000, "per_day_limit": 300_000,
        }]);
        let mut form: Form = [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", BACK),
            ("scope", "account_link"),
            ("state", STATE),
            ("code_challenge", &sha256(VERIFIER)),
            ("code_challenge_method", "S256"),
            ("authorization_details", &details.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        self.signed(&mut form);
        change(&mut form);
        self.post("/par", &form, None).await
    }

    pub(crate) fn authorize_url(&self, request_uri: &str) -> String {
        let mut url = url::Url::parse(&format!("{}/authorize", self.issuer())).unwrap();
        url.query_pairs_mut().append_pair("client_id", CLIENT).append_pair("request_uri", request_uri);
        url.into()
    }

    /// The URL to which the client sends the browser.
    pub(crate) async fn begin(&self, method: &str) -> String {
        let came = self.push(method, |_| {}).await;
        assert_eq!((came.status, &came.json()["expires_in"]), (201, &json!(60)), "{}", came.text);
        self.authorize_url(came.json()["request_uri"].as_str().unwrap())
    }

    /// A code, from a person who said yes.
    pub(crate) async fn consent(&self, person: &str) -> String {
        let url = self.begin("online_banking_otp").await;
        let came = self.stage.walk(&url, person, "yes", None).await;
        assert_eq!(came.query("iss"), self.issuer(), "{}", came.text);
        came.query("code")
    }

    /// A proof for a request to a route of this bank.
    pub(crate) fn proof(
        &self,
        htm: &str,
        route: &str,
        access: Option<&str>,
        nonce: &str,
        change: impl FnOnce(&mut Draft),
    ) -> String {
        let mut claims = json!({
            "htm": htm, "htu": format!("{}{route}", self.issuer()), "iat": now_s(), "jti": once(), "nonce": nonce,
        });
        if let Some(access) = access {
            claims["ath"] = json!(sha256(access));
        }
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.dpop.jwk() });
        let mut draft = Draft { header, claims };
        change(&mut draft);
        self.dpop.sign(&draft.header, &draft.claims)
    }

    /// The bank's nonce, learned as a client learns it: by being refused without.
    pub(crate) async fn nonce(&self) -> String {
        let proof = self.proof("POST", "/token", None, "", |draft| {
            draft.claims.as_object_mut().unwrap().remove("nonce");
        });
        let came = self.post("/token", &Form::new(), Some(&proof)).await;
        assert_eq!((came.status, came.json()["error"].as_str()), (400, Some("use_dpop_nonce")));
        came.headers["dpop-nonce"].to_str().unwrap().to_owned()
    }

    pub(crate) fn code_form(&self, code: &str) -> Form {
        let mut form: Form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        self.signed(&mut form);
        form
    }

    pub(crate) fn refresh_form(&self, refresh: &str) -> Form {
        let mut form: Form = [("grant_type", "refresh_token"), ("refresh_token", refresh)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        self.signed(&mut form);
        form
    }

    pub(crate) async fn token(&self, form: &Form) -> Came {
        let proof = self.proof("POST", "/token", None, &self.nonce().await, |_| {});
        self.post("/token", form, Some(&proof)).await
    }

    /// The link of a person who said yes.
    pub(crate) async fn link(&self, person: &str) -> Link {
        let code = self.consent(person).await;
        let came = self.token(&self.code_form(&code)).await;
        assert_eq!(came.status, 200, "{}", came.text);
        let answer = came.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Link {
            access: text(&answer["access_token"]),
            refresh: text(&answer["refresh_token"]),
            account_id: text(&answer["authorization_details"][0]["account_id"]),
            answer,
        }
    }

    /// An order ready to be sent.
    pub(crate) async fn order(
        &self,
        link: &Link,
        id: &str,
        direction: &str,
        amount: i64,
    ) -> reqwest::RequestBuilder {
        let body = json!({
            "id": id, "direction": direction, "amount": amount, "account_id": link.account_id, "reference": "top-up",
        });
        self.order_of(link, &body).await
    }

    pub(crate) async fn order_of(&self, link: &Link, body: &Value) -> reqwest::RequestBuilder {
        let proof = self.proof("POST", "/api/payments", Some(&link.access), &self.nonce().await, |_| {});
        self.stage
            .http
            .post(format!("{}/api/payments", self.issuer()))
            .header("authorization", format!("DPoP {}", link.access))
            .header("dpop", proof)
            .json(body)
    }

    /// Sends an order to a bank that answers.
    pub(crate) async fn book(&self, link: &Link, id: &str, direction: &str, amount: i64) -> Came {
        self.stage.send(self.order(link, id, direction, amount).await).await
    }

    pub(crate) async fn inquire(&self, link: &Link, id: &str) -> Came {
        let route = format!("/api/payments/{id}");
        let proof = self.proof("GET", &route, Some(&link.access), &self.nonce().await, |_| {});
        let request = self
            .stage
            .http
            .get(format!("{}{route}", self.issuer()))
            .header("authorization", format!("DPoP {}", link.access))
            .header("dpop", proof);
        self.stage.send(request).await
    }

    pub(crate) async fn vice(&self, vice: &str, seconds: u32) {
        let body = json!({ "vice": vice, "times": 1, "seconds": seconds });
        let came = self.stage.put(&format!("/control/banks/{}/vice", self.code), &body).await;
        assert_eq!(came.status, 204, "{}", came.text);
    }

    pub(crate) async fn books(&self) -> Value {
        self.stage.get(&format!("/control/banks/{}/books", self.code)).await.json()
    }

    /// What the bank owes the client.
    pub(crate) async fn settlement(&self) -> i64 {
        self.books().await["settlement_balance"].as_i64().unwrap()
    }

    /// A person's account here, with everything that the person knows.
    pub(crate) async fn account(&self, person: &str) -> Value {
        let people = self.stage.get("/control/people").await.json();
        let person = people["people"].as_array().unwrap().iter().find(|found| found["id"] == person).unwrap();
        let accounts = person["bank_accounts"].as_array().unwrap();
        accounts.iter().find(|account| account["bank"] == self.code).unwrap().clone()
    }

    /// The texts on the phone that is registered for a person's account, newest first.
    pub(crate) async fn texts(&self, person: &str) -> Vec<String> {
        let phone = self.account(person).await["registered_phone"].as_str().unwrap().to_owned();
        let came = self.stage.get(&format!("/phones/{phone}/messages")).await.json();
        let messages = came["messages"].as_array().unwrap();
        messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for AtBank {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.data);
    }
}
