//! What the verifier signs about a person, fetched once by the client.

use super::{KEY, bad, issuer};
use crate::{
    AppState, Fault,
    clients::ClientRefused,
    clock,
    people::{self, Person},
    random,
};
use axum::{
    Form, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use rusqlite::Transaction;
use std::collections::BTreeMap;

const LIFE_S: i64 = 300;
/// Three years and a bit are left on every pretended certificate.
const CERTIFICATE_LIFE_S: i64 = 3 * 365 * 86_400;

/// A card that was read.
struct Reading {
    person: Person,
    method: String,
    nonce: String,
}

/// Takes a code for the first and only time.
fn take(tx: &Transaction<'_>, code: &str, now: i64) -> rusqlite::Result<Option<Reading>> {
    let taken = tx.execute(
        "UPDATE proof_codes SET used = 1 WHERE code = ?1 AND used = 0 AND expires_at > ?2",
        (code, now),
    )?;
    if taken == 0 {
        return Ok(None);
    }
    let sql = "SELECT c.person, r.method, r.nonce FROM proof_codes c JOIN proof_requests r USING (request_uri) \
               WHERE c.code = ?1";
    let (person, method, nonce): (String, String, String) =
        tx.query_row(sql, [code], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(people::by_id(tx, &person)?.map(|person| Reading { person, method, nonce }))
}

/// `POST /verifier/assertions`
pub(super) async fn fetch(
    State(state): State<AppState>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    let issuer = issuer(&state);
    state.clients.authenticate(&issuer, &form).await?;
    let (code, now) = (form.get("code").cloned().unwrap_or_default(), clock::now_s());
    let Some(Reading { person, method, nonce }) = state.db.write(move |tx| take(tx, &code, now)).await?
    else {
        return Ok(bad("invalid_grant", "the code is unknown, used or over"));
    };
    let claims = serde_json::json!({
        "iss": issuer, "aud": state.settings.client_id, "sub": person.id, "iat": now, "exp": now + LIFE_S,
        "jti": random::token(), "nonce": nonce, "method": method, "verified_at": now, "name": person.name,
        "name_kana": person.kana, "birth_date": person.birth_date, "address": "東京都千代田区千代田1-1",
        "certificate_expires_at": now + CERTIFICATE_LIFE_S, "face_image": false,
    });
    let assertion = state.keys.get(KEY).await?.sign("identity-assertion+jwt", &claims)?;
    Ok(Json(serde_json::json!({ "assertion": assertion })).into_response())
}

/// `GET /verifier/jwks`
pub(super) async fn jwks(State(state): State<AppState>) -> Result<Response, Fault> {
    Ok(Json(state.keys.get(KEY).await?.jwks()).into_response())
}
