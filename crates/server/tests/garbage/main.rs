//! Garbage at every route of the OpenAPI document: only documented answers come back, and no money moves (H6).
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod document;
mod junk;
#[path = "../paying/stage.rs"]
#[allow(dead_code, reason = "shared with the tests of paying")]
mod stage;
#[path = "../wired/mod.rs"]
mod wired;

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, header},
};
use document::{Document, Operation};
use junk::{Dice, SECRET, body_for, documented_body, headers_for, path_for, query_for};
use serde_json::{Value, json};
use stage::{LEDGER, OPERATOR, Stage, phone, token};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const REQUESTS_PER_ROUTE: u64 = 40;
const ANSWER_BYTES_MAX: usize = 8 << 20;
const METHODS: [Method; 6] =
    [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE];
/// Routes that ask somebody outside, who is not there in this test.
const ASK_OUTSIDE: [&str; 3] = ["/v1/federated", "/v1/bank-callbacks/{bank}", "/v1/banks/{bank}/signals"];
/// It takes no body, so whatever comes along with a session is a good request.
const SIGN_OUT: &str = "/v1/sessions/sign-out-everywhere";

/// Customers, two shops, and things that belong to them.
struct World {
    stage: Stage,
    shop: String,
    /// The token of a person of the staff.
    staff: String,
    /// Ids that exist and belong to `person2`, to the other shop or to the operator.
    foreign: Vec<String>,
    codes: BTreeSet<String>,
}

impl World {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (shop, other) = (stage.merchant().await, stage.merchant().await);
        let sent = |to: Value| json!({ "id": Uuid::now_v7(), "to": to, "amount": 700 });
        let paid = sent(json!({ "phone": phone(2) }));
        let offered = stage.post("/v1/transfers", &token(1), &paid).await.expect(201);
        let url = json!({ "url": "https://shop.example/hooks" });
        let hook = stage.post("/v1/merchant/webhooks", &other, &url).await.expect(201);
        let order = json!({ "id": Uuid::now_v7(), "amount": 880 });
        let order = stage.post("/v1/merchant/orders", &other, &order).await.expect(201);
        let devices = stage.get("/v1/sessions", &token(2)).await.expect(200);
        let foreign = [&hook["endpoint"], &order["order"], &devices["sessions"][0]["id"]];
        let mut foreign: Vec<String> = foreign.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        // The payer cannot take what it offered, so nobody here can.
        foreign.push(offered["payment"]["id"].as_str().unwrap().to_owned());
        let person = json!({ "name": "akari" });
        let staff = stage.post("/v1/operator/operators", OPERATOR, &person).await.expect(201);
        let staff = staff["token"].as_str().unwrap().to_owned();
        for scope in ["all", "bank:0001"] {
            let stop = json!({ "scope": scope, "level": "links", "reason": "a test" });
            stage.post("/v1/operator/stops", &staff, &stop).await.expect(200);
            foreign.push(scope.to_owned());
        }
        foreign.push("akari".to_owned());
        let (_, _, page) = stage.page("/docs/problems?lang=en", 1, None).await;
        let codes = page.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let codes = codes.map(str::to_owned).collect();
        Self { stage, shop, staff, foreign, codes }
    }

    /// Whoever asks next: an `Authorization` header, and who that is.
    fn caller(&self, dice: &mut Dice) -> (&'static str, Option<String>) {
        let bearer = |token: &str| Some(format!("Bearer {token}"));
        match dice.below(8) {
            0 => ("nobody", None),
            1 => ("a forged token", bearer(&format!("{SECRET}{}", dice.below(1_000)))),
            2 => ("an unproved customer", bearer(&token(3))),
            3 => ("a proved customer", bearer(&token(1))),
            4 => ("a shop", bearer(&self.shop)),
            5 => ("the ledger's desk", bearer(LEDGER)),
            6 => ("one of the staff", bearer(&self.staff)),
            _ => ("the operator", bearer(OPERATOR)),
        }
    }

    async fn balances(&self) -> Vec<(i64, i64)> {
        let mut all = Vec::new();
        for number in [1, 2, 3] {
            all.push(self.stage.balance(number).await);
        }
        let shop = self.stage.get("/v1/merchant", &self.shop).await.expect(200);
        all.push((shop["balance"].as_i64().unwrap(), 0));
        all
    }

    /// Sends one request and says what is wrong with the answer.
    async fn judge(&self, operation: &Operation, request: Request<Body>) -> Result<u16, String> {
        let response = self.stage.send(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let kind = headers.get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap()).to_owned();
        if kind.starts_with("text/event-stream") && operation.answers.contains_key(&status) {
            return Ok(status);
        }
        let bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| format!("{status}: not UTF-8"))?;
        let shown = format!("{status} {kind} {}", text.chars().take(400).collect::<String>());
        if status == 500 || status >= 502 && status != 503 {
            return Err(format!("a bug: {shown}"));
        }
        if kind.contains("html") {
            return Err(format!("a page: {shown}"));
        }
        if status >= 400 && (text.contains(SECRET) || echoed(&headers)) {
            return Err(format!("repeats what was sent: {shown} {headers:?}"));
        }
        match operation.answers.get(&status) {
            Some(content) if text.is_empty() && content.is_null() => Ok(()),
            Some(content) => operation.fits(content, &kind, &text),
            None => self.problem(operation, status, &kind, &text),
        }
        .map(|()| status)
        .map_err(|why| format!("{why}: {shown}"))
    }

    fn problem(&self, operation: &Operation, status: u16, kind: &str, text: &str) -> Result<(), String> {
        if kind != "application/problem+json" {
            return Err("neither documented nor a problem".to_owned());
        }
        let body: Value = serde_json::from_str(text).map_err(|wrong| wrong.to_string())?;
        let code = body["code"].as_str().unwrap_or_default();
        if !self.codes.contains(code) {
            return Err("a code that /docs/problems does not know".to_owned());
        }
        if body["status"] != status || body["type"] != format!("/docs/problems#{code}") {
            return Err("the body says another status or type".to_owned());
        }
        if status == 503 && !ASK_OUTSIDE.contains(&operation.path.as_str()) {
            return Err("nobody outside was asked, so this was a fault of ours".to_owned());
        }
        Ok(())
    }
}

fn echoed(headers: &HeaderMap) -> bool {
    headers.values().any(|value| String::from_utf8_lossy(value.as_bytes()).contains(SECRET))
}

/// A number from the environment, or this one.
fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

// promise: P1
// promise: P5
#[tokio::test]
async fn garbage_gets_documented_answers_and_moves_nothing() {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = from_environment("TSUGIME_SEED", since.subsec_nanos().into());
    let requests = from_environment("TSUGIME_GARBAGE", REQUESTS_PER_ROUTE);
    println!("seed: TSUGIME_SEED={seed}, requests per route: TSUGIME_GARBAGE={requests}");
    let first = World::new().await;
    let document = Document::new(&first.stage.get("/openapi.json", "").await.expect(200));
    assert!(document.operations.len() > 50, "{} operations", document.operations.len());
    assert!(first.codes.len() > 40, "{:?}", first.codes);
    let mut wrong = Vec::new();
    let mut counted = BTreeMap::<u16, u64>::new();
    for (place, operation) in document.operations.iter().enumerate() {
        // Each route has a wallet of its own and its own dice, so that one route can be played again alone.
        let world = World::new().await;
        let mut dice = Dice::new(seed ^ (place as u64) << 32);
        let before = world.balances().await;
        for number in 0..requests {
            let (who, authorization) = world.caller(&mut dice);
            let path = path_for(&operation.path, &world.foreign, &mut dice);
            let query = query_for(&mut dice);
            let (what, kind, body) = body_for(operation, number, &mut dice);
            let mut request = Request::builder().method(&operation.method).uri(format!("{path}{query}"));
            if let Some(authorization) = &authorization {
                request = request.header(header::AUTHORIZATION, authorization);
            }
            for (name, value) in headers_for(kind, &mut dice) {
                request = request.header(name, value);
            }
            let request = request.body(Body::from(body.clone())).unwrap();
            let judged = world.judge(operation, request).await;
            if let Ok(status) = judged {
                *counted.entry(status).or_default() += 1;
            }
            if let Err(why) = judged {
                let sent = String::from_utf8_lossy(&body).chars().take(200).collect::<String>();
                let (method, at) = (&operation.method, &operation.path);
                let path = path.chars().take(120).collect::<String>();
                wrong.push(format!("{method} {at} ({path}{query}) by {who}, {what}: {sent}\n  {why}"));
            }
        }
        let proof = store::prove(world.stage.teller.store(), |_| ()).unwrap();
        assert_eq!(proof.violation, None, "{} {}, seed {seed}", operation.method, operation.path);
        if operation.path != SIGN_OUT {
            assert_eq!(
                world.balances().await,
                before,
                "{} {}, seed {seed}",
                operation.method,
                operation.path
            );
        }
    }
    println!("answers by status: {counted:?}");
    assert!(wrong.is_empty(), "seed {seed}, {} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn a_body_with_the_documented_fields_is_read() {
    let world = World::new().await;
    let document = Document::new(&world.stage.get("/openapi.json", "").await.expect(200));
    let mut dice = Dice::new(1);
    for operation in &document.operations {
        let Some(body) = documented_body(operation, &mut dice) else { continue };
        if operation.path == "/v1/transfers" {
            // Two types of one name would hide one another in the document.
            assert!(body["to"]["handle"].is_string() && body["to"]["phone"].is_string(), "{body}");
        }
        let path = path_for(&operation.path, &world.foreign, &mut dice);
        // The body is read before anybody is asked who they are.
        let answer = world.stage.ask(operation.method.clone(), &path, OPERATOR, Some(&body)).await;
        let allowed = answer.body["allowed"].as_str().unwrap_or_default();
        // An unknown field is answered with the names of those that are known; a known one with what it takes.
        let names = allowed.trim_start_matches("one of ").split([',', ' ']).filter(|name| !name.is_empty());
        let unread = allowed == "no such field" || allowed == "needed" || {
            let mut names = names.filter(|name| *name != "or").peekable();
            names.peek().is_some()
                && names.all(|name| body.get(name).is_some() || body["to"].get(name).is_some())
        };
        assert!(!unread, "{} {path}: {body} {}", operation.method, answer.body);
    }
}

#[tokio::test]
async fn another_method_is_refused_as_a_problem() {
    let world = World::new().await;
    let document = Document::new(&world.stage.get("/openapi.json", "").await.expect(200));
    let paths: BTreeSet<&str> = document.operations.iter().map(|known| known.path.as_str()).collect();
    let mut dice = Dice::new(1);
    for path in paths {
        for method in METHODS {
            let known = document.operations.iter().any(|known| known.path == path && known.method == method);
            if known {
                continue;
            }
            let uri = path_for(path, &[Uuid::nil().to_string()], &mut dice);
            let request = Request::builder().method(&method).uri(uri).header(header::ACCEPT, "text/html");
            let request = request.header(header::AUTHORIZATION, format!("Bearer {}", token(2)));
            let response = world.stage.send(request.body(Body::empty()).unwrap()).await;
            let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
            let status = response.status().as_u16();
            let expected = if path.starts_with("/v1/") { "application/problem+json" } else { &kind };
            // A place that is filled with junk can look like another route.
            assert!(matches!(status, 404 | 405) && kind == expected, "{method} {path}: {status} {kind}");
        }
    }
}
