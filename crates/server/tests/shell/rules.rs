//! Operators' rules over HTTP: refused with line and column, promoted by a second person only.

use crate::stage::{Answer, Stage};
use axum::http::StatusCode;
use serde_json::{Value, json};
use terms::Digest;

const FIRST_HOUR: &str = "op_of_the_first_hour";
const RULES: &str = "/v1/operator/rules";

fn file(when: &str) -> String {
    format!(
        "[[rule]]\ncode = \"many\"\nversion = 1\nsteps = [\"top_up\"]\nwhen = \"{when}\"\nweight = 60\n\
         says_ja = \"多い\"\nsays_en = \"Many.\"\n"
    )
}

fn digest_of(secret: &str) -> Digest {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes());
    Digest::new(digest.as_ref().try_into().expect("32 bytes"))
}

async fn post(stage: &Stage, token: &str, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    stage.ask(&format!("POST {path}"), &headers, &body.to_string()).await
}

fn refused(answer: &Answer, status: u16, code: &str) -> String {
    let problem = answer.json();
    assert_eq!((answer.status.as_u16(), problem["code"].as_str()), (status, Some(code)), "{problem}");
    problem["allowed"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn one_person_proposes_and_another_promotes() {
    let stage = Stage::new(|settings| settings.operator_token = Some(digest_of(FIRST_HOUR)));
    let mut tokens = Vec::new();
    for name in ["akari", "minato"] {
        let added = post(&stage, FIRST_HOUR, "/v1/operator/operators", &json!({ "name": name })).await;
        tokens.push(added.json()["token"].as_str().expect("a token").to_owned());
    }
    let (akari, minato) = (&tokens[0], &tokens[1]);
    let proposal = |when: &str| json!({ "rules": file(when), "reason": "seen lately" });

    let bad = post(&stage, akari, RULES, &proposal("amount > 1 && walets > 3")).await;
    let allowed = refused(&bad, 422, "field_not_allowed");
    assert!(allowed.starts_with("line 5, column 23: `walets` is not known; allowed are"), "{allowed}");
    refused(&post(&stage, FIRST_HOUR, RULES, &proposal("amount > 1")).await, 403, "second_person_needed");
    refused(&post(&stage, "op_nobody", RULES, &proposal("amount > 1")).await, 401, "not_signed_in");

    let proposed = post(&stage, akari, RULES, &proposal("amount > 50000")).await;
    assert_eq!(proposed.status, StatusCode::CREATED, "{}", proposed.text);
    assert_eq!((&proposed.json()["version"], &proposed.json()["state"]), (&json!(1), &json!("shadow")));
    let promote = format!("{RULES}/1/promote");
    let reason = json!({ "reason": "a day in shadow" });
    refused(&post(&stage, akari, &promote, &reason).await, 403, "second_person_needed");
    refused(&post(&stage, FIRST_HOUR, &promote, &reason).await, 403, "second_person_needed");
    refused(&post(&stage, minato, &promote, &json!({ "reason": "" })).await, 422, "field_not_allowed");
    refused(&post(&stage, minato, &format!("{RULES}/9/promote"), &reason).await, 404, "not_found");
    refused(&post(&stage, minato, &format!("{RULES}/x/promote"), &reason).await, 404, "not_found");
    let promoted = post(&stage, minato, &promote, &reason).await.json();
    assert_eq!((&promoted["state"], &promoted["promoted"]["by"]), (&json!("active"), &json!("minato")));

    let bearer = format!("Bearer {akari}");
    let listed = stage.ask(&format!("GET {RULES}"), &[("authorization", &bearer)], "").await.json();
    assert_eq!(listed["sets"], json!([promoted]));
    assert_eq!(listed["sets"][0]["rules"][0]["when"], "amount > 50000");
    let retired = post(&stage, akari, &format!("{RULES}/1/retire"), &reason).await.json();
    assert_eq!(retired["state"], "retired");
    refused(&post(&stage, minato, &promote, &reason).await, 409, "wrong_state");
}
