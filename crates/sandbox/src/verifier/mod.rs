//! The identity verifier: plays a service that reads a card's chip and signs what it read.
//!
//! A request is pushed by the client, the person proves the card in the browser, the client fetches the assertion.

mod assertion;
mod card;
mod request;

use crate::AppState;
use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};

pub(crate) use card::walk;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS proof_requests (
    request_uri TEXT PRIMARY KEY, method TEXT NOT NULL, redirect_uri TEXT NOT NULL, state TEXT NOT NULL,
    nonce TEXT NOT NULL, expires_at INTEGER NOT NULL, tries INTEGER NOT NULL, done INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS proof_codes (
    code TEXT PRIMARY KEY, request_uri TEXT NOT NULL, person TEXT NOT NULL, expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL) STRICT;";

/// The key that signs assertions.
const KEY: &str = "verifier";

fn issuer(state: &AppState) -> String {
    format!("{}/verifier", state.settings.public_url)
}

/// RFC 6749 §5.2.
fn bad(error: &str, why: &str) -> Response {
    let body = serde_json::json!({ "error": error, "error_description": why });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/verifier/requests", post(request::push))
        .route("/verifier/start", get(card::start))
        .route("/verifier/card", post(card::put_on_reader))
        .route("/verifier/assertions", post(assertion::fetch))
        .route("/verifier/jwks", get(assertion::jwks))
}
