//! Webhooks that came to the shop, with whether their signature is right.

use super::signature::{self, Headers};
use crate::{AppState, Fault, clock};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use rusqlite::{Connection, Transaction};
use serde::Serialize;
use serde_json::{Value, json};

const ID_MAX: usize = 200;
const SHOWN: u32 = 50;
/// Anybody can post here, so only the newest are kept.
const KEPT: i64 = 1_000;

/// A webhook that came. What is in its body is believed only when the signature is right.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Hook {
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) right: bool,
    pub(super) body: Value,
}

impl Hook {
    pub(super) fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    pub(super) fn word(&self, name: &str) -> &str {
        self.body["data"][name].as_str().unwrap_or_default()
    }

    pub(super) fn amount(&self) -> i64 {
        self.body["data"]["amount"].as_i64().unwrap_or(0)
    }
}

/// The newest webhooks, newest first.
pub(super) fn newest(connection: &Connection) -> rusqlite::Result<Vec<Hook>> {
    connection
        .prepare_cached("SELECT id, at, right, body FROM shop_hooks ORDER BY number DESC LIMIT ?1")?
        .query_map([SHOWN], |row| {
            let body: String = row.get(3)?;
            let body = serde_json::from_str(&body).unwrap_or(Value::Null);
            Ok(Hook { id: row.get(0)?, at: row.get(1)?, right: row.get(2)?, body })
        })?
        .collect()
}

/// Keeps a delivery once. A wrongly signed one gives way, or a stranger could take an id before its owner comes.
fn keep(tx: &Transaction<'_>, id: &str, right: bool, body: &str) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO shop_hooks (id, at, right, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET \
         at = excluded.at, right = excluded.right, body = excluded.body WHERE shop_hooks.right = 0",
        (id, clock::now_s(), right, body),
    )?;
    tx.execute("DELETE FROM shop_hooks WHERE number <= (SELECT max(number) FROM shop_hooks) - ?1", [KEPT])?;
    Ok(())
}

/// `POST /shop/hooks`
pub(super) async fn take(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let id = header("webhook-id").to_owned();
    if id.len() > ID_MAX {
        return (StatusCode::BAD_REQUEST, "webhook-id: at most 200 letters\n").into_response();
    }
    let shown =
        Headers { id: &id, timestamp: header("webhook-timestamp"), signature: header("webhook-signature") };
    let right = signature::is_right(&state.settings.shop_webhook_secret, shown, &body, clock::now_s());
    let text = String::from_utf8_lossy(&body).into_owned();
    match state.db.write(move |tx| keep(tx, &id, right, &text)).await {
        Ok(()) if right => StatusCode::NO_CONTENT.into_response(),
        Ok(()) => (StatusCode::UNAUTHORIZED, "the signature is wrong\n").into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// `GET /shop/received`
pub(super) async fn list(State(state): State<AppState>) -> Result<Response, Fault> {
    Ok(Json(json!({ "received": state.db.read(newest).await? })).into_response())
}
