//! Whoever floods a customer with failed sign-ins or recoveries is stopped, and does not shut that customer out: a
//! device that was used before goes on.

use crate::stage::{Answer, Person, Stage, sign_up};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use engine::{
    Code, Source,
    sessions::{BeginRecovery, NewSession, SignIn},
};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use store::look;
use teller::No;
use terms::{CeremonyId, DeviceId, Digest, RecoveryId, Span};
use tower::ServiceExt;
use uuid::Uuid;

const PHONE: &str = "09012345678";
const MAIL: &str = "hanako@example.jp";
const TRIES: u128 = 1_000;
/// Tries that wait at a time.
const AT_ONCE: usize = 50;
/// Everybody comes from one address, as behind a carrier's network: the worst case for the customer.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

fn device(number: u128) -> DeviceId {
    DeviceId::new(Uuid::from_u128(number))
}

fn strange(number: u128) -> Source {
    Source { device: Some(device(number)), address: Some(ADDRESS.to_string()), request: None }
}

/// A request from a device at the address.
async fn post_from(stage: &Stage, from: DeviceId, path: &str, body: Value) -> Answer {
    stage.wait(Span::millis(1));
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, format!("device={from}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((ADDRESS, 40_000))));
    let response = stage.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
}

/// Signs in with the customer's own passkey.
async fn sign_in(stage: &Stage, person: &mut Person, from: DeviceId) -> Answer {
    let options = post_from(stage, from, "/v1/sessions/options", json!({})).await.expect(200);
    let credential = person.passkey.get(&options["publicKey"]).unwrap();
    let body = json!({ "ceremony": options["ceremony"], "credential": credential, "device_name": "d" });
    post_from(stage, from, "/v1/sessions", body).await
}

/// Runs many tries, some at a time; how many were refused with which code.
async fn flood<F: Future<Output = Option<Code>>>(tries: impl Fn(u128) -> F) -> (usize, usize) {
    let (mut wrong, mut denied) = (0, 0);
    let numbers: Vec<u128> = (0..TRIES).collect();
    for chunk in numbers.chunks(AT_ONCE) {
        let answers = futures_util::future::join_all(chunk.iter().map(|number| tries(10_000 + number))).await;
        denied += answers.iter().filter(|code| **code == Some(Code::GateDenied)).count();
        wrong += answers.iter().filter(|code| code.is_some_and(|code| code != Code::GateDenied)).count();
    }
    (wrong, denied)
}

fn code_of<T>(answer: Result<T, No>) -> Option<Code> {
    match answer {
        Ok(_) => None,
        Err(No::Refusal(refusal)) => Some(refusal.code),
        Err(other) => panic!("{other}"),
    }
}

// promise: P6
#[tokio::test]
async fn a_flood_of_failed_sign_ins_is_stopped_and_the_known_device_goes_on() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let own = device(1);
    sign_in(&stage, &mut person, own).await.expect(201);
    // What a forged answer names is the customer's own passkey; over HTTP first, to see that it is counted there.
    let options = post_from(&stage, device(2), "/v1/sessions/options", json!({})).await.expect(200);
    let mut forged = person.passkey.get(&options["publicKey"]).unwrap();
    let signature = forged["response"]["signature"].as_str().unwrap().to_owned();
    forged["response"]["signature"] = Value::String(signature.chars().rev().collect());
    let credential = forged["id"].as_str().unwrap().to_owned();
    let body = json!({ "ceremony": options["ceremony"], "credential": forged, "device_name": "d" });
    assert!(post_from(&stage, device(2), "/v1/sessions", body).await.status.is_client_error());
    let named = stage
        .teller
        .store()
        .read(|shelf| look::authenticator_by_credential(shelf, &credential))
        .unwrap()
        .expect("it is bound")
        .id;
    let (wrong, denied) = flood(async |number| {
        let ask = SignIn {
            ceremony: CeremonyId::new(Uuid::from_u128(number)),
            signed: None,
            named: Some(named),
            session: NewSession { token: Digest::new([9; 32]), name: "d".to_owned() },
        };
        code_of(stage.teller.ask(ask, strange(number)).await)
    })
    .await;
    assert_eq!((wrong as u128, denied), (TRIES, 0), "no round is open for them");
    sign_in(&stage, &mut person, device(3)).await.refused(403, "gate_denied");
    sign_in(&stage, &mut person, own).await.expect(201);
    // An hour later the flood is over for everybody.
    stage.wait(Span::hours(1));
    sign_in(&stage, &mut person, device(3)).await.expect(201);
}

// promise: P6
#[tokio::test]
async fn a_flood_of_recovery_codes_is_stopped_and_the_known_device_goes_on() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let own = device(1);
    sign_in(&stage, &mut person, own).await.expect(201);
    person.step_up(&stage).await;
    let made = stage.post("/v1/recovery-codes", Some(&person.token.clone()), json!({})).await.expect(201);
    let code = json!({ "recovery_code": made["recovery_code"] });
    let (wrong, denied) = flood(async |number| {
        let mut guess = [0; 32];
        guess[16..].copy_from_slice(&number.to_be_bytes());
        let ask = BeginRecovery { id: RecoveryId::new(Uuid::from_u128(number)), code: Digest::new(guess) };
        code_of(stage.teller.ask(ask, strange(number)).await)
    })
    .await;
    assert_eq!(wrong, 0, "a wrong code is not told from a right one");
    assert!(denied as u128 > TRIES / 2, "only {denied} of {TRIES} were denied");
    post_from(&stage, device(3), "/v1/recoveries", code.clone()).await.refused(403, "gate_denied");
    post_from(&stage, own, "/v1/recoveries", code).await.expect(202);
    // Signing in is another matter: nobody failed at it.
    sign_in(&stage, &mut person, device(3)).await.expect(201);
}

// promise: P6
#[tokio::test]
async fn the_means_of_signing_in_do_not_change_for_ever_in_a_day() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    person.step_up(&stage).await;
    let token = person.token.clone();
    let mut made = 0;
    while made < 100 {
        person.step_up(&stage).await;
        let answer = stage.post("/v1/recovery-codes", Some(&token), json!({})).await;
        if answer.status != 201 {
            answer.refused(403, "under_review");
            break;
        }
        made += 1;
    }
    assert!((5..50).contains(&made), "{made} codes were made");
    // What takes a right away goes on: the device can be signed out.
    stage.delete("/v1/sessions/current", &token).await.expect(204);
}
