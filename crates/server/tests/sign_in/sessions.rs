//! Sign-in by passkey alone, step-up, devices and the ways out.

use crate::stage::{ORIGIN, Stage, sign_up};
use gate::Step;
use player::SoftwarePasskey;
use serde_json::json;
use terms::Span;

const PHONE: &str = "09012345678";
const MAIL: &str = "hanako@example.jp";

#[tokio::test]
async fn a_passkey_signs_in_and_its_answer_works_once() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let other = person.sign_in(&stage).await;
    assert_ne!(other, person.token);
    let devices = stage.get("/v1/sessions", &other).await.expect(200);
    let names: Vec<_> = devices["sessions"].as_array().unwrap().iter().map(|d| d["name"].clone()).collect();
    assert_eq!(names, ["phone", "tablet"]);

    let options = stage.post("/v1/sessions/options", None, json!({})).await.expect(200);
    assert!(options["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty));
    let credential = person.passkey.get(&options["publicKey"]).unwrap();
    let body = json!({ "ceremony": options["ceremony"], "credential": credential, "device_name": "d" });
    stage.post("/v1/sessions", None, body.clone()).await.expect(201);
    stage.post("/v1/sessions", None, body).await.refused(409, "ceremony_over");
    assert_eq!(stage.attempts(Step::SignIn), (2, 1));
}

#[tokio::test]
async fn what_does_not_fit_opens_nothing_and_uses_the_round_up() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let mut stranger = SoftwarePasskey::new(ORIGIN);
    for forge in ["late", "signature", "stranger", "challenge"] {
        let options = stage.post("/v1/sessions/options", None, json!({})).await.expect(200);
        let mut credential = person.passkey.get(&options["publicKey"]).unwrap();
        let (mut status, mut code) = (422, "code_wrong");
        match forge {
            "late" => {
                stage.wait(Span::minutes(11));
                (status, code) = (409, "ceremony_over");
            }
            "signature" => credential["response"]["signature"] = json!("MEUCIQ"),
            "stranger" => {
                let user = json!({ "id": "AAAAAAAAAAAAAAAAAAAAAA", "name": "n", "displayName": "d" });
                let made = json!({
                    "rp": { "id": "localhost", "name": "x" }, "user": user, "challenge": "AAAA",
                    "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
                });
                stranger.create(&made).unwrap();
                credential = stranger.get(&options["publicKey"]).unwrap();
            }
            _ => {
                let again = stage.post("/v1/sessions/options", None, json!({})).await.expect(200);
                credential = person.passkey.get(&again["publicKey"]).unwrap();
            }
        }
        let body = json!({ "ceremony": options["ceremony"], "credential": credential, "device_name": "d" });
        stage.post("/v1/sessions", None, body.clone()).await.refused(status, code);
        stage.post("/v1/sessions", None, body).await.refused(409, "ceremony_over");
    }
    assert_eq!(stage.attempts(Step::SignIn), (0, 8));
}

#[tokio::test]
async fn sessions_end_one_by_one_and_all_at_once() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let stranger = sign_up(&stage, "09087654321", "taro@example.jp").await;
    let (second, third) = (person.sign_in(&stage).await, person.sign_in(&stage).await);
    let devices = stage.get("/v1/sessions", &third).await.expect(200);
    let id = devices["sessions"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/sessions/{id}");
    stage.delete(&path, &stranger.token).await.refused(404, "not_found");
    stage.delete(&path, &third).await.expect(204);
    stage.get("/v1/sessions", &person.token).await.refused(401, "not_signed_in");
    stage.delete("/v1/sessions/current", &second).await.expect(204);
    stage.get("/v1/sessions", &second).await.refused(401, "not_signed_in");
    let fourth = person.sign_in(&stage).await;
    stage.post("/v1/sessions/sign-out-everywhere", Some(&fourth), json!({})).await.expect(204);
    for token in [&third, &fourth] {
        stage.get("/v1/sessions", token).await.refused(401, "not_signed_in");
    }
    stage.get("/v1/sessions", &stranger.token).await.expect(200);
    stage.get("/v1/sessions", "forged").await.refused(401, "not_signed_in");
}

#[tokio::test]
async fn a_session_lives_while_it_is_used_and_not_for_ever() {
    let stage = Stage::new();
    let person = sign_up(&stage, PHONE, MAIL).await;
    for _ in 0..8 {
        stage.wait(Span::days(10));
        stage.get("/v1/sessions", &person.token).await.expect(200);
        // The idle time is written after the answer; a second look finds it.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    stage.wait(Span::days(11));
    stage.get("/v1/sessions", &person.token).await.refused(401, "not_signed_in");
    let idle = sign_up(&stage, "09087654321", "taro@example.jp").await;
    stage.wait(Span::days(15));
    stage.get("/v1/sessions", &idle.token).await.refused(401, "not_signed_in");
}

#[tokio::test]
async fn a_step_up_needs_the_same_customers_passkey() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let mut stranger = sign_up(&stage, "09087654321", "taro@example.jp").await;
    let token = person.token.clone();
    let options = stage.post("/v1/step-ups/options", Some(&token), json!({})).await.expect(200);
    let mut named = options["publicKey"].clone();
    named["allowCredentials"] = json!([]);
    let credential = stranger.passkey.get(&named).unwrap();
    let body = json!({ "ceremony": options["ceremony"], "credential": credential });
    stage.post("/v1/step-ups", Some(&token), body).await.refused(422, "code_wrong");
    person.step_up(&stage).await;
    stranger.step_up(&stage).await;
    stage.post("/v1/step-ups/options", None, json!({})).await.refused(401, "not_signed_in");
}
