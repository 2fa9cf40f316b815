//! A server over a real database with two proved customers who have money and are signed in.

use crate::wired::{NOWHERE, key, wired};
use axum::{
    body::Body,
    http::{Method, Request, header},
    response::Response,
};
use engine::{
    Aal, Ask, Context, Decision, Ial, Plan, Policy, Row, Source,
    identity::Identity,
    sessions::Session,
    sign_up::{Customer, CustomerState, Locale},
};
use gate::{Evidence, Step, judge};
use ledger::{Account, Posting, Transfer};
use serde_json::{Value, json};
use server::{AppState, Settings, router};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use store::{Fault, Keys, Load, Shelf, Store};
use teller::{Clock, Teller};
use terms::{
    AccountId, Balance, BirthDate, CustomerId, Digest, Email, Handle, Kana, Phone, SessionId, Span, Time,
    TransferId, Yen,
};
use tower::ServiceExt;
use uuid::Uuid;

pub(crate) const OPERATOR: &str = "the-operators-token";
#[allow(dead_code, reason = "each test binary uses its own part")]
pub(crate) const LEDGER: &str = "the-ledgers-token";
const BODY_MAX: usize = 4 << 20;

/// Time stands still until it is moved.
struct HandClock(AtomicI64, AtomicU64);

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
    fn seed(&self) -> u64 {
        self.1.fetch_add(1, Ordering::SeqCst)
    }
}

fn digest_of(secret: &str) -> Digest {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes());
    Digest::new(digest.as_ref().try_into().expect("32 bytes"))
}

/// Two proved customers, `person1` and `person2`, each with ¥10,000, and `person3`, who proved nothing and has
/// nothing; all are signed in with the tokens of [`token`].
struct Seed;

/// The session token of a person.
pub(crate) fn token(number: u8) -> String {
    format!("token-of-person-{number}")
}

pub(crate) fn phone(number: u8) -> String {
    format!("0901234{number:04}")
}

impl Ask for Seed {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.seed";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::Clockwork, &Evidence::new([]));
        let pass = verdict.pass(false).expect("nothing speaks against it");
        let now = at.moment.now;
        let mut plan = Plan::new();
        let outside = AccountId::new(Uuid::from_u128(0xffff));
        plan.post(&pass, Posting::Open(Account::open(outside, None)));
        for (number, kana) in
            [(1, Some("ヤマダ ハナコ")), (2, Some("スズキ タロウ")), (3, None), (4, Some("サトウ ジロウ"))]
        {
            let customer = customer(number, kana.is_some(), now);
            for account in [customer.main, customer.young] {
                plan.post(&pass, Posting::Open(Account::open(account, Some(Balance::ZERO))));
            }
            if let Some(kana) = kana {
                plan.post(&pass, Posting::Transfer(funds(outside, &customer, at)));
                plan.put(Row::Identity(identity(number, kana, now)));
            }
            let session = Session {
                id: SessionId::new(customer.id.uuid()),
                token: digest_of(&token(number)),
                customer: customer.id,
                device: None,
                name: "Phone".to_owned(),
                aal: Aal::Passkey,
                authenticator: None,
                created_at: now,
                stepped_up_at: None,
                idle_until: now.plus(Span::days(14)),
                expires_at: now.plus(Span::days(90)),
                ended_at: None,
            };
            plan.open_session(&pass, session);
            plan.put(Row::Customer(customer));
        }
        Decision::done((), plan)
    }
}

fn funds(outside: AccountId, customer: &Customer, at: &Context<'_>) -> Transfer {
    let id = TransferId::new(at.moment.uuid());
    Transfer::yen(id, outside, customer.main, Yen::of(10_000), at.moment.now)
}

fn identity(number: u8, kana: &str, now: Time) -> Identity {
    Identity {
        customer: CustomerId::new(Uuid::from_u128(u128::from(number))),
        issuer: "https://verifier.example".to_owned(),
        subject: format!("person-{number}"),
        method: "jpki".to_owned(),
        name: "山田 花子".to_owned(),
        kana: Kana::parse(kana).expect("kana"),
        birth_date: BirthDate::parse("1990-01-01").expect("a date"),
        verified_at: now,
        valid_until: now.plus(Span::days(1_000)),
        ended_at: None,
    }
}

fn customer(number: u8, proved: bool, now: Time) -> Customer {
    let n = u128::from(number);
    Customer {
        id: CustomerId::new(Uuid::from_u128(n)),
        state: CustomerState::Active,
        phone: Phone::parse(&phone(number)).expect("a number"),
        email: Email::parse(&format!("person{number}@example.jp")).expect("an address"),
        locale: Locale::Ja,
        handle: Some(Handle::parse(&format!("person{number}")).expect("a handle")),
        ial: if proved { Ial::Proved } else { Ial::Phone },
        main: AccountId::new(Uuid::from_u128(n * 0x100 + 1)),
        young: AccountId::new(Uuid::from_u128(n * 0x100 + 2)),
        recovery_code: None,
        created_at: now,
        closed_at: None,
    }
}

impl Load for Seed {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// The server.
pub(crate) struct Stage {
    pub(crate) router: axum::Router,
    #[allow(dead_code, reason = "each test binary uses its own part")]
    pub(crate) teller: Teller,
    clock: Arc<HandClock>,
    folder: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// An answer: its status and body.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of an answer with this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Whether it is a problem with this status and code.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
    }
}

impl Stage {
    /// With banks that nobody asks.
    pub(crate) async fn new() -> Self {
        Self::beside(NOWHERE, Time::from_millis(1_795_381_200_000)).await
    }

    /// With the outside parties at this URL.
    pub(crate) async fn beside(outside: &str, now: Time) -> Self {
        let folder = std::env::temp_dir().join(format!("tsugime-paying-{}", Uuid::now_v7()));
        std::fs::create_dir(&folder).expect("a folder");
        let keys = Keys::new(&[7; 32]).expect("keys");
        let (store, writer) = Store::open(&folder.join("wallet.db"), keys).expect("a store");
        let clock = Arc::new(HandClock(AtomicI64::new(now.millis()), AtomicU64::new(1)));
        let dial: Arc<dyn Clock> = clock.clone();
        let (teller, _thread) = Teller::start(store, writer, Policy::default(), dial).expect("a teller");
        teller.ask(Seed, Source::default()).await.expect("seeded");
        let settings = Settings {
            address_rate: None,
            session_rate: None,
            operator_token: Some(digest_of(OPERATOR)),
            ledger_token: Some(digest_of(LEDGER)),
            ..Settings::new("http://localhost:7080".parse().expect("a URL"))
        };
        let wired = wired(settings, teller.clone(), outside, &key());
        let router = router(AppState::new(wired).expect("a state"));
        Self { router, teller, clock, folder }
    }

    /// Time passes.
    pub(crate) fn wait(&self, span: Span) {
        self.clock.0.fetch_add(span.as_millis(), Ordering::SeqCst);
    }

    /// A merchant and its key.
    pub(crate) async fn merchant(&self) -> String {
        let body = json!({ "name": "豆の店", "name_en": "BEANS", "category": "5812", "city": "KYOTO" });
        let made = self.post("/v1/operator/merchants", OPERATOR, &body).await.expect(201);
        assert!(made["merchant"].as_str().unwrap().starts_with("mer_"));
        made["key"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn balance(&self, number: u8) -> (i64, i64) {
        let wallet = self.get("/v1/wallet", &token(number)).await.expect(200);
        (wallet["available"].as_i64().unwrap(), wallet["held"].as_i64().unwrap())
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path, token, None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, token, Some(body)).await
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, token: &str, body: Option<&Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.send(request.body(body).expect("a request")).await;
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), BODY_MAX).await.expect("a body");
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// What a signed-in browser sees: the status, where it is sent, and the page.
    pub(crate) async fn page(&self, path: &str, number: u8, form: Option<&str>) -> (u16, String, String) {
        let request = Request::builder()
            .method(if form.is_some() { Method::POST } else { Method::GET })
            .uri(path)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, format!("tsugime={}", token(number)))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = form.map_or_else(Body::empty, |form| Body::from(form.to_owned()));
        let response = self.send(request.body(body).expect("a request")).await;
        let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), BODY_MAX).await.expect("a body");
        (status, to.unwrap_or_default(), String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("an answer")
    }
}

/// The value of a hidden field of a page's form.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&start).unwrap_or_else(|| panic!("no {name} in {page}")).1;
    rest.split('"').next().unwrap().to_owned()
}
