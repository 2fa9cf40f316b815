//! Debits and credits under the client's ids, and what became of them.

use super::{
    books::{self, Kept, Order},
    callback, dpop, list,
    vices::{self, Vice},
};
use crate::{AppState, Fault, clock, line::Line};
use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use uuid::Uuid;

const AMOUNT_MAX: i64 = 10_000_000;
const REFERENCE_MAX: usize = 20;

fn problem(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

/// A payment as the client is told of it.
fn told(payment: &Kept) -> Value {
    let mut body = json!({ "id": payment.order.id, "status": payment.status });
    if let Some(reason) = &payment.reason {
        body["reason"] = json!(reason);
    }
    if let Some(reference) = &payment.bank_reference {
        body["bank_reference"] = json!(reference);
        body["booked_at"] = json!(payment.booked_at);
    }
    body
}

fn shown(payment: &Kept, fresh: bool) -> Response {
    let status = match payment.status.as_str() {
        "booked" if fresh => StatusCode::CREATED,
        "booked" => StatusCode::OK,
        "pending" => StatusCode::ACCEPTED,
        _ => {
            let body = json!({ "error": "refused", "reason": payment.reason, "id": payment.order.id });
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response();
        }
    };
    (status, Json(told(payment))).into_response()
}

fn no_token() -> Response {
    let challenge = HeaderValue::from_static("DPoP error=\"invalid_token\", algs=\"ES256\"");
    let mut response = problem(StatusCode::UNAUTHORIZED, "invalid_token");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// The grant of the request's token, with its proof checked.
async fn authorised(
    state: &AppState,
    bank: &str,
    headers: &HeaderMap,
    method: &str,
    path: &str,
) -> Result<books::Grant, Response> {
    if list::bank(bank).is_none() {
        return Err(StatusCode::NOT_FOUND.into_response());
    }
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = shown.and_then(|shown| shown.strip_prefix("DPoP ")).ok_or_else(no_token)?.to_owned();
    let jkt = dpop::check(state, bank, headers, method, path, Some(&token))
        .await
        .map_err(|refused| refused.into_answer(StatusCode::UNAUTHORIZED))?;
    let own_bank = bank.to_owned();
    let grant = state.db.read(move |c| books::grant_of(c, &own_bank, &token, &jkt)).await;
    grant.map_err(IntoResponse::into_response)?.ok_or_else(no_token)
}

pub(super) async fn book(
    State(state): State<AppState>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path(bank): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = format!("/banks/{bank}/api/payments");
    let answer = match authorised(&state, &bank, &headers, "POST", &path).await {
        Err(refused) => refused,
        Ok(grant) => match serde_json::from_slice::<Order>(&body) {
            Ok(order) if well_formed(&order) && order.account_id == grant.account_id => {
                // A client that hangs up stops nothing: the bank goes on with the order that it has.
                let taken = tokio::spawn(take_order(state.clone(), line, bank.clone(), order, grant)).await;
                taken
                    .unwrap_or_else(|broke| Err(Fault::outside(broke)))
                    .unwrap_or_else(IntoResponse::into_response)
            }
            _ => problem(StatusCode::BAD_REQUEST, "invalid_request"),
        },
    };
    state.nonces.onto(&bank, answer)
}

/// An id has one spelling, so that it cannot be new when it is written otherwise.
fn well_formed(order: &Order) -> bool {
    Uuid::parse_str(&order.id).is_ok_and(|id| id.to_string() == order.id)
        && (1..=AMOUNT_MAX).contains(&order.amount)
        && order.reference.chars().count() <= REFERENCE_MAX
}

async fn take_order(
    state: AppState,
    line: Line,
    bank: String,
    order: Order,
    grant: books::Grant,
) -> Result<Response, Fault> {
    let own_bank = bank.clone();
    let vice = state.db.write(move |tx| vices::take(tx, &own_bank)).await?;
    match vice.name.as_str() {
        "down" => return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        "timeout_before_debit" => {
            tokio::time::sleep(vice.pause()).await;
            line.cut();
            return Ok(problem(StatusCode::GATEWAY_TIMEOUT, "cut"));
        }
        "slow" => tokio::time::sleep(vice.pause()).await,
        _ => {}
    }
    let (payment, fresh) = keep(&state, &bank, &order, grant, &vice).await?;
    if payment.order != order {
        return Ok(problem(StatusCode::CONFLICT, "id_reused"));
    }
    match vice.name.as_str() {
        "timeout_after_debit" => {
            tokio::time::sleep(vice.pause()).await;
            line.cut();
        }
        "lost_reply" => line.cut(),
        "answers_twice" => {
            tokio::spawn(callback::push(state, bank, order.id, 2));
        }
        "books_late" if fresh && payment.status == "pending" => {
            callback::book_later(state, bank, order.id, vice.pause());
        }
        _ => {}
    }
    Ok(shown(&payment, fresh))
}

/// Keeps an order, or finds what is kept under its id; and whether it is new.
async fn keep(
    state: &AppState,
    bank: &str,
    order: &Order,
    grant: books::Grant,
    vice: &Vice,
) -> Result<(Kept, bool), Fault> {
    let (bank, order) = (bank.to_owned(), order.clone());
    let refuse = vice.name == "refuses";
    let due_at = (vice.name == "books_late").then(|| clock::now_s() + vice.seconds);
    state
        .db
        .write(move |tx| {
            if let Some(known) = books::kept(tx, &bank, &order.id)? {
                return Ok((known, false));
            }
            books::keep(tx, &bank, &order, &grant, refuse, due_at)?;
            let kept = books::kept(tx, &bank, &order.id)?;
            kept.map(|kept| (kept, true)).ok_or(rusqlite::Error::QueryReturnedNoRows)
        })
        .await
}

pub(super) async fn inquire(
    State(state): State<AppState>,
    Path((bank, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let path = format!("/banks/{bank}/api/payments/{id}");
    let answer = match authorised(&state, &bank, &headers, "GET", &path).await {
        Err(refused) => refused,
        Ok(grant) => {
            let (own_bank, own_id) = (bank.clone(), id.clone());
            match state.db.read(move |c| books::kept(c, &own_bank, &own_id)).await {
                Ok(Some(payment)) if payment.order.account_id == grant.account_id => {
                    Json(told(&payment)).into_response()
                }
                Ok(_) => problem(StatusCode::NOT_FOUND, "unknown_payment"),
                Err(fault) => fault.into_response(),
            }
        }
    };
    state.nonces.onto(&bank, answer)
}
