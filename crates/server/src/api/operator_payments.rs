//! Payments for the operator's staff, found by our id or by the bank's own reference.

use crate::{
    AppState,
    api::payments::payment_id,
    body::{Json, Query},
    credentials::Operator,
    problem::Problem,
};
use axum::extract::State;
use engine::{
    Code,
    payments::{BankWord, Discrepancy, Payment, PaymentKind, PaymentState},
};
use serde::{Deserialize, Serialize};
use store::look;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// A bank's reference is its own: two banks may have the same, and one may use it again.
const FOUND_MAX: u32 = 100;
const REFERENCE_LENGTH_MAX: usize = 200;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(find_payments)).routes(routes!(list_discrepancies))
}

/// What is known of the payment looked for: one of the two.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PaymentQuery {
    /// Our id, or the UUID that its asker chose.
    id: Option<String>,
    /// The bank's own reference, as it stands on its statement.
    bank_reference: Option<String>,
}

/// A payment as staff see it: ids and states, no names.
#[derive(Debug, Serialize, ToSchema)]
struct StaffPayment {
    /// Its id.
    id: String,
    /// `top_up`, `p2p`, `qr_payment`, `refund` or `payout`.
    #[schema(value_type = String)]
    kind: PaymentKind,
    /// `in_progress`, `in_doubt`, `waiting`, `completed`, `refused` or `returned`.
    #[schema(value_type = String)]
    state: PaymentState,
    /// Whole yen.
    amount: i64,
    /// The customer whose wallet it is about.
    customer: String,
    /// The customer at its other end.
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<String>,
    /// The merchant that it pays or comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
    /// The link that it goes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// The bank: four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
    /// The bank's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_reference: Option<String>,
    /// The payment that it gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<String>,
    /// The transfers of the book that moved its money.
    transfers: Vec<String>,
    /// When it was asked for.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// Payments that were found.
#[derive(Debug, Serialize, ToSchema)]
struct StaffPayments {
    /// The newest first, at most 100.
    payments: Vec<StaffPayment>,
}

fn view(payment: &Payment) -> StaffPayment {
    StaffPayment {
        id: payment.id.to_string(),
        kind: payment.kind,
        state: payment.state,
        amount: payment.amount.get(),
        customer: payment.customer.to_string(),
        payee: payment.payee.map(|id| id.to_string()),
        merchant: payment.merchant.map(|id| id.to_string()),
        link: payment.link.map(|id| id.to_string()),
        bank: payment.bank.map(|bank| bank.to_string()),
        bank_reference: payment.bank_reference.clone(),
        original: payment.original.map(|id| id.to_string()),
        transfers: payment.transfers.iter().map(ToString::to_string).collect(),
        created_at: payment.created_at.to_string(),
        updated_at: payment.updated_at.to_string(),
    }
}

/// Find payments by our id or by the bank's own reference
#[utoipa::path(
    get, path = "/v1/operator/payments", tag = "operator", params(PaymentQuery),
    security(("operator_token" = [])),
    responses((status = 200, body = StaffPayments))
)]
async fn find_payments(
    State(state): State<AppState>,
    _: Operator,
    Query(query): Query<PaymentQuery>,
) -> Result<Json<StaffPayments>, Problem> {
    let not_allowed = |field, allowed| Problem::from(Code::FieldNotAllowed).field(field, allowed);
    let found = match (query.id, query.bank_reference) {
        (Some(id), None) => {
            let id = payment_id(&id).map_err(|_| not_allowed("id", "pay_… or a UUID"))?;
            let found = state.teller.look(move |shelf| look::payment_of(shelf, id)).await?;
            found.into_iter().collect()
        }
        (None, Some(reference)) => {
            if reference.is_empty() || reference.chars().count() > REFERENCE_LENGTH_MAX {
                return Err(not_allowed("bank_reference", "1 to 200 characters"));
            }
            let found = move |shelf: &mut store::Shelf<'_>| {
                look::payments_by_bank_reference(shelf, &reference, FOUND_MAX)
            };
            state.teller.look(found).await?
        }
        _ => return Err(not_allowed("id", "either id or bank_reference")),
    };
    Ok(Json(StaffPayments { payments: found.iter().map(view).collect() }))
}

/// Where a bank and we do not agree about a payment.
#[derive(Debug, Serialize, ToSchema)]
struct DiscrepancyView {
    /// The payment.
    payment: String,
    /// The bank: four digits.
    bank: String,
    /// Whole yen.
    amount: i64,
    /// Where the payment stands with us: `completed`, `refused` or `returned`.
    #[schema(value_type = String)]
    ours: PaymentState,
    /// The bank's latest word: `booked` or `refused`.
    #[schema(value_type = String)]
    theirs: BankWord,
    /// The bank's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_reference: Option<String>,
    /// When the bank said so.
    found_at: String,
}

/// Discrepancies that were found.
#[derive(Debug, Serialize, ToSchema)]
struct DiscrepancyList {
    /// The newest first, at most 100.
    discrepancies: Vec<DiscrepancyView>,
}

fn discrepancy(found: &Discrepancy) -> DiscrepancyView {
    DiscrepancyView {
        payment: found.payment.to_string(),
        bank: found.bank.to_string(),
        amount: found.amount.get(),
        ours: found.ours,
        theirs: found.theirs,
        bank_reference: found.bank_reference.clone(),
        found_at: found.found_at.to_string(),
    }
}

/// Where banks and we do not agree
///
/// A bank that first refuses and later says that it booked, or the other way round. No money moves by it: the
/// difference stays in both books until somebody settles it.
#[utoipa::path(
    get, path = "/v1/operator/discrepancies", tag = "operator", security(("operator_token" = [])),
    responses((status = 200, body = DiscrepancyList))
)]
async fn list_discrepancies(
    State(state): State<AppState>,
    _: Operator,
) -> Result<Json<DiscrepancyList>, Problem> {
    let found = state.teller.look(|shelf| look::discrepancies(shelf, FOUND_MAX)).await?;
    Ok(Json(DiscrepancyList { discrepancies: found.iter().map(discrepancy).collect() }))
}
