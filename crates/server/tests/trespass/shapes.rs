//! Whether a phone, mailbox, handle, passkey or recovery code is known cannot be told from the shape of an answer.

use crate::{
    shops::{Stage as Shops, phone, token},
    stage::{Person, Stage, confirmed, made, sign_up},
    watch::{Answer, Sent, Watch},
};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const KNOWN: (&str, &str) = ("09000000001", "hanako@example.jp");
const UNKNOWN: (&str, &str) = ("09000000009", "nobody@example.jp");

/// What an answer looks like from outside: its status, its headers with their lengths, and what its body holds.
#[derive(Debug, PartialEq)]
struct Shape {
    status: u16,
    headers: BTreeMap<String, usize>,
    body: BTreeMap<String, String>,
}

/// Every value of a body by its place: a text by its length, a problem's words as they are.
fn values(value: &Value, place: &str, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                values(field, &format!("{place}.{name}"), into);
            }
        }
        Value::Array(list) => {
            for (n, element) in list.iter().enumerate() {
                values(element, &format!("{place}[{n}]"), into);
            }
        }
        Value::String(text) if [".code", ".title", ".detail", ".type", ".state"].contains(&place) => {
            into.insert(place.to_owned(), text.clone());
        }
        Value::String(text) => drop(into.insert(place.to_owned(), format!("{} bytes", text.len()))),
        other => drop(into.insert(place.to_owned(), other.to_string())),
    }
}

fn shape(answer: &Answer) -> Shape {
    let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), value.len())).collect();
    let mut body = BTreeMap::new();
    values(&answer.body, "", &mut body);
    Shape { status: answer.status, headers, body }
}

/// Sends both and compares; gives both answers.
async fn alike(watch: &Watch, what: &str, known: &Sent, unknown: &Sent) -> (Answer, Answer) {
    let (known, unknown) = (watch.send(known).await, watch.send(unknown).await);
    assert_eq!(shape(&known), shape(&unknown), "{what}: {} {}", known.body, unknown.body);
    (known, unknown)
}

fn post(path: &str, body: &Value) -> Sent {
    Sent::post(path, "", body)
}

// promise: P4
#[tokio::test]
async fn a_sign_up_looks_the_same_for_known_phones_and_mailboxes() {
    let stage = Stage::new();
    sign_up(&stage, KNOWN.0, KNOWN.1).await;
    let watch = Watch::new(&stage.router, &stage.teller);
    let begin = |phone: &str, mail: &str| {
        post("/v1/sign-ups", &json!({ "phone": phone, "email": mail, "locale": "ja" }))
    };
    for (what, known, unknown) in [
        ("a known phone", begin(KNOWN.0, "hanami@example.jp"), begin(UNKNOWN.0, "hanami@example.jp")),
        ("a known mailbox", begin("09000000008", KNOWN.1), begin("09000000007", "hanami@example.jp")),
    ] {
        let (known, unknown) = alike(&watch, what, &known, &unknown).await;
        let at = |answer: &Answer, rest: &str| {
            format!("/v1/sign-ups/{}{rest}", answer.body["sign_up"].as_str().unwrap())
        };
        let wrong = json!({ "phone_code": "000000", "email_code": "000000" });
        for (step, body) in [("/passkey/options", json!({})), ("/codes", wrong.clone()), ("/codes", wrong)] {
            let (known, unknown) = (post(&at(&known, step), &body), post(&at(&unknown, step), &body));
            alike(&watch, &format!("{what} {step}"), &known, &unknown).await;
        }
    }
    let limit = |phone: &'static str| begin(phone, "hanami@example.jp");
    for n in 0..3 {
        alike(&watch, &format!("once more, {n}"), &limit(KNOWN.0), &limit(UNKNOWN.0)).await;
    }
}

// promise: P4
#[tokio::test]
async fn a_sign_in_looks_the_same_for_known_and_unknown_passkeys() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, KNOWN.0, KNOWN.1).await;
    let watch = Watch::new(&stage.router, &stage.teller);
    let options = post("/v1/sessions/options", &json!({}));
    alike(&watch, "options", &options, &options).await;
    // A passkey of a sign-up that never became a wallet: nobody's.
    let unfinished = confirmed(&stage, UNKNOWN.0, UNKNOWN.1).await;
    let (nobodys, _) = made(&stage, &unfinished).await;
    let mut nobody = Person { customer: String::new(), token: String::new(), passkey: nobodys };
    let mut sents = Vec::new();
    for person in [&mut person, &mut nobody] {
        let options = stage.post("/v1/sessions/options", None, json!({})).await.expect(200);
        let other = stage.post("/v1/sessions/options", None, json!({})).await.expect(200);
        let mut credential = person.passkey.get(&options["publicKey"]).unwrap();
        let body = |ceremony: &Value, credential: &Value| json!({ "ceremony": ceremony, "credential": credential, "device_name": "phone" });
        let elsewhere = post("/v1/sessions", &body(&other["ceremony"], &credential));
        credential["response"]["signature"] = json!("MEUCIQAAAAAA");
        let forged = post("/v1/sessions", &body(&options["ceremony"], &credential));
        sents.push([elsewhere, forged.clone(), forged]);
    }
    for (known, unknown) in sents[0].iter().zip(&sents[1]) {
        let (known, _) = alike(&watch, "a passkey", known, unknown).await;
        assert!(matches!(known.status, 409 | 422), "{}", known.body);
    }
}

// promise: P4
#[tokio::test]
async fn a_recovery_looks_the_same_for_known_and_unknown_codes() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, KNOWN.0, KNOWN.1).await;
    person.step_up(&stage).await;
    let made = stage.post("/v1/recovery-codes", Some(&person.token), json!({})).await.expect(201);
    let known = json!({ "recovery_code": made["recovery_code"] });
    let unknown = json!({ "recovery_code": "0000-0000-0000-0000-0000-0000-0000-0000" });
    let watch = Watch::new(&stage.router, &stage.teller);
    let path = "/v1/recoveries";
    let (begun, guessed) = alike(&watch, "begun", &post(path, &known), &post(path, &unknown)).await;
    let at =
        |answer: &Answer, rest: &str| format!("{path}/{}{rest}", answer.body["recovery"].as_str().unwrap());
    let (options, last) = ("/passkey/options", "/passkey");
    let finish = |code: &Value| json!({ "recovery_code": code["recovery_code"], "credential": {}, "device_name": "phone" });
    for (what, known, unknown) in [
        ("options too soon", post(&at(&begun, options), &known), post(&at(&guessed, options), &unknown)),
        (
            "a passkey too soon",
            post(&at(&begun, last), &finish(&known)),
            post(&at(&guessed, last), &finish(&unknown)),
        ),
        ("another's code", post(&at(&begun, options), &unknown), post(&at(&guessed, options), &known)),
    ] {
        alike(&watch, what, &known, &unknown).await;
    }
}

// promise: P4
#[tokio::test]
async fn a_payee_looks_the_same_whether_or_not_somebody_is_there() {
    let stage = Shops::new().await;
    let watch = Watch::new(&stage.router, &stage.teller);
    let look = |handle: &str, who: u8| Sent::post("/v1/payees", &token(who), &json!({ "handle": handle }));
    let send = |to: Value, who: u8| {
        Sent::post("/v1/transfers", &token(who), &json!({ "id": Uuid::now_v7(), "to": to, "amount": 500 }))
    };
    let by_handle = |handle: &str, who: u8| send(json!({ "handle": handle }), who);
    let by_phone = |phone: &str, who: u8| send(json!({ "phone": phone }), who);
    for (what, known, unknown) in [
        // Who may pay sees the masked name of whoever can be paid; nobody else is told anything.
        ("a handle that cannot be paid", look("person3", 1), look("person9", 1)),
        ("a handle, unproved asker", look("person1", 3), look("person9", 3)),
        ("a transfer to a handle that cannot be paid", by_handle("person3", 1), by_handle("person9", 1)),
        ("a transfer to a handle, unproved asker", by_handle("person1", 3), by_handle("person9", 3)),
        ("a transfer to a phone", by_phone(&phone(2), 1), by_phone("09099990000", 1)),
        ("a transfer to an unproved person's phone", by_phone(&phone(3), 1), by_phone("09099990001", 1)),
        ("a transfer to a phone, unproved asker", by_phone(&phone(2), 3), by_phone("09099990000", 3)),
    ] {
        let (known, unknown) = alike(&watch, what, &known, &unknown).await;
        let id =
            |answer: &Answer| answer.body["payment"]["id"].as_str().map(|id| format!("/v1/payments/{id}"));
        if let (Some(known), Some(unknown)) = (id(&known), id(&unknown)) {
            let (known, unknown) = (Sent::get(known, &token(1)), Sent::get(unknown, &token(1)));
            alike(&watch, &format!("{what}, looked at"), &known, &unknown).await;
        }
    }
    let choose =
        |handle: &str| Sent::new(Method::PUT, "/v1/wallet/handle", &token(4), &json!({ "handle": handle }));
    // A name that is taken is no secret: whoever chooses one is told, as about any public name.
    assert_eq!(watch.send(&choose("person1")).await.status, 409);
}
