//! From a stranger to a customer, and the ways that do not lead there.

use crate::stage::{Stage, confirmed, made, sign_up};
use gate::Step;
use serde_json::json;

const PHONE: &str = "09012345678";
const MAIL: &str = "hanako@example.jp";

#[tokio::test]
async fn a_stranger_becomes_a_customer_with_a_session() {
    let stage = Stage::new();
    let person = sign_up(&stage, PHONE, MAIL).await;
    let devices = stage.get("/v1/sessions", &person.token).await.expect(200);
    assert_eq!(devices["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(devices["sessions"][0]["current"], true);
    let proof = store::prove(stage.teller.store(), |_| ()).unwrap();
    assert_eq!((proof.accounts, proof.violation), (2, None), "the wallet's two accounts");
}

// promise: P6
#[tokio::test]
async fn wrong_codes_end_the_sign_up_and_are_remembered() {
    let stage = Stage::new();
    let body = json!({ "email": MAIL, "phone": PHONE, "locale": "en" });
    let begun = stage.post("/v1/sign-ups", None, body).await.expect(202);
    let path = format!("/v1/sign-ups/{}/codes", begun["sign_up"].as_str().unwrap());
    let wrong = json!({ "phone_code": "x", "email_code": "x" });
    for _ in 0..5 {
        stage.post(&path, None, wrong.clone()).await.refused(422, "code_wrong");
    }
    let (texts, mails) = stage.letters(PHONE, MAIL);
    let right = json!({
        "phone_code": crate::stage::code_in(&texts[0]), "email_code": crate::stage::code_in(&mails[0]),
    });
    stage.post(&path, None, right).await.refused(429, "too_many_tries");
    let passkey = format!("/v1/sign-ups/{}/passkey/options", begun["sign_up"].as_str().unwrap());
    stage.post(&passkey, None, json!({})).await.refused(409, "wrong_state");
    assert_eq!(stage.attempts(Step::Code), (0, 6));
}

#[tokio::test]
async fn a_known_phone_gets_the_same_answers_and_no_code() {
    let stage = Stage::new();
    sign_up(&stage, PHONE, MAIL).await;
    let before = stage.letters(PHONE, "thief@example.jp").0.len();
    let body = json!({ "email": "thief@example.jp", "phone": PHONE, "locale": "ja" });
    let begun = stage.post("/v1/sign-ups", None, body).await.expect(202);
    let fields: Vec<&String> = begun.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["expires_at", "sign_up"]);
    let (texts, mails) = stage.letters(PHONE, "thief@example.jp");
    assert_eq!(mails.len(), 1, "the mail's code comes as for everybody");
    assert_eq!(texts.len(), before + 1, "the owner is told");
    let notice = texts.last().unwrap();
    assert!(notice.split(|c: char| !c.is_ascii_digit()).all(|run| run.len() != 6), "no code: {notice}");
    let path = format!("/v1/sign-ups/{}/codes", begun["sign_up"].as_str().unwrap());
    let codes = json!({ "phone_code": "000000", "email_code": crate::stage::code_in(&mails[0]) });
    stage.post(&path, None, codes).await.refused(422, "code_wrong");
}

#[tokio::test]
async fn one_number_makes_one_customer_even_in_a_race() {
    let stage = Stage::new();
    let first = confirmed(&stage, PHONE, MAIL).await;
    let second = confirmed(&stage, PHONE, "other@example.jp").await;
    let (_, first_body) = made(&stage, &first).await;
    let (_, second_body) = made(&stage, &second).await;
    let paths = [format!("/v1/sign-ups/{first}/passkey"), format!("/v1/sign-ups/{second}/passkey")];
    let (one, other) =
        tokio::join!(stage.post(&paths[0], None, first_body), stage.post(&paths[1], None, second_body));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(stage.attempts(Step::Opening), (1, 1));
}

#[tokio::test]
async fn a_passkey_ceremony_fits_its_sign_up_only_and_once() {
    let stage = Stage::new();
    let first = confirmed(&stage, PHONE, MAIL).await;
    let second = confirmed(&stage, "09087654321", "taro@example.jp").await;
    let (_, body) = made(&stage, &first).await;
    let path = format!("/v1/sign-ups/{second}/passkey");
    stage.post(&path, None, body.clone()).await.refused(409, "ceremony_over");
    made(&stage, &second).await;
    stage.post(&path, None, body.clone()).await.refused(422, "code_wrong");
    let path = format!("/v1/sign-ups/{first}/passkey");
    stage.post(&path, None, body.clone()).await.expect(201);
    stage.post(&path, None, body).await.refused(409, "ceremony_over");
}

#[tokio::test]
async fn what_is_no_answer_is_refused_with_its_field() {
    let stage = Stage::new();
    for (body, field) in [
        (json!({ "email": "nobody", "phone": PHONE, "locale": "ja" }), "email"),
        (json!({ "email": MAIL, "phone": "0312345678", "locale": "ja" }), "phone"),
        (json!({ "email": MAIL, "phone": PHONE, "locale": "fr" }), "locale"),
        (json!({ "email": MAIL, "phone": PHONE, "locale": "ja", "deliver_to": "x" }), "deliver_to"),
    ] {
        let answer = stage.post("/v1/sign-ups", None, body).await;
        assert_eq!(answer.body["field"], field);
        answer.refused(422, "field_not_allowed");
    }
    let sign_up = confirmed(&stage, PHONE, MAIL).await;
    let (_, mut body) = made(&stage, &sign_up).await;
    let path = format!("/v1/sign-ups/{sign_up}/passkey");
    let unnamed = json!({ "credential": body["credential"], "device_name": " " });
    body["credential"]["response"] = json!({});
    stage.post(&path, None, body).await.refused(422, "field_not_allowed");
    stage.post(&path, None, unnamed).await.refused(422, "field_not_allowed");
    stage.post("/v1/sign-ups/sup_0/codes", None, json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn sign_ups_for_one_phone_are_bounded() {
    let stage = Stage::new();
    for n in 0..3 {
        let body = json!({ "email": format!("m{n}@example.jp"), "phone": PHONE, "locale": "ja" });
        stage.post("/v1/sign-ups", None, body).await.expect(202);
    }
    let body = json!({ "email": "m4@example.jp", "phone": PHONE, "locale": "ja" });
    stage.post("/v1/sign-ups", None, body).await.refused(429, "too_many");
    assert_eq!(stage.letters(PHONE, MAIL).0.len(), 3);
}
