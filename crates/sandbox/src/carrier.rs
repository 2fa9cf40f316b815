//! The carrier: delivers texts to pretend phones and mailboxes, and shows what arrived.

use crate::{
    AppState, Fault, clock,
    pages::{Lang, page},
};
use askama::Template;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, at INTEGER NOT NULL, recipient TEXT NOT NULL, sender TEXT NOT NULL,
    subject TEXT, text TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS messages_recipient ON messages (recipient, number);";

const SHOWN: u32 = 50;

/// A message that arrived.
#[derive(Debug, Clone, Serialize)]
struct Message {
    id: String,
    at: i64,
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    text: String,
}

/// Puts a text on a phone.
pub(crate) fn deliver_sms(tx: &Transaction<'_>, from: &str, to: &str, text: &str) -> rusqlite::Result<()> {
    deliver(tx, &crate::random::token(), from, to, None, text).map(|_| ())
}

fn deliver(
    tx: &Transaction<'_>,
    id: &str,
    from: &str,
    to: &str,
    subject: Option<&str>,
    text: &str,
) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO messages (id, at, recipient, sender, subject, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
               ON CONFLICT (id) DO NOTHING";
    Ok(tx.execute(sql, (id, clock::now_s(), to, from, subject, text))? == 1)
}

fn messages(connection: &Connection, recipient: &str) -> rusqlite::Result<Vec<Message>> {
    let sql = "SELECT id, at, sender, subject, text FROM messages WHERE recipient = ?1 ORDER BY number DESC LIMIT ?2";
    connection
        .prepare_cached(sql)?
        .query_map((recipient, SHOWN), |row| {
            Ok(Message {
                id: row.get(0)?,
                at: row.get(1)?,
                from: row.get(2)?,
                subject: row.get(3)?,
                text: row.get(4)?,
            })
        })?
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parcel {
    id: String,
    to: String,
    #[serde(default)]
    subject: Option<String>,
    text: String,
}

async fn take(State(state): State<AppState>, headers: HeaderMap, Json(parcel): Json<Parcel>) -> Response {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wanted = format!("Bearer {}", state.settings.carrier_token);
    if !bool::from(shown.as_bytes().ct_eq(wanted.as_bytes())) {
        return (StatusCode::UNAUTHORIZED, "the carrier does not know this token\n").into_response();
    }
    if parcel.id.is_empty() || parcel.to.is_empty() || parcel.text.chars().count() > 1_000 {
        return (StatusCode::BAD_REQUEST, "id, to and a text of at most 1,000 characters\n").into_response();
    }
    let delivered = state.db.write(move |tx| {
        deliver(tx, &parcel.id, "Tsugime", &parcel.to, parcel.subject.as_deref(), &parcel.text)
    });
    match delivered.await {
        Ok(true) => StatusCode::ACCEPTED.into_response(),
        Ok(false) => StatusCode::OK.into_response(),
        Err(fault) => fault.into_response(),
    }
}

async fn found(state: &AppState, recipient: String) -> Result<Vec<Message>, Fault> {
    state.db.read(move |connection| messages(connection, &recipient)).await
}

async fn as_json(State(state): State<AppState>, Path(recipient): Path<String>) -> Response {
    match found(&state, recipient).await {
        Ok(messages) => Json(serde_json::json!({ "messages": messages })).into_response(),
        Err(fault) => fault.into_response(),
    }
}

#[derive(Template)]
#[template(path = "messages.html")]
struct Messages {
    lang: Lang,
    recipient: String,
    phone: bool,
    messages: Vec<Shown>,
}

struct Shown {
    message: Message,
    at: String,
}

async fn show(state: AppState, lang: Lang, recipient: String, phone: bool) -> Response {
    let messages = match found(&state, recipient.clone()).await {
        Ok(messages) => messages,
        Err(fault) => return fault.into_response(),
    };
    let japan = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let messages = messages
        .into_iter()
        .map(|message| {
            let at = jiff::Timestamp::from_second(message.at).unwrap_or_default();
            let at = at.to_zoned(japan.clone()).strftime("%m/%d %H:%M:%S").to_string();
            Shown { message, at }
        })
        .collect();
    page(StatusCode::OK, &Messages { lang, recipient, phone, messages })
}

async fn phone(State(state): State<AppState>, lang: Lang, Path(number): Path<String>) -> Response {
    show(state, lang, number, true).await
}

async fn mailbox(State(state): State<AppState>, lang: Lang, Path(address): Path<String>) -> Response {
    show(state, lang, address, false).await
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/carrier/sms", post(take))
        .route("/carrier/mail", post(take))
        .route("/phones/{number}", get(phone))
        .route("/phones/{number}/messages", get(as_json))
        .route("/mailboxes/{address}", get(mailbox))
        .route("/mailboxes/{address}/messages", get(as_json))
}
