//! The token request: one code for one ID token and one access token (OpenID Connect Core §3.1.3).

use super::{issuer, vices};
use crate::{
    AppState,
    clients::ClientRefused,
    clock,
    people::{self, Person},
    random,
};
use aws_lc_rs::digest;
use axum::{
    Form, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::{OptionalExtension, Transaction};
use serde_json::json;
use std::collections::BTreeMap;

const LIFE_S: i64 = 300;
/// RFC 7636 §4.1.
const VERIFIER_LENGTH: std::ops::RangeInclusive<usize> = 43..=128;

fn refused(error: &str, why: &str) -> Response {
    let body = json!({ "error": error, "error_description": why });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// A code that was given out.
struct Grant {
    person: String,
    redirect_uri: String,
    nonce: String,
    challenge: String,
    over: bool,
}

/// What the client gets for its code.
struct Granted {
    person: Person,
    nonce: String,
    access: String,
    vice: String,
}

fn find(tx: &Transaction<'_>, code: &str, now: i64) -> rusqlite::Result<Option<Grant>> {
    let sql = "SELECT person, redirect_uri, nonce, challenge, used = 1 OR expires_at <= ?2 FROM openid_codes \
               WHERE code = ?1";
    tx.query_row(sql, (code, now), |row| {
        Ok(Grant {
            person: row.get(0)?,
            redirect_uri: row.get(1)?,
            nonce: row.get(2)?,
            challenge: row.get(3)?,
            over: row.get(4)?,
        })
    })
    .optional()
}

/// Takes a code. Whatever comes of it, the code is used up; a second use also ends what the first one gave.
fn take(
    tx: &Transaction<'_>,
    form: &BTreeMap<String, String>,
    now: i64,
) -> rusqlite::Result<Result<Granted, &'static str>> {
    let word = |name: &str| form.get(name).map_or("", String::as_str);
    let code = word("code");
    let Some(grant) = find(tx, code, now)? else { return Ok(Err("the code is unknown")) };
    tx.execute("UPDATE openid_codes SET used = 1 WHERE code = ?1", [code])?;
    if grant.over {
        tx.execute("DELETE FROM openid_access WHERE code = ?1", [code])?;
        return Ok(Err("the code was used before, or is over"));
    }
    if word("redirect_uri") != grant.redirect_uri {
        return Ok(Err("redirect_uri is not that of the authorization request"));
    }
    let verifier = word("code_verifier");
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
    if !VERIFIER_LENGTH.contains(&verifier.len()) || challenge != grant.challenge {
        return Ok(Err("code_verifier does not fit code_challenge"));
    }
    let Some(person) = people::by_id(tx, &grant.person)? else { return Ok(Err("the person is gone")) };
    let access = random::token();
    tx.execute(
        "INSERT INTO openid_access VALUES (?1, ?2, ?3, ?4)",
        (&access, code, &person.id, now + LIFE_S),
    )?;
    Ok(Ok(Granted { person, nonce: grant.nonce, access, vice: vices::take(tx)? }))
}

/// `POST /openid/token`
pub(super) async fn exchange(
    State(state): State<AppState>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    state.clients.authenticate(&issuer(&state), &form).await?;
    if form.get("grant_type").map(String::as_str) != Some("authorization_code") {
        return Ok(refused("unsupported_grant_type", "grant_type must be authorization_code"));
    }
    let now = clock::now_s();
    let granted = match state.db.write(move |tx| take(tx, &form, now)).await? {
        Ok(granted) => granted,
        Err(why) => return Ok(refused("invalid_grant", why)),
    };
    let claims = json!({
        "iss": issuer(&state), "aud": state.settings.client_id, "sub": super::subject(&granted.person),
        "iat": now, "exp": now + LIFE_S, "nonce": granted.nonce, "auth_time": now,
        "email": granted.person.mail, "email_verified": true,
    });
    let id_token = vices::sign(&state, claims, &granted.vice, now).await?;
    let body = json!({
        "access_token": granted.access, "token_type": "Bearer", "expires_in": LIFE_S, "id_token": id_token,
    });
    Ok(Json(body).into_response())
}
