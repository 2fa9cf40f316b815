//! ID tokens that must not be believed, for tests of whoever reads them.

use super::KEY;
use crate::{AppState, Fault, keys::SigningKey, random};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::{OptionalExtension, Transaction};
use serde::Deserialize;
use serde_json::{Value, json};

const VICES: [&str; 9] = [
    "none",
    "wrong_iss",
    "wrong_aud",
    "wrong_nonce",
    "expired",
    "wrong_key",
    "wrong_signature",
    "alg_none",
    "other_subject",
];
const TYPE: &str = "JWT";

/// Takes the vice for one ID token.
pub(super) fn take(tx: &Transaction<'_>) -> rusqlite::Result<String> {
    let vice = tx
        .query_row("SELECT vice FROM openid_vice WHERE one = 1 AND times > 0", [], |row| row.get(0))
        .optional()?;
    tx.execute("UPDATE openid_vice SET times = times - 1 WHERE times > 0", [])?;
    Ok(vice.unwrap_or_else(|| "none".to_owned()))
}

/// The ID token of these claims, spoilt as the vice says.
pub(super) async fn sign(state: &AppState, mut claims: Value, vice: &str, now: i64) -> Result<String, Fault> {
    let key = state.keys.get(KEY).await?;
    match vice {
        "wrong_iss" => claims["iss"] = json!("https://elsewhere.example"),
        "wrong_aud" => claims["aud"] = json!("another-client"),
        "wrong_nonce" => claims["nonce"] = json!(random::token()),
        "expired" => {
            claims["iat"] = json!(now - 7_200);
            claims["exp"] = json!(now - 3_600);
        }
        "other_subject" => claims["sub"] = json!("oid-somebody-else"),
        // A key that is not published, under its own name.
        "wrong_key" => return SigningKey::unknown()?.sign(TYPE, &claims),
        // It names the published key, so that only the signature gives the forgery away.
        "wrong_signature" => return SigningKey::unknown()?.sign_as(&key.kid(), TYPE, &claims),
        "alg_none" => {
            let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": TYPE }).to_string());
            return Ok(format!("{header}.{}.", URL_SAFE_NO_PAD.encode(claims.to_string())));
        }
        _ => {}
    }
    key.sign(TYPE, &claims)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vice {
    vice: String,
    #[serde(default = "once")]
    times: u32,
}

const fn once() -> u32 {
    1
}

/// `PUT /control/openid/vice`
pub(super) async fn set(State(state): State<AppState>, Json(vice): Json<Vice>) -> Response {
    if !VICES.contains(&vice.vice.as_str()) {
        return (StatusCode::BAD_REQUEST, format!("vice must be one of {}\n", VICES.join(", ")))
            .into_response();
    }
    let sql = "INSERT INTO openid_vice VALUES (1, ?1, ?2) \
               ON CONFLICT (one) DO UPDATE SET vice = excluded.vice, times = excluded.times";
    match state.db.write(move |tx| tx.execute(sql, (&vice.vice, vice.times))).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(fault) => fault.into_response(),
    }
}
