//! Signals that somebody at the bank sends by hand, through the control side, and a look at what waits.

use super::{NAMESPACE, outbox, tags::TagKey};
use crate::{
    AppState, Fault,
    banks::{accounts, bank},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

/// About a depositor's account.
const ABOUT_ACCOUNTS: [&str; 2] = ["account-compromised", "link-denied"];
/// About the bank itself.
const ABOUT_BANKS: [&str; 2] = ["bank-compromised", "stop-requested"];
/// So many numbers are looked at for a trap; each is one with a chance of 1 %.
const LOOKED_AT_MAX: u32 = 10_000;

/// What is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByHand {
    kind: String,
    #[serde(default)]
    person: Option<String>,
}

/// `POST /control/banks/{code}/signals`
pub(crate) async fn send(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Json(by_hand): Json<ByHand>,
) -> Result<Response, Fault> {
    let ByHand { kind, person } = by_hand;
    if bank(&code).is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let about_account = ABOUT_ACCOUNTS.contains(&kind.as_str());
    if !(about_account || ABOUT_BANKS.contains(&kind.as_str())) || about_account != person.is_some() {
        let why =
            format!("kind: {} with a person, or {}\n", ABOUT_ACCOUNTS.join(", "), ABOUT_BANKS.join(", "));
        return Ok((StatusCode::BAD_REQUEST, why).into_response());
    }
    let event = json!({ format!("{NAMESPACE}{kind}"): {} });
    let sent = state.db.write(move |tx| {
        let account = match person {
            None => None,
            Some(person) => match accounts::account_of_person(tx, &code, &person)? {
                Some(account) => Some(account.account_id),
                None => return Ok(false),
            },
        };
        outbox::add(tx, &code, account.as_deref(), &event)?;
        Ok(true)
    });
    Ok(if sent.await? { StatusCode::ACCEPTED } else { StatusCode::NOT_FOUND }.into_response())
}

/// `GET /control/banks/{code}/signals`
pub(crate) async fn report(
    State(state): State<AppState>,
    Path(code): Path<String>,
) -> Result<Response, Fault> {
    if bank(&code).is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    Ok(Json(state.db.read(move |c| outbox::standing(c, &code)).await?).into_response())
}

/// `GET /control/banks/{code}/canary`: one of the traps.
pub(crate) async fn canary(
    State(state): State<AppState>,
    Path(code): Path<String>,
) -> Result<Response, Fault> {
    if bank(&code).is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let found = state.db.write(move |tx| {
        let key = TagKey::of(tx, &code)?;
        for number in (0..LOOKED_AT_MAX).map(|number| format!("{:07}", 9_000_000 + number)) {
            if key.is_canary("001", &number) && accounts::by_number(tx, &code, "001", &number)?.is_none() {
                return Ok(Some(json!({ "branch": "001", "number": number })));
            }
        }
        Ok(None)
    });
    Ok(found
        .await?
        .map_or_else(|| StatusCode::NOT_FOUND.into_response(), |found| Json(found).into_response()))
}
