//! The client pushes what it wants to know; the browser then carries only the name of that request.

use super::{bad, issuer};
use crate::{AppState, clients::ClientRefused, clock, random};
use axum::{
    Form, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;

const METHODS: [&str; 2] = ["jpki_signature", "ic_chip_licence"];
const LIFE_S: i64 = 300;
/// Requests and codes are forgotten an hour after their end; until then they are only over.
const FORGET_AFTER_S: i64 = 3_600;
const WORD_MAX: usize = 200;

/// A request that is neither answered nor over.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) tries: i64,
}

/// The request of this name, while it is open.
pub(super) fn open(connection: &Connection, request_uri: &str) -> rusqlite::Result<Option<Request>> {
    let sql = "SELECT method, redirect_uri, state, tries FROM proof_requests \
               WHERE request_uri = ?1 AND expires_at > ?2 AND done = 0";
    connection
        .query_row(sql, (request_uri, clock::now_s()), |row| {
            Ok(Request {
                method: row.get(0)?,
                redirect_uri: row.get(1)?,
                state: row.get(2)?,
                tries: row.get(3)?,
            })
        })
        .optional()
}

/// `POST /verifier/requests`
pub(super) async fn push(
    State(state): State<AppState>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    state.clients.authenticate(&issuer(&state), &form).await?;
    let take = |name: &str| form.get(name).cloned().unwrap_or_default();
    let (method, redirect_uri, own_state, nonce) =
        (take("method"), take("redirect_uri"), take("state"), take("nonce"));
    if !METHODS.contains(&method.as_str()) {
        return Ok(bad("invalid_request", "method must be jpki_signature or ic_chip_licence"));
    }
    if !state.settings.client_redirect_uris.contains(&redirect_uri) {
        return Ok(bad("invalid_request", "redirect_uri is not registered"));
    }
    let fits = |word: &str| (1..=WORD_MAX).contains(&word.len());
    if !fits(&own_state) || !fits(&nonce) {
        return Ok(bad("invalid_request", "state and nonce must have 1 to 200 bytes"));
    }
    let request_uri = format!("urn:verifier:{}", random::token());
    let (kept, now) = (request_uri.clone(), clock::now_s());
    state
        .db
        .write(move |tx| {
            for table in ["proof_codes", "proof_requests"] {
                tx.execute(&format!("DELETE FROM {table} WHERE expires_at < ?1"), [now - FORGET_AFTER_S])?;
            }
            tx.execute(
                "INSERT INTO proof_requests VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0)",
                (&kept, &method, &redirect_uri, &own_state, &nonce, now + LIFE_S),
            )
        })
        .await?;
    let body = serde_json::json!({ "request_uri": request_uri, "expires_in": LIFE_S });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}
