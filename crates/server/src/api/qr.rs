//! Paying a shop by the code that it shows: read it first, then pay.

use crate::{
    AppState,
    api::payments::{PaymentAnswer, PaymentView},
    body::Json,
    credentials::Caller,
    looking::look_as,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Code, Need, Refusal,
    payments::{PayQr, Payment},
};
use jpqr::{MerchantCode, Method};
use serde::{Deserialize, Serialize};
use store::look;
use terms::{PaymentId, Time, Yen};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_code)).routes(routes!(pay_code))
}

/// What a QR code says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PayloadBody {
    /// The text of a JPQR code.
    payload: String,
}

/// A shop's code, read.
#[derive(Debug, Serialize, ToSchema)]
struct ReadCode {
    /// `static`: printed, you say the amount. `dynamic`: made for one order.
    #[schema(example = "dynamic")]
    kind: &'static str,
    /// The shop's name as we know it, whatever the code says.
    merchant_name: String,
    /// Whole yen, where the code is for one order.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    /// When the order can no longer be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

/// A payment by a shop's code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QrPaymentBody {
    /// A UUID of your choosing: the payment's id.
    id: Uuid,
    /// The text of a JPQR code.
    payload: String,
    /// Whole yen, 1 to 1,000,000; an order's code says it itself.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000)]
    amount: Option<Yen>,
}

/// A shop's code as we understand it.
#[derive(Debug, Clone)]
pub(crate) struct SeenCode {
    /// The shop's name as we know it.
    pub(crate) merchant_name: String,
    /// Of a code for one order: how much, and until when.
    pub(crate) order: Option<(Yen, Time)>,
}

/// Read a shop's code
///
/// Nothing is paid.
#[utoipa::path(
    post, path = "/v1/qr/read", tag = "payments", request_body = PayloadBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = ReadCode))
)]
async fn read_code(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<PayloadBody>,
) -> Result<Json<ReadCode>, Problem> {
    let seen = read(&state, &caller, &body.payload).await?;
    Ok(Json(ReadCode {
        kind: if seen.order.is_some() { "dynamic" } else { "static" },
        merchant_name: seen.merchant_name,
        amount: seen.order.map(|(amount, _)| amount.get()),
        expires_at: seen.order.map(|(_, expires_at)| expires_at.to_string()),
    }))
}

/// Reads a shop's code for whoever is signed in.
pub(crate) async fn read(state: &AppState, caller: &Caller, payload: &str) -> Result<SeenCode, Problem> {
    let code = MerchantCode::read(payload);
    let seen = look_as(state, caller, Need::LOOK, move |shelf, _, at| {
        let unreadable = || Refusal::new(Code::CodeNotReadable).field("payload");
        let Ok(code) = code else { return Ok(Err(unreadable())) };
        let Some(merchant) = look::merchant_by_number(shelf, code.store.level_1.as_str())? else {
            return Ok(Err(unreadable()));
        };
        if code.method == Method::Static {
            return Ok(Ok(SeenCode { merchant_name: merchant.name, order: None }));
        }
        let order = match &code.reference {
            Some(reference) => look::order_by_reference(shelf, merchant.id, reference)?,
            None => None,
        };
        let open = order.filter(|order| order.paid_by.is_none() && at.moment.now < order.expires_at);
        Ok(open
            .map(|order| SeenCode {
                merchant_name: merchant.name,
                order: Some((order.amount, order.expires_at)),
            })
            .ok_or(Refusal::new(Code::OrderOver).field("payload")))
    });
    seen.await
}

/// Pay a shop by its code
#[utoipa::path(
    post, path = "/v1/qr-payments", tag = "payments", request_body = QrPaymentBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 201, body = PaymentAnswer))
)]
async fn pay_code(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<QrPaymentBody>,
) -> Result<(StatusCode, Json<PaymentAnswer>), Problem> {
    let payment = pay(&state, &caller, PaymentId::new(body.id), body.payload, body.amount).await?;
    let payment = PaymentView::seen_by(&payment, payment.customer);
    Ok((StatusCode::CREATED, Json(PaymentAnswer { payment })))
}

/// Pays a shop for whoever is signed in.
pub(crate) async fn pay(
    state: &AppState,
    caller: &Caller,
    id: PaymentId,
    payload: String,
    amount: Option<Yen>,
) -> Result<Payment, Problem> {
    let ask = PayQr { session: caller.session()?, id, payload, amount };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}
