//! Recovery: only by a code bound before, after a delay, with notice, and its owner can say no (H10).

use crate::stage::{ORIGIN, Person, Stage, sign_up};
use player::SoftwarePasskey;
use serde_json::{Value, json};
use terms::Span;

const PHONE: &str = "09012345678";
const MAIL: &str = "hanako@example.jp";

async fn code_of(stage: &Stage, person: &mut Person) -> String {
    let token = person.token.clone();
    stage.post("/v1/recovery-codes", Some(&token), json!({})).await.refused(403, "step_up_needed");
    person.step_up(stage).await;
    let answer = stage.post("/v1/recovery-codes", Some(&token), json!({})).await.expect(201);
    answer["recovery_code"].as_str().unwrap().to_owned()
}

async fn begun(stage: &Stage, code: &str) -> String {
    let answer = stage.post("/v1/recoveries", None, json!({ "recovery_code": code })).await.expect(202);
    let fields: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["ready_at", "recovery"], "one shape for all codes");
    answer["recovery"].as_str().unwrap().to_owned()
}

async fn options(stage: &Stage, recovery: &str, code: &str) -> crate::stage::Answer {
    let path = format!("/v1/recoveries/{recovery}/passkey/options");
    stage.post(&path, None, json!({ "recovery_code": code })).await
}

async fn finished(stage: &Stage, recovery: &str, code: &str) -> (SoftwarePasskey, Value) {
    let options = options(stage, recovery, code).await.expect(200);
    let mut passkey = SoftwarePasskey::new(ORIGIN);
    let credential = passkey.create(&options["publicKey"]).unwrap();
    let body = json!({ "recovery_code": code, "credential": credential, "device_name": "new phone" });
    let path = format!("/v1/recoveries/{recovery}/passkey");
    let opened = stage.post(&path, None, body.clone()).await.expect(201);
    stage.post(&path, None, body).await.refused(409, "wrong_state");
    (passkey, opened)
}

#[tokio::test]
async fn a_lost_wallet_is_recovered_after_the_delay() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let code = code_of(&stage, &mut person).await;
    let before = stage.letters(PHONE, MAIL);
    let recovery = begun(&stage, &code.to_lowercase()).await;
    assert_eq!(begun(&stage, &code).await, recovery, "asking again begins nothing anew");
    let after = stage.letters(PHONE, MAIL);
    assert_eq!((after.0.len(), after.1.len()), (before.0.len() + 1, before.1.len() + 1), "told at once");
    options(&stage, &recovery, &code).await.refused(409, "too_soon");
    stage.wait(Span::hours(23));
    options(&stage, &recovery, &code).await.refused(409, "too_soon");
    stage.wait(Span::hours(1));
    let other = "0000-0000-0000-0000-0000-0000-0000-0000";
    options(&stage, &recovery, other).await.refused(422, "code_wrong");
    let (passkey, opened) = finished(&stage, &recovery, &code).await;
    assert_eq!(opened["customer"].as_str(), Some(person.customer.as_str()));
    stage.get("/v1/sessions", &person.token).await.refused(401, "not_signed_in");
    let mut new = Person { customer: person.customer.clone(), token: String::new(), passkey };
    new.sign_in(&stage).await;
    let again = begun(&stage, &code).await;
    stage.wait(Span::hours(25));
    options(&stage, &again, &code).await.refused(422, "code_wrong");
}

#[tokio::test]
async fn its_owner_can_say_no_and_the_code_is_void() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let stranger = sign_up(&stage, "09087654321", "taro@example.jp").await;
    let code = code_of(&stage, &mut person).await;
    let recovery = begun(&stage, &code).await;
    let list = stage.get("/v1/recoveries", &person.token).await.expect(200);
    assert_eq!(list["recoveries"][0]["recovery"].as_str(), Some(recovery.as_str()));
    let path = format!("/v1/recoveries/{recovery}/cancel");
    stage.post(&path, None, json!({})).await.refused(401, "not_signed_in");
    stage.post(&path, Some(&stranger.token), json!({})).await.refused(404, "not_found");
    stage.post(&path, Some(&person.token), json!({})).await.expect(204);
    stage.post(&path, Some(&person.token), json!({})).await.refused(409, "wrong_state");
    stage.wait(Span::hours(25));
    options(&stage, &recovery, &code).await.refused(409, "wrong_state");
    let again = begun(&stage, &code).await;
    assert_ne!(again, recovery);
    stage.wait(Span::hours(25));
    options(&stage, &again, &code).await.refused(422, "code_wrong");
}

// promise: P6
#[tokio::test]
async fn guesses_look_like_the_real_thing_and_are_counted() {
    let stage = Stage::new();
    let guess = "0000-0000-0000-0000-0000-0000-0000-0000";
    let recovery = begun(&stage, guess).await;
    options(&stage, &recovery, guess).await.refused(409, "too_soon");
    let answer = stage.post("/v1/recoveries", None, json!({ "recovery_code": "0000" })).await;
    assert_eq!(answer.body["field"], "recovery_code");
    let body = json!({ "recovery_code": guess, "email": "thief@example.jp" });
    stage.post("/v1/recoveries", None, body).await.refused(422, "field_not_allowed");
    let (taken, refused) = stage.attempts(gate::Step::Recovery);
    assert_eq!((taken, refused), (1, 2), "begun, a guess that it was, and one step too early");
}

#[tokio::test]
async fn a_recovery_is_over_after_its_week() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let code = code_of(&stage, &mut person).await;
    let recovery = begun(&stage, &code).await;
    stage.wait(Span::days(9));
    options(&stage, &recovery, &code).await.refused(409, "ceremony_over");
    assert_ne!(begun(&stage, &code).await, recovery);
}
