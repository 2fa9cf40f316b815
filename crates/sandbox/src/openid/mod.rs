//! The outside OpenID provider, with the vices that a relying party must see through.

mod authorize;
mod token;
mod userinfo;
mod vices;

use crate::{AppState, Fault, people::Person};
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde_json::{Value, json};

pub(crate) use authorize::walk;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS openid_codes (
    code TEXT PRIMARY KEY, person TEXT NOT NULL, redirect_uri TEXT NOT NULL, nonce TEXT NOT NULL,
    challenge TEXT NOT NULL, expires_at INTEGER NOT NULL, used INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS openid_access (
    token TEXT PRIMARY KEY, code TEXT NOT NULL, person TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS openid_vice (
    one INTEGER PRIMARY KEY CHECK (one = 1), vice TEXT NOT NULL, times INTEGER NOT NULL) STRICT;";

/// The key that signs ID tokens.
const KEY: &str = "openid";

fn issuer(state: &AppState) -> String {
    format!("{}/openid", state.settings.public_url)
}

/// The provider's name of a person: the same for ever, and not the bank's or the verifier's.
fn subject(person: &Person) -> String {
    format!("oid-{}", person.id)
}

/// OpenID Connect Discovery 1.0.
async fn discovery(State(state): State<AppState>) -> Json<Value> {
    let issuer = issuer(&state);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "email"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "email", "email_verified"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn jwks(State(state): State<AppState>) -> Result<Response, Fault> {
    Ok(Json(state.keys.get(KEY).await?.jwks()).into_response())
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/openid/.well-known/openid-configuration", get(discovery))
        .route("/openid/authorize", get(authorize::ask).post(authorize::choose))
        .route("/openid/token", post(token::exchange))
        .route("/openid/jwks", get(jwks))
        .route("/openid/userinfo", get(userinfo::tell))
        .route("/control/openid/vice", put(vices::set))
}
