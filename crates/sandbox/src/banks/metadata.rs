//! What a bank says of itself (RFC 8414), and its public key.

use super::{issuer, list};
use crate::{AppState, Fault};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

pub(super) async fn metadata(State(state): State<AppState>, Path(code): Path<String>) -> Response {
    if list::bank(&code).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let issuer = issuer(&state, &code);
    Json(json!({
        "issuer": issuer,
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "jwks_uri": format!("{issuer}/jwks"),
        "require_pushed_authorization_requests": true,
        "authorization_response_iss_parameter_supported": true,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_details_types_supported": ["jp_account_link"],
        "scopes_supported": ["account_link"],
    }))
    .into_response()
}

pub(super) async fn jwks(State(state): State<AppState>, Path(code): Path<String>) -> Result<Response, Fault> {
    if list::bank(&code).is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    Ok(Json(state.keys.get(&format!("bank:{code}")).await?.jwks()).into_response())
}
