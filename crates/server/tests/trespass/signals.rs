//! Signals that no bank, or another bank, signed, or that say what cannot be; and what a right one does (P3, P6, P13).

use crate::{
    callbacks::{ACCOUNT, BANK, LINK, OTHER, Publishing, SeedLink, now},
    shops::{OPERATOR, Stage, token},
    watch::{Sent, Watch},
    wired::CLIENT,
};
use engine::Source;
use gate::{Sighting, Step};
use jose::{SigningKey, sign};
use serde_json::{Value, json};
use store::look;
use terms::Span;
use uuid::Uuid;

const TYPE: &str = "secevent+jwt";
const METHOD: &str = "online_banking_otp";
/// 32 bytes in base64url.
const TAG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn push(bank: &str, token: String) -> Sent {
    let sent = Sent::post(format!("/v1/banks/{bank}/signals"), "", &Value::Null);
    Sent { kind: "application/secevent+jwt", body: token, ..sent }
}

/// The claims of a signal about [`ACCOUNT`].
fn claims(banks: &Publishing, bank: &str, kind: &str, event: Value) -> Value {
    json!({
        "iss": banks.issuer(bank), "aud": CLIENT, "iat": now().seconds(), "jti": Uuid::now_v7(),
        "toe": now().seconds(), "sub_id": { "format": "opaque", "id": ACCOUNT },
        "events": { format!("urn:tsugime:signal:{kind}"): event },
    })
}

fn sightings(stage: &Stage) -> Vec<Sighting> {
    stage.teller.store().read(|shelf| look::sightings_after(shelf, 0, 100)).unwrap()
}

async fn begun(banks: &Publishing) -> (Stage, Watch) {
    let stage = Stage::beside(&banks.url, now()).await;
    stage.teller.ask(SeedLink, Source::default()).await.expect("seeded");
    let watch = Watch::new(&stage.router, &stage.teller).customer(&token(1)).customer(&token(2));
    let watch = watch.also(Sent::get("/v1/operator/signals", OPERATOR));
    (stage, watch)
}

/// Tokens that are not this bank's word to us, and why (RFC 8935 §2.4).
fn forged(banks: &Publishing) -> Vec<(&'static str, String, &'static str)> {
    let (own, other) = (&banks.keys[BANK], &banks.keys[OTHER]);
    let unknown = SigningKey::generate().unwrap();
    let tried = || claims(banks, BANK, "try-failed", json!({ "method": METHOD }));
    let with = |name: &str, value: Value| {
        let mut claims = tried();
        claims[name] = value;
        claims
    };
    let right = sign(own, TYPE, &tried());
    let (head, rest) = right.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let swapped = sign(own, TYPE, &claims(banks, BANK, "link-denied", json!({})));
    let swapped = swapped.split('.').nth(1).unwrap();
    // {"alg":"none","typ":"secevent+jwt"} and {"alg":"HS256","typ":"secevent+jwt"}
    let (none, shared) = (
        "eyJhbGciOiJub25lIiwidHlwIjoic2VjZXZlbnQrand0In0",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6InNlY2V2ZW50K2p3dCJ9",
    );
    let (old, early) = (now().minus(Span::days(8)).seconds(), now().plus(Span::hours(1)).seconds());
    vec![
        ("another issuer", sign(own, TYPE, &with("iss", json!(banks.issuer(OTHER)))), "invalid_issuer"),
        ("no issuer", sign(own, TYPE, &with("iss", Value::Null)), "invalid_request"),
        ("another audience", sign(own, TYPE, &with("aud", json!("another-wallet"))), "invalid_audience"),
        ("two audiences", sign(own, TYPE, &with("aud", json!([CLIENT, "b"]))), "invalid_audience"),
        ("a key that nobody published", sign(&unknown, TYPE, &tried()), "invalid_key"),
        ("another bank's key", sign(other, TYPE, &tried()), "invalid_key"),
        ("no signature wanted", format!("{none}.{body}."), "invalid_key"),
        ("a shared secret", format!("{shared}.{body}.{signature}"), "invalid_key"),
        (
            "other claims under its signature",
            format!("{head}.{swapped}.{signature}"),
            "authentication_failed",
        ),
        ("of another type", sign(own, "payment-result+jwt", &tried()), "invalid_request"),
        ("a week old", sign(own, TYPE, &with("iat", json!(old))), "invalid_request"),
        ("of the future", sign(own, TYPE, &with("iat", json!(early))), "invalid_request"),
        ("expired", sign(own, TYPE, &with("exp", json!(now().seconds() - 60))), "invalid_request"),
        ("nothing", String::new(), "invalid_request"),
        ("garbage", "!".repeat(500), "invalid_request"),
        ("too long", format!("{head}.{}.{signature}", "A".repeat(17_000)), "invalid_request"),
        ("without a jti", sign(own, TYPE, &with("jti", Value::Null)), "invalid_request"),
        ("a long jti", sign(own, TYPE, &with("jti", json!("j".repeat(101)))), "invalid_request"),
        ("without a time", sign(own, TYPE, &with("toe", Value::Null)), "invalid_request"),
        ("without an event", sign(own, TYPE, &with("events", json!({}))), "invalid_request"),
        ("with a bare name", sign(own, TYPE, &with("sub_id", json!(ACCOUNT))), "invalid_request"),
        (
            "about an e-mail",
            sign(own, TYPE, &with("sub_id", json!({ "format": "email", "id": "a" }))),
            "invalid_request",
        ),
    ]
}

/// Events that their bank signed and that say what cannot be.
fn impossible(banks: &Publishing) -> Vec<(&'static str, Value)> {
    let event = |kind: &str, event: Value| claims(banks, BANK, kind, event);
    let tried = |change: Value| {
        let mut event = json!({ "method": METHOD });
        event.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        claims(banks, BANK, "try-failed", event)
    };
    let mut two = event("link-denied", json!({}));
    two["events"]["urn:tsugime:signal:account-compromised"] = json!({});
    let mut nobodys = event("link-denied", json!({}));
    nobodys["sub_id"] = Value::Null;
    let mut early = tried(json!({}));
    early["toe"] = json!(now().plus(Span::hours(1)).seconds());
    vec![
        ("two events", two),
        ("an unknown event", event("account-purged", json!({}))),
        ("nobody's account", nobodys),
        ("a try of tomorrow", early),
        ("by no method", event("try-failed", json!({}))),
        ("by another bank's method", tried(json!({ "method": "registered_phone_sms" }))),
        ("with a PIN", tried(json!({ "pin": "1234" }))),
        ("with a PIN as tag", tried(json!({ "secret_tag": "1234" }))),
        ("with a text as tag", tried(json!({ "secret_tag": "=".repeat(43) }))),
        ("with a state as it is", tried(json!({ "state_hash": "state" }))),
        ("a denial with a tag", event("link-denied", json!({ "secret_tag": TAG }))),
        ("a stop of an account", event("stop-requested", json!({}))),
    ]
}

// promise: P6
// promise: P13
#[tokio::test]
async fn only_the_bank_itself_tells_what_it_sees_and_only_what_can_be() {
    let banks = Publishing::new().await;
    let (stage, watch) = begun(&banks).await;
    for (what, token, err) in forged(&banks) {
        watch.refused_signal(what, &push(BANK, token), err).await;
    }
    for (what, claims) in impossible(&banks) {
        let token = sign(&banks.keys[BANK], TYPE, &claims);
        watch.refused_signal(what, &push(BANK, token), "invalid_request").await;
    }
    let own = sign(&banks.keys[OTHER], TYPE, &claims(&banks, OTHER, "link-denied", json!({})));
    watch.refused_signal("at another bank's address", &push(BANK, own), "invalid_key").await;
    let right = sign(&banks.keys[BANK], TYPE, &claims(&banks, BANK, "link-denied", json!({})));
    let typed = Sent { kind: "application/json", ..push(BANK, right.clone()) };
    assert_eq!(watch.send(&typed).await.status, 415);
    assert_eq!(watch.send(&push("nobank", right.clone())).await.status, 404);
    let too_long = push(BANK, "a".repeat(70_000));
    assert_eq!((watch.send(&too_long).await.status, sightings(&stage).len()), (400, 0));

    // Another bank's account of the same name is another account.
    let others = sign(&banks.keys[OTHER], TYPE, &claims(&banks, OTHER, "link-denied", json!({})));
    assert_eq!(watch.send(&push(OTHER, others)).await.status, 202);
    let path = format!("/v1/links/{LINK}");
    assert_eq!(stage.get(&path, &token(1)).await.expect(200)["state"], "active");
}

// promise: P3
#[tokio::test]
async fn a_signal_is_taken_once_however_often_it_comes() {
    let banks = Publishing::new().await;
    let (stage, watch) = begun(&banks).await;
    let key = &banks.keys[BANK];
    let mut tried = claims(&banks, BANK, "try-failed", json!({ "method": METHOD, "secret_tag": TAG }));
    for iat in [0, 1, 2] {
        tried["iat"] = json!(now().seconds() - iat);
        assert_eq!(watch.send(&push(BANK, sign(key, TYPE, &tried))).await.status, 202, "signed anew");
    }
    let seen = sightings(&stage);
    let [sighting] = seen.as_slice() else { panic!("one sighting: {seen:?}") };
    assert!(sighting.account.is_some() && sighting.secret.is_some() && !sighting.worked);
    let mut other = tried.clone();
    other["sub_id"]["id"] = json!("another");
    watch.refused_signal("the same jti", &push(BANK, sign(key, TYPE, &other)), "invalid_request").await;
    assert_eq!(sightings(&stage).len(), 1);
    let attempts = stage.teller.store().read(|shelf| shelf.attempts_of(Step::BankSignal)).unwrap();
    assert_eq!(attempts.iter().map(|attempt| attempt.1).collect::<Vec<_>>(), [false, true]);

    // The same account, told of and linked, has the same tag: the link is suspended.
    let denied = sign(key, TYPE, &claims(&banks, BANK, "link-denied", json!({})));
    assert_eq!(watch.send(&push(BANK, denied)).await.status, 202);
    let path = format!("/v1/links/{LINK}");
    assert_eq!(stage.get(&path, &token(1)).await.expect(200)["state"], "suspended");
    let body = json!({ "id": Uuid::now_v7(), "link": LINK.to_string(), "amount": 5_000 });
    let refused = stage.post("/v1/top-ups", &token(1), &body).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("link_not_active")));
    let listed = stage.get("/v1/operator/signals", OPERATOR).await.expect(200);
    let kinds: Vec<_> = listed["signals"].as_array().unwrap().iter().map(|s| s["kind"].clone()).collect();
    assert_eq!(kinds, ["link_denied", "try_failed"]);
    assert_eq!(listed["signals"][0]["suspended"], json!([LINK.to_string()]));
    assert_eq!(listed["signals"][0]["account_tag"], listed["signals"][1]["account_tag"]);
    let text = listed.to_string();
    assert!(!text.contains(TAG) && !text.contains("\"account\""), "no name and no tag of the bank: {text}");
}

// promise: P7
#[tokio::test]
async fn two_people_lift_a_suspension_and_one_does_not() {
    let banks = Publishing::new().await;
    let (stage, watch) = begun(&banks).await;
    let denied = sign(&banks.keys[BANK], TYPE, &claims(&banks, BANK, "link-denied", json!({})));
    assert_eq!(watch.send(&push(BANK, denied)).await.status, 202);
    let mut staff = Vec::new();
    for name in ["akari", "minato"] {
        let added = stage.post("/v1/operator/operators", OPERATOR, &json!({ "name": name })).await;
        staff.push(added.expect(201)["token"].as_str().unwrap().to_owned());
    }
    let listed = stage.get("/v1/operator/suspended-links", &staff[0]).await.expect(200);
    assert_eq!(listed["links"][0]["link"], LINK.to_string());
    let path = format!("/v1/operator/suspended-links/{LINK}");
    let reason = json!({ "reason": "the bank withdrew its word" });
    let (lift, confirm) = (format!("{path}/lift"), format!("{path}/confirm"));
    stage.post(&confirm, &staff[1], &json!({})).await.refused(409, "wrong_state");
    stage.post(&lift, OPERATOR, &reason).await.refused(403, "second_person_needed");
    let asked = stage.post(&lift, &staff[0], &reason).await.expect(200);
    assert_eq!((&asked["state"], &asked["lift"]["by"]), (&json!("suspended"), &json!("akari")));
    stage.post(&confirm, &staff[0], &json!({})).await.refused(403, "second_person_needed");
    stage.wait(terms::Span::minutes(5));
    assert_eq!(stage.post(&confirm, &staff[1], &json!({})).await.expect(200)["state"], "active");
    stage.post(&confirm, &staff[1], &json!({})).await.refused(409, "wrong_state");
    let own = format!("/v1/links/{LINK}");
    assert_eq!(stage.get(&own, &token(1)).await.expect(200)["state"], "active");
    let none = stage.get("/v1/operator/suspended-links", &staff[0]).await.expect(200);
    assert_eq!(none["links"], json!([]));
    // The gate forgot too: nothing of it stands in the way of money.
    let sent = json!({ "id": Uuid::now_v7(), "to": { "handle": "person2" }, "amount": 300 });
    stage.post("/v1/transfers", &token(1), &sent).await.expect(201);
}
