//! Pushed authorization requests (RFC 9126): the only way to begin, with the limits in full (RFC 9396).

use super::{flow::Params, issuer, list};
use crate::{AppState, clients::ClientRefused, clock, random};
use axum::{
    Form, Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

const REQUEST_LIFE_S: i64 = 60;
const LIMIT_MAX: i64 = 1_000_000;

#[derive(Deserialize)]
struct Detail {
    #[serde(rename = "type")]
    kind: String,
    method: String,
    purpose: String,
    per_debit_limit: i64,
    per_day_limit: i64,
}

fn bad(error: &str, why: &str) -> Response {
    let body = json!({ "error": error, "error_description": why });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

fn read(
    state: &AppState,
    bank: &list::Bank,
    form: &BTreeMap<String, String>,
) -> Result<Params, (&'static str, &'static str)> {
    let take = |name: &str| form.get(name).cloned().unwrap_or_default();
    if form.contains_key("request_uri") {
        return Err(("invalid_request", "a pushed request must not hold request_uri"));
    }
    if take("client_id") != state.settings.client_id || take("response_type") != "code" {
        return Err(("invalid_request", "client_id or response_type is wrong"));
    }
    if !state.settings.client_redirect_uris.contains(&take("redirect_uri")) {
        return Err(("invalid_request", "redirect_uri is not registered"));
    }
    if take("scope") != "account_link" {
        return Err(("invalid_scope", "scope must be account_link"));
    }
    if take("code_challenge_method") != "S256" || take("code_challenge").len() != 43 {
        return Err(("invalid_request", "PKCE with S256 is needed"));
    }
    if take("state").is_empty() || take("state").len() > 200 {
        return Err(("invalid_request", "state must have 1 to 200 characters"));
    }
    let details = serde_json::from_str::<Vec<Detail>>(&take("authorization_details"))
        .map_err(|_| ("invalid_authorization_details", "one jp_account_link with its limits is needed"))?;
    let [detail] = details.as_slice() else {
        return Err(("invalid_authorization_details", "exactly one jp_account_link is needed"));
    };
    let limits_fine = (1..=LIMIT_MAX).contains(&detail.per_debit_limit)
        && (detail.per_debit_limit..=LIMIT_MAX).contains(&detail.per_day_limit);
    if detail.kind != "jp_account_link" || !bank.methods.contains(&detail.method) || !limits_fine {
        return Err(("invalid_authorization_details", "type, method or limits are not offered here"));
    }
    Ok(Params {
        method: detail.method.clone(),
        purpose: detail.purpose.chars().take(100).collect(),
        per_debit_limit: detail.per_debit_limit,
        per_day_limit: detail.per_day_limit,
        redirect_uri: take("redirect_uri"),
        state: take("state"),
        code_challenge: take("code_challenge"),
        dpop_jkt: form.get("dpop_jkt").cloned(),
    })
}

pub(super) async fn par(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    let Some(bank) = list::bank(&code) else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    state.clients.authenticate(&issuer(&state, &code), &form).await?;
    let params = match read(&state, bank, &form) {
        Ok(params) => serde_json::to_string(&params).unwrap_or_default(),
        Err((error, why)) => return Ok(bad(error, why)),
    };
    let request_uri = format!("urn:ietf:params:oauth:request_uri:{}", random::token());
    let kept = request_uri.clone();
    state
        .db
        .write(move |tx| {
            tx.execute(
                "INSERT INTO bank_flows (id, request_uri, bank, params, step, tries, expires_at) \
                 VALUES (?1, ?2, ?3, ?4, 'pushed', 0, ?5)",
                (random::token(), &kept, &code, &params, clock::now_s() + REQUEST_LIFE_S),
            )
        })
        .await?;
    let body = json!({ "request_uri": request_uri, "expires_in": REQUEST_LIFE_S });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}
