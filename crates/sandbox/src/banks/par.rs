//! Pushed authorization requests (RFC 9126): the only way to begin, with the limits in full (RFC 9396).

use super::{
    flow::{self, Params},
    issuer, list,
};
use crate::{AppState, clients::ClientRefused, clock, random};
use axum::{
    Form, Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

const REQUEST_LIFE_S: i64 = 60;
const LIMIT_MAX: i64 = 1_000_000;
/// The one purpose that a depositor is asked for.
const PURPOSE: &str = "wallet_charge";

/// RFC 9396 §5: what is not known is refused, so that nobody signs more than they saw.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detail {
    #[serde(rename = "type")]
    kind: String,
    method: String,
    purpose: String,
    per_debit_limit: i64,
    per_day_limit: i64,
}

/// Whether a text can be a SHA-256 in base64url.
fn is_sha256(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
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
    if take("code_challenge_method") != "S256" || !is_sha256(&take("code_challenge")) {
        return Err(("invalid_request", "PKCE with S256 is needed"));
    }
    if take("state").is_empty() || take("state").len() > 200 {
        return Err(("invalid_request", "state must have 1 to 200 characters"));
    }
    if form.get("dpop_jkt").is_some_and(|jkt| !is_sha256(jkt)) {
        return Err(("invalid_request", "dpop_jkt is no thumbprint"));
    }
    let details = serde_json::from_str::<Vec<Detail>>(&take("authorization_details"))
        .map_err(|_| ("invalid_authorization_details", "one jp_account_link with its limits is needed"))?;
    let [detail] = details.as_slice() else {
        return Err(("invalid_authorization_details", "exactly one jp_account_link is needed"));
    };
    let limits_fine = (1..=LIMIT_MAX).contains(&detail.per_debit_limit)
        && (detail.per_debit_limit..=LIMIT_MAX).contains(&detail.per_day_limit);
    let offered = detail.kind == "jp_account_link" && bank.methods.contains(&detail.method);
    if !offered || detail.purpose != PURPOSE || !limits_fine {
        return Err((
            "invalid_authorization_details",
            "type, method, purpose or limits are not offered here",
        ));
    }
    Ok(Params {
        method: detail.method.clone(),
        purpose: detail.purpose.clone(),
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
            flow::forget_old(tx)?;
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
