//! The control side: people, vices, inspection. It belongs to no bank and has no authentication.

use crate::{AppState, Fault, banks, people};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, put},
};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

const SECONDS_MAX: u32 = 120;
const TEXT_MAX: usize = 60;

fn with_accounts(connection: &Connection, person: &people::Person) -> rusqlite::Result<Value> {
    let mut shown = serde_json::to_value(person).unwrap_or(Value::Null);
    shown["bank_accounts"] =
        serde_json::to_value(banks::accounts_of(connection, &person.id)?).unwrap_or(Value::Null);
    Ok(shown)
}

async fn list(State(state): State<AppState>) -> Result<Response, Fault> {
    let people = state
        .db
        .read(|c| {
            people::all(c)?
                .iter()
                .map(|person| with_accounts(c, person))
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .await?;
    Ok(Json(json!({ "people": people })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    kana: String,
    name: String,
    birth_date: String,
    phone: String,
    mail: String,
}

impl NewPerson {
    /// What is wrong with it, as a person is told.
    fn why_not(&self) -> Option<&'static str> {
        let short = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count());
        if !short(&self.name, TEXT_MAX) || !short(&self.kana, TEXT_MAX) || !short(&self.mail, TEXT_MAX) {
            return Some("name, kana and mail: 1 to 60 characters\n");
        }
        if self.birth_date.len() != 10 || self.birth_date.parse::<jiff::civil::Date>().is_err() {
            return Some("birth_date: a day such as 1988-04-12\n");
        }
        let digits = self.phone.bytes().all(|byte| byte.is_ascii_digit());
        (!digits || !(10..=11).contains(&self.phone.len())).then_some("phone: 10 or 11 digits\n")
    }
}

async fn add(State(state): State<AppState>, Json(new): Json<NewPerson>) -> Result<Response, Fault> {
    if let Some(why) = new.why_not() {
        return Ok((StatusCode::BAD_REQUEST, why).into_response());
    }
    let person = state
        .db
        .write(move |tx| {
            let person = people::add(tx, &new.name, &new.kana, &new.birth_date, &new.phone, &new.mail)?;
            with_accounts(tx, &person)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(person)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vice {
    vice: String,
    #[serde(default = "once")]
    times: u32,
    #[serde(default = "three")]
    seconds: u32,
}

const fn once() -> u32 {
    1
}

const fn three() -> u32 {
    3
}

async fn set_vice(
    State(state): State<AppState>,
    Path(bank): Path<String>,
    Json(vice): Json<Vice>,
) -> Result<Response, Fault> {
    if banks::bank(&bank).is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    if !banks::VICES.contains(&vice.vice.as_str()) || vice.seconds > SECONDS_MAX {
        let why = format!("vice: one of {}; seconds: at most {SECONDS_MAX}\n", banks::VICES.join(", "));
        return Ok((StatusCode::BAD_REQUEST, why).into_response());
    }
    state.db.write(move |tx| banks::set_vice(tx, &bank, &vice.vice, vice.times, vice.seconds)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn found(value: Option<Value>) -> Response {
    value.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |value| Json(value).into_response())
}

async fn books(State(state): State<AppState>, Path(bank): Path<String>) -> Result<Response, Fault> {
    if banks::bank(&bank).is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    Ok(found(Some(state.db.read(move |c| banks::bank_report(c, &bank)).await?)))
}

async fn payment(
    State(state): State<AppState>,
    Path((bank, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    Ok(found(state.db.read(move |c| banks::payment_record(c, &bank, &id)).await?))
}

async fn account(
    State(state): State<AppState>,
    Path((bank, branch, number)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    Ok(found(state.db.read(move |c| banks::account_report(c, &bank, &branch, &number)).await?))
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/control/people", get(list).post(add))
        .route("/control/banks/{code}/vice", put(set_vice))
        .route("/control/banks/{code}/signals", get(banks::signals_report).post(banks::send_signal))
        .route("/control/banks/{code}/canary", get(banks::canary))
        .route("/control/banks/{code}/books", get(books))
        .route("/control/banks/{code}/payments/{id}", get(payment))
        .route("/control/banks/{code}/accounts/{branch}/{number}", get(account))
}
