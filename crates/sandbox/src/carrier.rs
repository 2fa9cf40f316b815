//! The carrier: delivers texts to pretend phones and mailboxes, and shows what arrived.

use crate::{
    AppState, Fault, clock,
    pages::{Lang, page},
};
use askama::Template;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use subtle::ConstantTimeEq;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, at INTEGER NOT NULL, recipient TEXT NOT NULL, sender TEXT NOT NULL,
    subject TEXT, text TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS messages_recipient ON messages (recipient, number);";

const SHOWN: u32 = 50;
/// The one sender that has a token.
const SENDER: &str = "Tsugime";
const ID_MAX: usize = 200;
const TEXT_MAX: usize = 1_000;
const SUBJECT_MAX: usize = 200;
const ADDRESS_MAX: usize = 254;
/// A short national number to the longest of E.164.
const NUMBER_LENGTHS: std::ops::RangeInclusive<usize> = 9..=15;
const SHAPE: &str = "a text: id, to (9 to 15 digits), text; a mail: id, to (an address), subject (one line, at most \
                     200 characters), text; at most 1,000 characters of text";

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

/// What a sender hands over as a text to a phone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sms {
    id: String,
    to: String,
    text: String,
}

/// What a sender hands over as a mail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mail {
    id: String,
    to: String,
    subject: String,
    text: String,
}

fn is_number(to: &str) -> bool {
    NUMBER_LENGTHS.contains(&to.len()) && to.bytes().all(|b| b.is_ascii_digit())
}

fn is_address(to: &str) -> bool {
    let plain = !to.chars().any(|c| c.is_control() || c.is_whitespace());
    let parts = to.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    plain && parts && to.len() <= ADDRESS_MAX
}

fn knows(state: &AppState, headers: &HeaderMap) -> bool {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = shown.strip_prefix("Bearer ").unwrap_or_default();
    let wanted = &state.settings.carrier_token;
    // An empty setting would let everybody in.
    !wanted.is_empty() && bool::from(token.as_bytes().ct_eq(wanted.as_bytes()))
}

fn said(status: StatusCode, error: &str, why: &str) -> Response {
    (status, Json(serde_json::json!({ "error": error, "error_description": why }))).into_response()
}

async fn sms(state: State<AppState>, headers: HeaderMap, body: Bytes) -> Response {
    take(state, &headers, &body, |Sms { id, to, text }| {
        is_number(&to).then_some(Mail { id, to, subject: String::new(), text })
    })
    .await
}

async fn mail(state: State<AppState>, headers: HeaderMap, body: Bytes) -> Response {
    take(state, &headers, &body, |mail: Mail| {
        let one_line = !mail.subject.is_empty() && !mail.subject.chars().any(char::is_control);
        (is_address(&mail.to) && one_line && mail.subject.chars().count() <= SUBJECT_MAX).then_some(mail)
    })
    .await
}

/// The token comes first: a stranger does not learn what a message must look like.
async fn take<T: DeserializeOwned>(
    State(state): State<AppState>,
    headers: &HeaderMap,
    body: &[u8],
    fits: impl FnOnce(T) -> Option<Mail>,
) -> Response {
    if !knows(&state, headers) {
        return said(StatusCode::UNAUTHORIZED, "unknown_token", "the carrier does not know this token");
    }
    let handed_over = serde_json::from_slice(body).ok().and_then(fits).filter(|mail| {
        (1..=ID_MAX).contains(&mail.id.len()) && (1..=TEXT_MAX).contains(&mail.text.chars().count())
    });
    let Some(mail) = handed_over else { return said(StatusCode::BAD_REQUEST, "not_a_message", SHAPE) };
    let delivered = state.db.write(move |tx| {
        let subject = Some(mail.subject.as_str()).filter(|subject| !subject.is_empty());
        deliver(tx, &mail.id, SENDER, &mail.to, subject, &mail.text)
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
    let messages =
        messages.into_iter().map(|message| Shown { at: clock::in_japan(message.at), message }).collect();
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
        .route("/carrier/sms", post(sms))
        .route("/carrier/mail", post(mail))
        .route("/phones/{number}", get(phone))
        .route("/phones/{number}/messages", get(as_json))
        .route("/mailboxes/{address}", get(mailbox))
        .route("/mailboxes/{address}/messages", get(as_json))
}
