//! The operator's staff for a test: named people with tokens, and what they do.

use crate::stage::{Answer, OPERATOR, Stage};
use serde_json::{Value, json};

/// Adds a person; gives the token.
pub(crate) async fn joins(stage: &Stage, name: &str) -> String {
    let added =
        stage.post("/v1/operator/operators", Some(OPERATOR), json!({ "name": name })).await.expect(201);
    assert_eq!(added["name"], name);
    let token = added["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("op_") && token.len() > 40, "{} characters", token.len());
    token
}

pub(crate) fn stop_body(scope: &str, level: &str) -> Value {
    json!({ "scope": scope, "level": level, "reason": "failures tripled since noon" })
}

pub(crate) async fn stops(stage: &Stage, token: &str, scope: &str, level: &str) -> Value {
    stage.post("/v1/operator/stops", Some(token), stop_body(scope, level)).await.expect(200)
}

/// The first person's part.
pub(crate) async fn asks(stage: &Stage, token: &str, scope: &str, to: &str, version: u64) -> Answer {
    let body = json!({ "to": to, "version": version, "reason": "looked at, calm" });
    stage.post(&format!("/v1/operator/stops/{scope}/resume"), Some(token), body).await
}

/// The second person's part.
pub(crate) async fn confirms(stage: &Stage, token: &str, scope: &str, to: &str, version: u64) -> Answer {
    let body = json!({ "to": to, "version": version });
    stage.post(&format!("/v1/operator/stops/{scope}/confirm"), Some(token), body).await
}

pub(crate) async fn listed(stage: &Stage) -> Vec<Value> {
    let listed = stage.get("/v1/operator/stops", OPERATOR).await.expect(200);
    listed["stops"].as_array().unwrap().clone()
}
