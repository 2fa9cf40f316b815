//! Passkeys are added and removed by whoever just signed with one bound before; the old channels are told.

use crate::stage::{ORIGIN, Person, Stage, sign_up};
use player::SoftwarePasskey;
use serde_json::{Value, json};
use terms::Span;

const PHONE: &str = "09012345678";
const MAIL: &str = "hanako@example.jp";

async fn added(stage: &Stage, person: &Person) -> (SoftwarePasskey, Value) {
    let token = Some(person.token.as_str());
    let options = stage.post("/v1/passkeys/options", token, json!({})).await.expect(200);
    let mut passkey = SoftwarePasskey::new(ORIGIN);
    let credential = passkey.create(&options["publicKey"]).unwrap();
    let body = json!({ "ceremony": options["ceremony"], "credential": credential, "name": "key ring" });
    stage.post("/v1/passkeys", token, body.clone()).await.expect(201);
    (passkey, body)
}

#[tokio::test]
async fn another_passkey_is_bound_after_a_step_up_and_opens_the_wallet() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let token = person.token.clone();
    stage.post("/v1/passkeys/options", Some(&token), json!({})).await.refused(403, "step_up_needed");
    person.step_up(&stage).await;
    let before = stage.letters(PHONE, MAIL);
    let (passkey, body) = added(&stage, &person).await;
    stage.post("/v1/passkeys", Some(&token), body).await.refused(409, "ceremony_over");
    let after = stage.letters(PHONE, MAIL);
    assert_eq!((after.0.len(), after.1.len()), (before.0.len() + 1, before.1.len() + 1), "both are told");
    let mut other = Person { customer: person.customer.clone(), token: String::new(), passkey };
    other.sign_in(&stage).await;
    stage.wait(Span::minutes(6));
    stage.post("/v1/passkeys/options", Some(&token), json!({})).await.refused(403, "step_up_needed");
}

#[tokio::test]
async fn a_removed_passkey_opens_nothing_and_its_sessions_end() {
    let stage = Stage::new();
    let mut person = sign_up(&stage, PHONE, MAIL).await;
    let mut stranger = sign_up(&stage, "09087654321", "taro@example.jp").await;
    person.step_up(&stage).await;
    let (passkey, _) = added(&stage, &person).await;
    let mut thief = Person { customer: person.customer.clone(), token: String::new(), passkey };
    let stolen = thief.sign_in(&stage).await;
    let list = stage.get("/v1/passkeys", &person.token).await.expect(200);
    let ids: Vec<&str> =
        list["passkeys"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
    let path = format!("/v1/passkeys/{}", ids[1]);
    stage.delete(&path, &stolen).await.refused(403, "step_up_needed");
    stranger.step_up(&stage).await;
    stage.delete(&path, &stranger.token).await.refused(404, "not_found");
    stage.delete(&path, &person.token).await.expect(204);
    stage.delete(&path, &person.token).await.refused(404, "not_found");
    stage.get("/v1/sessions", &stolen).await.refused(401, "not_signed_in");
    let options = stage.post("/v1/sessions/options", None, json!({})).await.expect(200);
    let credential = thief.passkey.get(&options["publicKey"]).unwrap();
    let body = json!({ "ceremony": options["ceremony"], "credential": credential, "device_name": "d" });
    stage.post("/v1/sessions", None, body).await.refused(422, "code_wrong");
    let last = format!("/v1/passkeys/{}", ids[0]);
    stage.delete(&last, &person.token).await.refused(409, "last_passkey");
}
