//! A running sandbox on a port of its own, its one client with keys, and a pretended wallet that hears the shop.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode, jwk::JwkSet,
};
use reqwest::{Client, RequestBuilder, header};
use sandbox::Settings;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub(crate) const CLIENT: &str = "wallet";
pub(crate) const BACK: &str = "http://wallet.test/back";
pub(crate) const CARRIER_TOKEN: &str = "carrier-token-of-the-test";
pub(crate) const SHOP_KEY: &str = "shop-key-of-the-test";
pub(crate) const SHOP_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

static NUMBER: AtomicU64 = AtomicU64::new(1);

fn number() -> u64 {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

pub(crate) fn now_s() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// What the shop asked the wallet: route, bearer token, body.
pub(crate) type Asked = Arc<Mutex<Vec<(String, String, Value)>>>;

/// What the pretended wallet answers from now on.
pub(crate) type Answer = Arc<Mutex<(u16, Value)>>;

/// A client's key.
pub(crate) struct Key {
    pair: EcdsaKeyPair,
    kid: String,
}

impl Key {
    pub(crate) fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { pair, kid: format!("key-{}", number()) }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let part = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
        json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": self.kid, "x": part(1), "y": part(33) })
    }

    /// `private_key_jwt` for an audience; `named` is the key that the header names.
    pub(crate) fn assertion(&self, audience: &str, named: &str) -> String {
        let claims = json!({
            "iss": CLIENT, "sub": CLIENT, "aud": audience, "iat": now_s(), "exp": now_s() + 60,
            "jti": format!("jti-{}", number()),
        });
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(named.to_owned());
        let der = self.pair.to_pkcs8v1().unwrap();
        encode(&header, &claims, &EncodingKey::from_ec_der(der.as_ref())).unwrap()
    }
}

pub(crate) struct Stage {
    pub(crate) url: String,
    pub(crate) http: Client,
    pub(crate) key: Key,
    pub(crate) asked: Asked,
    pub(crate) answer: Answer,
    folder: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    others: Vec<JoinHandle<()>>,
}

/// What came back, read.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) location: String,
    pub(crate) headers: header::HeaderMap,
}

impl Came {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// A word of the query that the browser is sent back with.
    pub(crate) fn query(&self, name: &str) -> String {
        query(&self.location, name)
    }

    #[track_caller]
    pub(crate) fn has(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.text.contains(word), "{word:?} is missing in ({}) {}", self.status, self.text);
        }
        self
    }
}

pub(crate) fn query(url: &str, name: &str) -> String {
    let Ok(url) = url::Url::parse(url) else { return String::new() };
    url.query_pairs()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

async fn serve(router: Router) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (url, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
}

async fn pretend_wallet(asked: Asked, answer: Answer) -> (String, JoinHandle<()>) {
    let hear = |State((asked, answer)): State<(Asked, Answer)>,
                Path(route): Path<String>,
                headers: header::HeaderMap,
                Json(body): Json<Value>| async move {
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        asked.lock().unwrap().push((route, token.unwrap_or_default().to_owned(), body));
        let (status, body) = answer.lock().unwrap().clone();
        (StatusCode::from_u16(status).unwrap(), Json(body))
    };
    serve(Router::new().route("/v1/merchant/{route}", post(hear)).with_state((asked, answer))).await
}

impl Stage {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let key = Key::new();
        let set = json!({ "keys": [key.jwk()] });
        let (keys_url, keys) = serve(Router::new().route("/jwks", get(|| async move { Json(set) }))).await;
        let (asked, answer) = (Asked::default(), Answer::new(Mutex::new((201, json!({})))));
        let (wallet_url, wallet) = pretend_wallet(Arc::clone(&asked), Arc::clone(&answer)).await;

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = std::env::temp_dir().join(format!("sandbox-test-{}-{}", std::process::id(), number()));
        let mut settings = Settings {
            data: folder.clone(),
            public_url: url.clone(),
            client_id: CLIENT.to_owned(),
            client_jwks_uri: format!("{keys_url}/jwks"),
            client_redirect_uris: vec![BACK.to_owned()],
            carrier_token: CARRIER_TOKEN.to_owned(),
            shop_wallet_url: wallet_url,
            shop_key: SHOP_KEY.to_owned(),
            shop_webhook_secret: SHOP_SECRET.to_owned(),
        };
        change(&mut settings);
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let stop = async { drop(stopped.await) };
            sandbox::serve(settings, listener, stop).await.unwrap();
        });
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { url, http, key, asked, answer, folder, stop: Some(stop), others: vec![keys, wallet, served] }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Came {
        let answer = request.send().await.unwrap();
        let headers = answer.headers().clone();
        let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        Came { status: answer.status().as_u16(), location, headers, text: answer.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Came {
        self.send(self.http.get(format!("{}{path}", self.url))).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Came {
        self.send(self.http.post(format!("{}{path}", self.url)).form(form)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Came {
        self.send(self.http.put(format!("{}{path}", self.url)).json(body)).await
    }

    pub(crate) async fn walk(&self, url: &str, person: &str, say: &str, wrong: Option<&str>) -> Came {
        let body = json!({ "url": url, "person": person, "say": say, "wrong": wrong });
        let mut came = self.send(self.http.post(format!("{}/control/walk", self.url)).json(&body)).await;
        came.location = came.json()["location"].as_str().unwrap_or_default().to_owned();
        came
    }

    /// Posts a form as the registered client of an issuer (`/verifier`, `/openid`).
    pub(crate) async fn post_as_client(&self, issuer: &str, route: &str, form: &[(&str, &str)]) -> Came {
        let assertion = self.key.assertion(&format!("{}{issuer}", self.url), &self.key.kid);
        self.post_with(&assertion, &format!("{issuer}{route}"), form).await
    }

    pub(crate) async fn post_with(&self, assertion: &str, path: &str, form: &[(&str, &str)]) -> Came {
        let mut form = form.to_vec();
        form.push(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
        form.push(("client_assertion", assertion));
        self.post(path, &form).await
    }

    /// Every way in which a client is not the registered one gets 401 at `path`.
    pub(crate) async fn refuses_strangers(&self, issuer: &str, route: &str, form: &[(&str, &str)]) {
        let (aud, path) = (format!("{}{issuer}", self.url), format!("{issuer}{route}"));
        let kid = &self.key.kid;
        let once = self.key.assertion(&aud, kid);
        assert_ne!(self.post_with(&once, &path, form).await.status, 401, "the registered client");
        let strangers = [
            ("used before", once),
            ("for somebody else", self.key.assertion("https://elsewhere.example", kid)),
            ("another key under our name", Key::new().assertion(&aud, kid)),
            ("an unknown key", Key::new().assertion(&aud, "unknown")),
            ("no token", "x".to_owned()),
        ];
        for (what, assertion) in strangers {
            let came = self.post_with(&assertion, &path, form).await;
            assert_eq!((came.status, came.json()["error"].as_str()), (401, Some("invalid_client")), "{what}");
        }
        assert_eq!(self.post(&path, form).await.status, 401, "no assertion at all");
    }

    /// Reads a token as a stranger would: by the published keys. The validation says what must hold.
    pub(crate) async fn read(
        &self,
        jwks: &str,
        token: &str,
        rules: &Validation,
    ) -> Result<(Header, Value), jsonwebtoken::errors::Error> {
        let set: JwkSet = serde_json::from_str(&self.get(jwks).await.text).unwrap();
        let header = decode_header(token)?;
        let jwk = set.find(header.kid.as_deref().unwrap_or_default());
        let jwk = jwk.ok_or(jsonwebtoken::errors::ErrorKind::InvalidKeyFormat)?;
        let read = decode::<Value>(token, &DecodingKey::from_jwk(jwk)?, rules)?;
        Ok((read.header, read.claims))
    }

    pub(crate) async fn card_pin(&self, person: &str) -> String {
        let people = self.get("/control/people").await.json();
        let people = people["people"].as_array().unwrap().clone();
        let found = people.into_iter().find(|found| found["id"] == person).unwrap();
        found["card_pin"].as_str().unwrap().to_owned()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.stop.take());
        for other in &self.others {
            other.abort();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
