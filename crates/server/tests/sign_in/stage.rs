//! A server over a real database in a folder of its own, with a clock that is set by hand, and a person's browser.

use crate::wired::{NOWHERE, key, wired};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use engine::{Errand, Policy};
use jose::SigningKey;
use player::SoftwarePasskey;
use serde_json::{Value, json};
use server::{AppState, Settings, router};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use store::{Keys, Store};
use teller::{Clock, Teller};
use terms::{Digest, Span, Time};
use tower::ServiceExt;

pub const ORIGIN: &str = "http://localhost:7080";
pub const OPERATOR: &str = "the-operators-token";
const BODY_MAX: usize = 1 << 20;

fn digest_of(secret: &str) -> Digest {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes());
    Digest::new(digest.as_ref().try_into().expect("32 bytes"))
}

/// Time stands still until it is moved.
pub struct HandClock(AtomicI64, AtomicU64);

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
    fn seed(&self) -> u64 {
        self.1.fetch_add(1, Ordering::SeqCst)
    }
}

/// The server.
pub struct Stage {
    pub router: axum::Router,
    pub teller: Teller,
    clock: Arc<HandClock>,
    pub folder: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// A browser's cookies.
#[derive(Default)]
pub struct Jar(pub std::collections::BTreeMap<String, String>);

/// An answer: its status and body.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// The body of an answer with this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// Whether it is a problem with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
    }
}

impl Stage {
    /// With verifier and provider that nobody asks.
    pub fn new() -> Self {
        Self::beside(NOWHERE, &key(), Time::from_millis(1_795_381_200_000))
    }

    /// With the verifier and the OpenID provider of a sandbox.
    pub fn beside(sandbox: &str, key: &Arc<SigningKey>, now: Time) -> Self {
        Self::under(Policy::default(), sandbox, key, now)
    }

    /// The same under another policy.
    pub fn under(policy: Policy, sandbox: &str, key: &Arc<SigningKey>, now: Time) -> Self {
        let folder = std::env::temp_dir().join(format!("tsugime-sign-in-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).expect("a folder");
        let keys = Keys::new(&[7; 32]).expect("keys");
        let (store, writer) = Store::open(&folder.join("wallet.db"), keys).expect("a store");
        let clock = Arc::new(HandClock(AtomicI64::new(now.millis()), AtomicU64::new(1)));
        let dial: Arc<dyn Clock> = clock.clone();
        let (teller, _thread) = Teller::start(store, writer, policy, dial).expect("a teller");
        let settings = Settings {
            address_rate: None,
            session_rate: None,
            operator_token: Some(digest_of(OPERATOR)),
            ..Settings::new(ORIGIN.parse().expect("a URL"))
        };
        let wired = wired(settings, teller.clone(), sandbox, key);
        let router = router(AppState::new(wired).expect("a state"));
        Self { router, teller, clock, folder }
    }

    /// Time passes.
    pub fn wait(&self, span: Span) {
        self.clock.0.fetch_add(span.as_millis(), Ordering::SeqCst);
    }

    pub async fn ask(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        // Every request takes a second, so that there is an order.
        self.wait(Span::seconds(1));
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let response = self.router.clone().oneshot(request.body(body).expect("a request")).await;
        let response = response.expect("an answer");
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), BODY_MAX).await.expect("a body");
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// What a browser does: cookies kept, forms sent, pages read. Gives the status, where to go next, and the page.
    pub async fn browse(&self, jar: &mut Jar, path: &str, form: Option<&str>) -> (u16, String, String) {
        let kind = "application/x-www-form-urlencoded";
        self.browse_with(jar, path, form.map(|form| (kind, form.to_owned()))).await
    }

    /// The same for a page's script, which sends JSON.
    pub async fn script(&self, jar: &mut Jar, path: &str, body: &Value) -> (u16, String, String) {
        self.browse_with(jar, path, Some(("application/json", body.to_string()))).await
    }

    async fn browse_with(
        &self,
        jar: &mut Jar,
        path: &str,
        body: Option<(&str, String)>,
    ) -> (u16, String, String) {
        self.wait(Span::seconds(1));
        let mut request = Request::builder().uri(path).header(header::ACCEPT, "text/html,application/json");
        let cookies: Vec<String> = jar.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header(header::COOKIE, cookies.join("; "));
        let body = match body {
            Some((kind, body)) => {
                request = request.method(Method::POST).header(header::CONTENT_TYPE, kind);
                request = request.header("sec-fetch-site", "same-origin");
                Body::from(body)
            }
            None => Body::empty(),
        };
        let response = self.router.clone().oneshot(request.body(body).expect("a request")).await;
        let response = response.expect("an answer");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            jar.0.insert(name.to_owned(), value.to_owned());
        }
        jar.0.retain(|_, value| !value.is_empty());
        let status = response.status().as_u16();
        let next = response.headers().get(header::LOCATION).map(|to| to.to_str().expect("text").to_owned());
        let bytes = axum::body::to_bytes(response.into_body(), BODY_MAX).await.expect("a body");
        (status, next.unwrap_or_default(), String::from_utf8(bytes.to_vec()).expect("text"))
    }

    /// A body of another kind than JSON, of nobody.
    #[allow(dead_code, reason = "each test binary uses its own part")]
    pub async fn post_as(&self, kind: &str, path: &str, body: &str) -> Answer {
        let request =
            Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body.to_owned()));
        let response = self.router.clone().oneshot(request.expect("a request")).await.expect("an answer");
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), BODY_MAX).await.expect("a body");
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    pub async fn post(&self, path: &str, token: Option<&str>, body: Value) -> Answer {
        self.ask(Method::POST, path, token, Some(&body)).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path, Some(token), None).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::DELETE, path, Some(token), None).await
    }

    /// Texts on their way to a phone and to a mailbox, the oldest first.
    pub fn letters(&self, phone: &str, mail: &str) -> (Vec<String>, Vec<String>) {
        let errands = self.teller.store().read(|shelf| shelf.due_errands(Time::from_millis(i64::MAX), 1_000));
        let (mut texts, mut mails) = (Vec::new(), Vec::new());
        for due in errands.expect("errands") {
            match due.errand {
                Errand::Sms { to, text } if to.as_str() == phone => texts.push(text.expose().to_owned()),
                Errand::Mail { to, text, .. } if to.as_str() == mail => mails.push(text.expose().to_owned()),
                _ => {}
            }
        }
        (texts, mails)
    }

    /// How many attempts of a step were remembered, taken and refused.
    pub fn attempts(&self, step: gate::Step) -> (usize, usize) {
        let all = self.teller.store().read(|shelf| shelf.attempts_of(step)).expect("attempts");
        let refused = all.iter().filter(|attempt| attempt.1).count();
        (all.len() - refused, refused)
    }
}

/// Six digits in a text.
pub fn code_in(text: &str) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.into_iter().find(|run| run.len() == 6).expect("a code").to_owned()
}

/// A person with a passkey and a session.
pub struct Person {
    pub customer: String,
    pub token: String,
    pub passkey: SoftwarePasskey,
}

/// The sign-up's id after both codes were given back.
pub async fn confirmed(stage: &Stage, phone: &str, mail: &str) -> String {
    let body = json!({ "email": mail, "phone": phone, "locale": "ja" });
    let begun = stage.post("/v1/sign-ups", None, body).await.expect(202);
    let sign_up = begun["sign_up"].as_str().expect("an id").to_owned();
    let (texts, mails) = stage.letters(phone, mail);
    let codes = json!({
        "phone_code": code_in(texts.last().expect("a text")),
        "email_code": code_in(mails.last().expect("a mail")),
    });
    let answer = stage.post(&format!("/v1/sign-ups/{sign_up}/codes"), None, codes).await.expect(200);
    assert_eq!(answer["state"], "confirmed");
    sign_up
}

/// Makes a passkey for a sign-up.
pub async fn made(stage: &Stage, sign_up: &str) -> (SoftwarePasskey, Value) {
    let path = format!("/v1/sign-ups/{sign_up}/passkey/options");
    let options = stage.post(&path, None, json!({})).await.expect(200);
    assert_eq!(options["publicKey"]["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
    let mut passkey = SoftwarePasskey::new(ORIGIN);
    let credential = passkey.create(&options["publicKey"]).expect("a passkey");
    (passkey, json!({ "credential": credential, "device_name": "phone" }))
}

/// From a stranger to a customer.
pub async fn sign_up(stage: &Stage, phone: &str, mail: &str) -> Person {
    let sign_up = confirmed(stage, phone, mail).await;
    let (passkey, body) = made(stage, &sign_up).await;
    let opened = stage.post(&format!("/v1/sign-ups/{sign_up}/passkey"), None, body).await.expect(201);
    Person {
        customer: opened["customer"].as_str().expect("an id").to_owned(),
        token: opened["session"]["token"].as_str().expect("a token").to_owned(),
        passkey,
    }
}

impl Person {
    /// Signs in on another device; gives the new token.
    pub async fn sign_in(&mut self, stage: &Stage) -> String {
        let options = stage.post("/v1/sessions/options", None, json!({})).await.expect(200);
        let credential = self.passkey.get(&options["publicKey"]).expect("a signature");
        let body = json!({
            "ceremony": options["ceremony"], "credential": credential, "device_name": "tablet",
        });
        let opened = stage.post("/v1/sessions", None, body).await.expect(201);
        assert_eq!(opened["customer"].as_str(), Some(self.customer.as_str()));
        opened["session"]["token"].as_str().expect("a token").to_owned()
    }

    /// Signs once more.
    pub async fn step_up(&mut self, stage: &Stage) {
        let token = Some(self.token.as_str());
        let options = stage.post("/v1/step-ups/options", token, json!({})).await.expect(200);
        let credential = self.passkey.get(&options["publicKey"]).expect("a signature");
        let body = json!({ "ceremony": options["ceremony"], "credential": credential });
        stage.post("/v1/step-ups", token, body).await.expect(200);
    }
}
