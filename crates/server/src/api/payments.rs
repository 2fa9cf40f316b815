//! Payments as the API shows them: one, many, and what is held of money.

use crate::{
    AppState,
    body::{Json, Path, Query},
    credentials::Caller,
    looking::look_as,
    problem::Problem,
};
use axum::extract::State;
use engine::{
    Code, Need,
    payments::{Payment, PaymentKind, PaymentState},
};
use serde::{Deserialize, Serialize};
use store::look::{self, CustomerRef};
use terms::{CustomerId, PaymentId, Time};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_payments)).routes(routes!(show_payment))
}

/// A payment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PaymentView {
    /// Its id: the UUID that its asker chose, in our form.
    pub(crate) id: String,
    /// `top_up`, `p2p`, `qr_payment`, `refund` or `payout`.
    #[schema(value_type = String)]
    pub(crate) kind: PaymentKind,
    /// `in_progress`, `in_doubt`, `waiting`, `completed`, `refused` or `returned`.
    #[schema(value_type = String)]
    pub(crate) state: PaymentState,
    /// Whole yen.
    pub(crate) amount: i64,
    /// `in` where it brings money to whoever looks, `out` where it takes some.
    pub(crate) direction: &'static str,
    /// What the other side is called; masked where it is a person.
    pub(crate) counterpart: String,
    /// The payer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// How much of it was provisional value, in yen.
    pub(crate) provisional: i64,
    /// What was given back of it, in yen.
    pub(crate) refunded: i64,
    /// The link that it goes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
    /// The payment that it gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) original: Option<String>,
    /// Why the bank refused: `insufficient_funds`, `over_limit`, `account_closed`, `link_ended` or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The bank's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bank_reference: Option<String>,
    /// When it was asked for.
    pub(crate) created_at: String,
    /// When it last changed.
    pub(crate) updated_at: String,
}

/// The answer to whoever started or received a payment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PaymentAnswer {
    /// The payment.
    pub(crate) payment: PaymentView,
}

/// A page of payments.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentPage {
    /// The newest first.
    pub(crate) payments: Vec<PaymentView>,
    /// Send it as `cursor` to see the older ones; nothing when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The `next` of the page before.
    pub(crate) cursor: Option<String>,
    /// 1 to 100; 20 if not said.
    pub(crate) limit: Option<u32>,
}

impl PaymentView {
    /// A payment as a customer sees it, from the payer's or the payee's side.
    pub(crate) fn seen_by(payment: &Payment, customer: CustomerId) -> Self {
        let received = payment.payee == Some(customer) && payment.customer != customer;
        let incoming = received || matches!(payment.kind, PaymentKind::TopUp | PaymentKind::Refund);
        let counterpart = if received { &payment.payer_name } else { &payment.counterpart };
        Self::of(payment, if incoming { "in" } else { "out" }, counterpart)
    }

    /// A payment as its merchant sees it: nothing about the customer.
    pub(crate) fn seen_by_merchant(payment: &Payment) -> Self {
        let refund = payment.kind == PaymentKind::Refund;
        Self { provisional: 0, ..Self::of(payment, if refund { "out" } else { "in" }, "") }
    }

    fn of(payment: &Payment, direction: &'static str, counterpart: &str) -> Self {
        let reason = payment.bank_reason.and_then(|reason| serde_json::to_value(reason).ok());
        Self {
            id: payment.id.to_string(),
            kind: payment.kind,
            state: payment.state,
            amount: payment.amount.get(),
            direction,
            counterpart: counterpart.to_owned(),
            message: payment.message.clone(),
            provisional: payment.provisional.get(),
            refunded: payment.refunded.get(),
            link: payment.link.map(|link| link.to_string()),
            original: payment.original.map(|original| original.to_string()),
            reason: reason.and_then(|reason| reason.as_str().map(str::to_owned)),
            bank_reference: payment.bank_reference.clone(),
            created_at: payment.created_at.to_string(),
            updated_at: payment.updated_at.to_string(),
        }
    }
}

/// Reads a payment's id in our form or as the bare UUID that its asker chose.
pub(crate) fn payment_id(text: &str) -> Result<PaymentId, Problem> {
    PaymentId::parse(text)
        .or_else(|_| Uuid::parse_str(text).map(PaymentId::new))
        .map_err(|_| Code::NotFound.into())
}

/// A cursor is the time and id of the last payment seen.
pub(crate) fn read_cursor(text: &str) -> Result<(Time, PaymentId), Problem> {
    let wrong = || Problem::from(Code::FieldNotAllowed).field("cursor", "the `next` of the page before");
    let (millis, id) = text.split_once('.').ok_or_else(wrong)?;
    let millis = millis.parse().map_err(|_| wrong())?;
    Ok((Time::from_millis(millis), PaymentId::parse(id).map_err(|_| wrong())?))
}

/// The page's size, and where it begins.
pub(crate) fn read_page(query: &PageQuery) -> Result<(Option<(Time, PaymentId)>, u32), Problem> {
    let before = query.cursor.as_deref().map(read_cursor).transpose()?;
    match query.limit.unwrap_or(20) {
        limit @ 1..=100 => Ok((before, limit)),
        _ => Err(Problem::from(Code::FieldNotAllowed).field("limit", "1 to 100")),
    }
}

/// The cursor to what comes after a full page.
pub(crate) fn next_cursor(payments: &[Payment], limit: u32) -> Option<String> {
    let full = u32::try_from(payments.len()).is_ok_and(|count| count >= limit);
    let last = payments.last().filter(|_| full)?;
    Some(format!("{}.{}", last.created_at.millis(), last.id))
}

/// Your payments
#[utoipa::path(
    get, path = "/v1/payments", tag = "payments", params(PageQuery),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = PaymentPage))
)]
async fn list_payments(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<PaymentPage>, Problem> {
    Ok(Json(page_of(&state, &caller, &query).await?))
}

/// A page of the caller's payments.
pub(crate) async fn page_of(
    state: &AppState,
    caller: &Caller,
    query: &PageQuery,
) -> Result<PaymentPage, Problem> {
    let (before, limit) = read_page(query)?;
    look_as(state, caller, Need::LOOK, move |shelf, standing, _| {
        let customer = standing.customer.id;
        let payments = look::payments_of(shelf, CustomerRef::Customer(customer), before, limit)?;
        let next = next_cursor(&payments, limit);
        let payments = payments.iter().map(|payment| PaymentView::seen_by(payment, customer)).collect();
        Ok(Ok(PaymentPage { payments, next }))
    })
    .await
}

/// One payment
#[utoipa::path(
    get, path = "/v1/payments/{payment}", tag = "payments",
    params(("payment" = String, Path, description = "Its id, or the UUID that its asker chose")),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = PaymentAnswer))
)]
async fn show_payment(
    State(state): State<AppState>,
    caller: Caller,
    Path(payment): Path<String>,
) -> Result<Json<PaymentAnswer>, Problem> {
    let payment = payment_seen(&state, &caller, payment_id(&payment)?).await?;
    Ok(Json(PaymentAnswer { payment }))
}

/// A payment that the caller paid or received.
pub(crate) async fn payment_seen(
    state: &AppState,
    caller: &Caller,
    id: PaymentId,
) -> Result<PaymentView, Problem> {
    look_as(state, caller, Need::LOOK, move |shelf, standing, _| {
        let customer = standing.customer.id;
        let own = |payment: &Payment| payment.customer == customer || payment.payee == Some(customer);
        let payment = look::payment_of(shelf, id)?.filter(own);
        Ok(payment.map(|payment| PaymentView::seen_by(&payment, customer)).ok_or(Code::NotFound.into()))
    })
    .await
}
