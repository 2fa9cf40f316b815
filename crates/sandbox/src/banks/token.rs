//! Tokens: a code or refresh token becomes an access token bound to the client's key.

use super::{
    accounts::{self, Account},
    attestation, dpop,
    flow::Params,
    issuer, list, revoke,
};
use crate::{
    AppState, Fault, carrier,
    clients::ClientRefused,
    clock,
    pages::yen,
    people::{self, Person},
    random,
};
use axum::{
    Form, Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use rusqlite::{OptionalExtension, Transaction};
use serde_json::json;
use std::collections::BTreeMap;

const ACCESS_LIFE_S: i64 = 300;

fn refuse(error: &str, why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error, "error_description": why }))).into_response()
}

pub(super) async fn token(
    State(state): State<AppState>,
    Path(code): Path<String>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    if list::bank(&code).is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    // The proof first: a client that lacks the nonce may send a new assertion with it.
    let path = format!("/banks/{code}/token");
    let jkt = match dpop::check(&state, &code, &headers, "POST", &path, None).await {
        Ok(jkt) => jkt,
        Err(refused) => {
            return Ok(state.nonces.onto(&code, refused.into_answer(StatusCode::BAD_REQUEST)));
        }
    };
    if let Err(refused) = state.clients.authenticate(&issuer(&state, &code), &form).await {
        return Ok(state.nonces.onto(&code, refused.into_response()));
    }
    let answer = match form.get("grant_type").map(String::as_str) {
        Some("authorization_code") => first(&state, &code, &form, jkt).await?,
        Some("refresh_token") => again(&state, &code, &form, jkt).await?,
        _ => refuse("unsupported_grant_type", "authorization_code or refresh_token"),
    };
    Ok(state.nonces.onto(&code, answer))
}

/// What a code was good for.
struct Granted {
    account: Account,
    person: Person,
    params: Params,
    access: String,
    refresh: String,
}

async fn first(
    state: &AppState,
    bank: &str,
    form: &BTreeMap<String, String>,
    jkt: String,
) -> Result<Response, Fault> {
    let take = |name: &str| form.get(name).cloned().unwrap_or_default();
    let (code, redirect_uri, verifier) = (take("code"), take("redirect_uri"), take("code_verifier"));
    let bank = bank.to_owned();
    let granted = state.db.write(move |tx| grant(tx, &bank, &code, &redirect_uri, &verifier, &jkt)).await?;
    let granted = match granted {
        Ok(granted) => granted,
        Err(why) => return Ok(refuse("invalid_grant", why)),
    };
    let attestation = attestation::attest(state, &granted.account, &granted.person, &granted.params).await?;
    let params = &granted.params;
    Ok(Json(json!({
        "access_token": granted.access,
        "token_type": "DPoP",
        "expires_in": ACCESS_LIFE_S,
        "refresh_token": granted.refresh,
        "scope": "account_link",
        "authorization_details": [{
            "type": "jp_account_link", "method": params.method, "purpose": params.purpose,
            "per_debit_limit": params.per_debit_limit, "per_day_limit": params.per_day_limit,
            "account_id": granted.account.account_id,
        }],
        "link_attestation": attestation,
    }))
    .into_response())
}

fn grant(
    tx: &Transaction<'_>,
    bank: &str,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
    jkt: &str,
) -> rusqlite::Result<Result<Granted, &'static str>> {
    let now = clock::now_s();
    let sql =
        "SELECT account_id, params, expires_at, used, grant_id FROM bank_codes WHERE code = ?1 AND bank = ?2";
    let row: Option<(String, String, i64, bool, Option<String>)> = tx
        .query_row(sql, (code, bank), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    let Some((account_id, params, expires_at, used, grant_id)) = row else { return Ok(Err("unknown code")) };
    if used {
        // A code that comes twice was stolen: what it gave is taken back (RFC 9700).
        if let Some(grant_id) = grant_id {
            revoke::end(tx, &grant_id)?;
        }
        return Ok(Err("the code was used before"));
    }
    tx.execute("UPDATE bank_codes SET used = 1 WHERE code = ?1", [code])?;
    let Ok(params) = serde_json::from_str::<Params>(&params) else { return Ok(Err("unknown code")) };
    if now >= expires_at {
        return Ok(Err("the code is over"));
    }
    if redirect_uri != params.redirect_uri || dpop::sha256(verifier) != params.code_challenge {
        return Ok(Err("redirect_uri or code_verifier is wrong"));
    }
    if params.dpop_jkt.as_ref().is_some_and(|bound| bound != jkt) {
        return Ok(Err("the code is bound to another key"));
    }
    let Some(account) = accounts::by_id(tx, &account_id)? else { return Ok(Err("unknown account")) };
    let Some(person) = people::by_id(tx, &account.person)? else { return Ok(Err("unknown account")) };
    let (id, refresh, access) = (random::token(), random::token(), random::token());
    tx.execute(
        "INSERT INTO bank_grants (id, refresh_token, bank, account_id, jkt, per_debit, per_day, created_at, ended) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)",
        (&id, &refresh, bank, &account_id, jkt, params.per_debit_limit, params.per_day_limit, now),
    )?;
    tx.execute("UPDATE bank_codes SET grant_id = ?2 WHERE code = ?1", (code, &id))?;
    tx.execute(
        "INSERT INTO bank_access VALUES (?1, ?2, ?3, ?4, ?5)",
        (&access, &id, bank, jkt, now + ACCESS_LIFE_S),
    )?;
    let name = list::bank(bank).map_or("", |bank| bank.name.as_str());
    let text = format!(
        "{name}です。{} がウォレット（Tsugime）に登録されました。1回 {} まで。心当たりがなければ、すぐに当行へご連絡ください。",
        attestation::masked(&account),
        yen(params.per_debit_limit),
    );
    carrier::deliver_sms(tx, name, &account.phone, &text)?;
    Ok(Ok(Granted { account, person, params, access, refresh }))
}

async fn again(
    state: &AppState,
    bank: &str,
    form: &BTreeMap<String, String>,
    jkt: String,
) -> Result<Response, Fault> {
    let (refresh, bank) = (form.get("refresh_token").cloned().unwrap_or_default(), bank.to_owned());
    let access = random::token();
    let made = access.clone();
    let given = state
        .db
        .write(move |tx| {
            let now = clock::now_s();
            tx.execute("DELETE FROM bank_access WHERE expires_at < ?1", [now])?;
            tx.execute(
                "INSERT INTO bank_access SELECT ?1, id, bank, jkt, ?2 FROM bank_grants \
                 WHERE refresh_token = ?3 AND bank = ?4 AND jkt = ?5 AND ended = 0",
                (&made, now + ACCESS_LIFE_S, &refresh, &bank, &jkt),
            )
        })
        .await?;
    if given == 0 {
        return Ok(refuse("invalid_grant", "the refresh token is unknown, ended or bound to another key"));
    }
    let body = json!({ "access_token": access, "token_type": "DPoP", "expires_in": ACCESS_LIFE_S });
    Ok(Json(body).into_response())
}
