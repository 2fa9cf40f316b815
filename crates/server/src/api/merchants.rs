//! What a merchant does with its key: orders, charges, refunds, payments, webhooks.

use crate::{
    AppState,
    api::{
        codes::digest_of_code,
        merchant_webhooks,
        payments::{PageQuery, PaymentAnswer, PaymentPage, PaymentView, next_cursor, payment_id, read_page},
    },
    body::{Json, Query},
    credentials::{Caller, MerchantKey, refuse_bad_token},
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Code,
    merchants::{Merchant, PlaceOrder, static_payload},
    payments::{ChargeCode, Refund},
};
use serde::{Deserialize, Serialize};
use store::{Fault, Shelf, look};
use terms::{OrderId, PaymentId, Yen};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show_merchant))
        .routes(routes!(place_order))
        .routes(routes!(charge))
        .routes(routes!(refund))
        .routes(routes!(merchant_payments))
        .merge(merchant_webhooks::routes())
}

/// A merchant about itself.
#[derive(Debug, Serialize, ToSchema)]
struct MerchantView {
    /// Its id.
    merchant: String,
    /// Its name.
    name: String,
    /// The text of its printed code.
    static_payload: String,
    /// What it was paid less what it gave back, in yen.
    balance: i64,
}

/// An order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderBody {
    /// A UUID of your choosing.
    id: Uuid,
    /// Whole yen, 1 to 1,000,000.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000)]
    amount: Yen,
    /// Your own words, at most 100 characters.
    memo: Option<String>,
}

/// An order that waits to be paid.
#[derive(Debug, Serialize, ToSchema)]
struct OrderAnswer {
    /// The order.
    order: String,
    /// The text to draw as a QR code (dynamic JPQR).
    payload: String,
    /// When it can no longer be paid.
    expires_at: String,
}

/// A customer's code to charge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChargeBody {
    /// A UUID of your choosing: the payment's id.
    id: Uuid,
    /// What the till read: the QR code's text, or its digits.
    code: String,
    /// Whole yen, 1 to 1,000,000.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000)]
    amount: Yen,
}

/// Money to give back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefundBody {
    /// A UUID of your choosing: the refund's id.
    id: Uuid,
    /// The payment to give back, by its id.
    payment: String,
    /// Whole yen, at most what is left of the payment.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000)]
    amount: Yen,
}

/// A refund that was made.
#[derive(Debug, Serialize, ToSchema)]
struct RefundAnswer {
    /// The refund: a payment of its own.
    refund: PaymentView,
}

/// Looks something up for the merchant whose key came along; a key that is nobody's is remembered.
pub(super) async fn look_for<T: Send + 'static>(
    state: &AppState,
    caller: &Caller,
    MerchantKey(key): MerchantKey,
    look: impl FnOnce(&mut Shelf<'_>, Merchant) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Problem> {
    let looked = state.teller.look(move |shelf| {
        let merchant = look::merchant_by_key(shelf, &key)?;
        merchant.map(|merchant| look(shelf, merchant)).transpose()
    });
    match looked.await? {
        Some(found) => Ok(found),
        None => Err(refuse_bad_token(state, caller.source.clone()).await),
    }
}

/// Yourself
#[utoipa::path(
    get, path = "/v1/merchant", tag = "merchant", security(("merchant_key" = [])),
    responses((status = 200, body = MerchantView))
)]
async fn show_merchant(
    State(state): State<AppState>,
    caller: Caller,
    key: MerchantKey,
) -> Result<Json<MerchantView>, Problem> {
    let (merchant, balance) = look_for(&state, &caller, key, |shelf, merchant| {
        let balance = look::merchant_balance(shelf, &merchant)?;
        Ok((merchant, balance))
    })
    .await?;
    Ok(Json(MerchantView {
        merchant: merchant.id.to_string(),
        static_payload: static_payload(&merchant)?,
        name: merchant.name,
        balance: balance.get(),
    }))
}

/// Place an order
///
/// It can be paid once, for fifteen minutes.
#[utoipa::path(
    post, path = "/v1/merchant/orders", tag = "merchant", request_body = OrderBody,
    security(("merchant_key" = [])),
    responses((status = 201, body = OrderAnswer))
)]
async fn place_order(
    State(state): State<AppState>,
    caller: Caller,
    MerchantKey(key): MerchantKey,
    Json(body): Json<OrderBody>,
) -> Result<(StatusCode, Json<OrderAnswer>), Problem> {
    let ask = PlaceOrder { key, id: OrderId::new(body.id), amount: body.amount, memo: body.memo };
    let placed = state.teller.ask(ask, caller.source).await?;
    let answer = OrderAnswer {
        order: placed.order.to_string(),
        payload: placed.payload,
        expires_at: placed.expires_at.to_string(),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Charge a customer's code
#[utoipa::path(
    post, path = "/v1/merchant/charges", tag = "merchant", request_body = ChargeBody,
    security(("merchant_key" = [])),
    responses((status = 201, body = PaymentAnswer))
)]
async fn charge(
    State(state): State<AppState>,
    caller: Caller,
    MerchantKey(key): MerchantKey,
    Json(body): Json<ChargeBody>,
) -> Result<(StatusCode, Json<PaymentAnswer>), Problem> {
    let code = digest_of_code(&body.code)?;
    let ask = ChargeCode { key, id: PaymentId::new(body.id), code, amount: body.amount };
    let payment = state.teller.ask(ask, caller.source).await?;
    let payment = PaymentView::seen_by_merchant(&payment);
    Ok((StatusCode::CREATED, Json(PaymentAnswer { payment })))
}

/// Give a payment back, or a part of it
#[utoipa::path(
    post, path = "/v1/merchant/refunds", tag = "merchant", request_body = RefundBody,
    security(("merchant_key" = [])),
    responses((status = 201, body = RefundAnswer))
)]
async fn refund(
    State(state): State<AppState>,
    caller: Caller,
    MerchantKey(key): MerchantKey,
    Json(body): Json<RefundBody>,
) -> Result<(StatusCode, Json<RefundAnswer>), Problem> {
    let wrong = |_| Problem::from(Code::NotFound).field("payment", "a payment's id");
    let payment = payment_id(&body.payment).map_err(wrong)?;
    let ask = Refund { key, id: PaymentId::new(body.id), payment, amount: body.amount };
    let refund = state.teller.ask(ask, caller.source).await?;
    Ok((StatusCode::CREATED, Json(RefundAnswer { refund: PaymentView::seen_by_merchant(&refund) })))
}

/// Your payments and refunds
#[utoipa::path(
    get, path = "/v1/merchant/payments", tag = "merchant", params(PageQuery),
    security(("merchant_key" = [])),
    responses((status = 200, body = PaymentPage))
)]
async fn merchant_payments(
    State(state): State<AppState>,
    caller: Caller,
    key: MerchantKey,
    Query(query): Query<PageQuery>,
) -> Result<Json<PaymentPage>, Problem> {
    let (before, limit) = read_page(&query)?;
    let payments = look_for(&state, &caller, key, move |shelf, merchant| {
        look::payments_of(shelf, look::CustomerRef::Merchant(merchant.id), before, limit)
    })
    .await?;
    let next = next_cursor(&payments, limit);
    Ok(Json(PaymentPage { payments: payments.iter().map(PaymentView::seen_by_merchant).collect(), next }))
}
