//! The shop: a till that asks the wallet's merchant API for payment codes, and hears its webhooks.

use crate::{
    AppState, clock,
    pages::{Lang, page, yen},
};
use askama::Template;
use aws_lc_rs::hmac;
use axum::{
    Form, Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use qrcode::{QrCode, render::svg};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS shop_hooks (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, right INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS shop_orders (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, amount INTEGER NOT NULL, payload TEXT NOT NULL) STRICT;";

const TOLERANCE_S: i64 = 300;

/// A webhook that came.
#[derive(Debug, Clone, Serialize)]
struct Hook {
    id: String,
    at: i64,
    right: bool,
    body: Value,
}

impl Hook {
    fn word(&self, name: &str) -> String {
        self.body["data"][name].as_str().unwrap_or_default().to_owned()
    }

    fn kind(&self) -> String {
        self.body["type"].as_str().unwrap_or_default().to_owned()
    }

    fn amount(&self) -> String {
        yen(self.body["data"]["amount"].as_i64().unwrap_or(0))
    }
}

fn hooks(connection: &Connection) -> rusqlite::Result<Vec<Hook>> {
    connection
        .prepare_cached("SELECT id, at, right, body FROM shop_hooks ORDER BY number DESC LIMIT 50")?
        .query_map([], |row| {
            let body: String = row.get(3)?;
            let body = serde_json::from_str(&body).unwrap_or(Value::Null);
            Ok(Hook { id: row.get(0)?, at: row.get(1)?, right: row.get(2)?, body })
        })?
        .collect()
}

/// Checks a webhook's signature (Standard Webhooks: HMAC-SHA-256 over `id.timestamp.body`).
fn signed_right(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, timestamp, signatures) =
        (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let fresh = timestamp.parse::<i64>().is_ok_and(|at| (at - clock::now_s()).abs() <= TOLERANCE_S);
    let Ok(key) = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend_from_slice(body);
    fresh
        && signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,")).any(|signature| {
            STANDARD.decode(signature).is_ok_and(|tag| hmac::verify(&key, &signed, &tag).is_ok())
        })
}

async fn hook(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Response {
    let right = signed_right(&state.settings.shop_webhook_secret, &headers, &body);
    let id = headers.get("webhook-id").and_then(|value| value.to_str().ok()).unwrap_or("?").to_owned();
    let text = String::from_utf8_lossy(&body).into_owned();
    let kept = state
        .db
        .write(move |tx| {
            tx.execute(
                "INSERT INTO shop_hooks (id, at, right, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                (&id, clock::now_s(), right, &text),
            )
        })
        .await;
    match kept {
        Ok(_) if right => StatusCode::NO_CONTENT.into_response(),
        Ok(_) => StatusCode::UNAUTHORIZED.into_response(),
        Err(fault) => fault.into_response(),
    }
}

async fn received(State(state): State<AppState>) -> Response {
    match state.db.read(hooks).await {
        Ok(hooks) => Json(json!({ "received": hooks })).into_response(),
        Err(fault) => fault.into_response(),
    }
}

#[derive(Template)]
#[template(path = "shop.html")]
struct Till {
    lang: Lang,
    picture: Option<String>,
    payload: String,
    amount: String,
    hooks: Vec<Hook>,
    said: String,
}

async fn till(state: &AppState, lang: Lang, said: String) -> Response {
    let found = state
        .db
        .read(|c| {
            let sql = "SELECT amount, payload FROM shop_orders ORDER BY number DESC LIMIT 1";
            let mut statement = c.prepare_cached(sql)?;
            let order: Option<(i64, String)> =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.next().transpose()?;
            Ok((order, hooks(c)?))
        })
        .await;
    let (order, hooks) = match found {
        Ok(found) => found,
        Err(fault) => return fault.into_response(),
    };
    let (amount, payload) = order.map(|(amount, payload)| (yen(amount), payload)).unwrap_or_default();
    let picture = (!payload.is_empty()).then(|| picture(&payload)).flatten();
    page(StatusCode::OK, &Till { lang, picture, payload, amount, hooks, said })
}

/// A QR code as a data URL.
fn picture(payload: &str) -> Option<String> {
    let code = QrCode::new(payload.as_bytes()).ok()?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    Some(format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawn)))
}

async fn shop(State(state): State<AppState>, lang: Lang) -> Response {
    till(&state, lang, String::new()).await
}

/// Asks the wallet as the merchant; gives the answer, or what it says of a refusal.
async fn ask(state: &AppState, route: &str, body: &Value) -> Result<Value, String> {
    let url = format!("{}/v1/merchant/{route}", state.settings.shop_wallet_url);
    let asked = state.http.post(url).bearer_auth(&state.settings.shop_key).json(body).send().await;
    let answer = asked.map_err(|why| format!("the wallet does not answer ({why})"))?;
    let fine = answer.status().is_success();
    let body: Value = answer.json().await.map_err(|why| why.to_string())?;
    if fine { Ok(body) } else { Err(format!("{} {}", body["title"].as_str().unwrap_or("?"), body["code"])) }
}

#[derive(Deserialize)]
struct NewOrder {
    amount: i64,
}

async fn order(State(state): State<AppState>, lang: Lang, Form(new): Form<NewOrder>) -> Response {
    let id = Uuid::now_v7().to_string();
    match ask(&state, "orders", &json!({ "id": id, "amount": new.amount })).await {
        Ok(placed) => {
            let payload = placed["payload"].as_str().unwrap_or_default().to_owned();
            let sql = "INSERT INTO shop_orders (id, amount, payload) VALUES (?1, ?2, ?3)";
            match state.db.write(move |tx| tx.execute(sql, (&id, new.amount, &payload))).await {
                Ok(_) => Redirect::to("/shop").into_response(),
                Err(fault) => fault.into_response(),
            }
        }
        Err(said) => till(&state, lang, said).await,
    }
}

#[derive(Deserialize)]
struct Charge {
    code: String,
    amount: i64,
}

async fn charge(State(state): State<AppState>, lang: Lang, Form(charge): Form<Charge>) -> Response {
    let body = json!({ "id": Uuid::now_v7(), "code": charge.code.trim(), "amount": charge.amount });
    match ask(&state, "charges", &body).await {
        Ok(_) => Redirect::to("/shop").into_response(),
        Err(said) => till(&state, lang, said).await,
    }
}

#[derive(Deserialize)]
struct GiveBack {
    payment: String,
    amount: i64,
}

async fn refund(State(state): State<AppState>, lang: Lang, Form(back): Form<GiveBack>) -> Response {
    let body = json!({ "id": Uuid::now_v7(), "payment": back.payment, "amount": back.amount });
    match ask(&state, "refunds", &body).await {
        Ok(_) => Redirect::to("/shop").into_response(),
        Err(said) => till(&state, lang, said).await,
    }
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/shop", get(shop))
        .route("/shop/orders", post(order))
        .route("/shop/charges", post(charge))
        .route("/shop/refunds", post(refund))
        .route("/shop/hooks", post(hook))
        .route("/shop/received", get(received))
}
