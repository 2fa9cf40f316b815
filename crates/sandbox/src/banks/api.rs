//! Debits and credits under the client's ids, and what became of them.

use super::{
    books::{self, Kept, Order},
    callback, dpop, list,
    vices::{self, Vice},
};
use crate::{AppState, Fault, clock};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

const AMOUNT_MAX: i64 = 10_000_000;

fn problem(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

fn shown(id: &str, payment: &Kept, fresh: bool) -> Response {
    let body = json!({
        "id": id, "status": payment.status, "reason": payment.reason, "bank_reference": payment.bank_reference,
    });
    match payment.status.as_str() {
        "booked" if fresh => (StatusCode::CREATED, Json(body)).into_response(),
        "booked" => (StatusCode::OK, Json(body)).into_response(),
        "pending" => (StatusCode::ACCEPTED, Json(body)).into_response(),
        _ => {
            let body = json!({ "error": "refused", "reason": payment.reason, "id": id });
            (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
        }
    }
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
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = shown.strip_prefix("DPoP ").unwrap_or_default().to_owned();
    let jkt = dpop::check(state, bank, headers, method, path, Some(&token))
        .await
        .map_err(|refused| refused.into_answer(StatusCode::UNAUTHORIZED))?;
    let own_bank = bank.to_owned();
    let grant = state.db.read(move |c| books::grant_of(c, &own_bank, &token, &jkt)).await;
    match grant {
        Ok(Some(grant)) => Ok(grant),
        Ok(None) => {
            let challenge = HeaderValue::from_static("DPoP error=\"invalid_token\", algs=\"ES256\"");
            let mut response = problem(StatusCode::UNAUTHORIZED, "invalid_token");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            Err(response)
        }
        Err(fault) => Err(fault.into_response()),
    }
}

pub(super) async fn book(
    State(state): State<AppState>,
    Path(bank): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = format!("/banks/{bank}/api/payments");
    let answer = match authorised(&state, &bank, &headers, "POST", &path).await {
        Err(refused) => refused,
        Ok(grant) => match serde_json::from_slice::<Order>(&body) {
            Ok(order) if well_formed(&order) && order.account_id == grant.account_id => {
                take_order(&state, &bank, order, grant).await.unwrap_or_else(IntoResponse::into_response)
            }
            _ => problem(StatusCode::BAD_REQUEST, "invalid_request"),
        },
    };
    dpop::with_nonce(&state, &bank, answer)
}

fn well_formed(order: &Order) -> bool {
    Uuid::parse_str(&order.id).is_ok()
        && matches!(order.direction.as_str(), "debit" | "credit")
        && (1..=AMOUNT_MAX).contains(&order.amount)
        && order.reference.chars().count() <= 20
}

async fn take_order(
    state: &AppState,
    bank: &str,
    order: Order,
    grant: books::Grant,
) -> Result<Response, Fault> {
    let own_bank = bank.to_owned();
    let vice = state.db.write(move |tx| vices::take(tx, &own_bank)).await?;
    let pause = Duration::from_secs(u64::try_from(vice.seconds).unwrap_or(0));
    match vice.name.as_str() {
        "down" => return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        "timeout_before_debit" => {
            tokio::time::sleep(pause).await;
            return Ok(torn());
        }
        "slow" => tokio::time::sleep(pause).await,
        _ => {}
    }
    let answer = keep(state, bank, &order, grant, &vice).await?;
    match vice.name.as_str() {
        "timeout_after_debit" => {
            tokio::time::sleep(pause).await;
            Ok(torn())
        }
        "lost_reply" => Ok(torn()),
        "answers_twice" => {
            tokio::spawn(callback::push(state.clone(), bank.to_owned(), order.id, 2));
            Ok(answer)
        }
        "books_late" => {
            let seconds = u64::try_from(vice.seconds).unwrap_or(0);
            callback::book_later(state.clone(), bank.to_owned(), order.id, seconds);
            Ok(answer)
        }
        _ => Ok(answer),
    }
}

async fn keep(
    state: &AppState,
    bank: &str,
    order: &Order,
    grant: books::Grant,
    vice: &Vice,
) -> Result<Response, Fault> {
    let (own_bank, own_order) = (bank.to_owned(), order.clone());
    let refuse = vice.name == "refuses";
    let due_at = (vice.name == "books_late").then(|| clock::now_s() + vice.seconds);
    let content = serde_json::to_string(order).unwrap_or_default();
    let (payment, fresh) = state
        .db
        .write(move |tx| {
            if let Some(known) = books::kept(tx, &own_bank, &own_order.id)? {
                return Ok((Some(known), false));
            }
            books::keep(tx, &own_bank, &own_order, &grant, refuse, due_at)?;
            Ok((books::kept(tx, &own_bank, &own_order.id)?, true))
        })
        .await?;
    Ok(match payment {
        Some(payment) if payment.content == content => shown(&order.id, &payment, fresh),
        Some(_) => problem(StatusCode::CONFLICT, "id_reused"),
        None => problem(StatusCode::INTERNAL_SERVER_ERROR, "lost"),
    })
}

/// An answer that breaks off: the status line promises a body, and the connection is closed before it comes.
fn torn() -> Response {
    let broken = tokio_stream::once(Err::<Bytes, _>(std::io::Error::other("the bank's line broke")));
    let mut response = Response::new(Body::from_stream(broken));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("512"));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
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
                Ok(Some(payment)) if payment.content.contains(&grant.account_id) => Json(json!({
                    "id": id, "status": payment.status, "reason": payment.reason,
                    "bank_reference": payment.bank_reference,
                }))
                .into_response(),
                Ok(_) => problem(StatusCode::NOT_FOUND, "unknown_payment"),
                Err(fault) => fault.into_response(),
            }
        }
    };
    dpop::with_nonce(&state, &bank, answer)
}
