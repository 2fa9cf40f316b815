//! Money from and to bank accounts: top-up, payout, closing, and a bank that calls by itself.

use crate::{
    AppState,
    api::payments::{PaymentAnswer, PaymentView},
    body::{Json, Path, is_type},
    credentials::{Caller, refuse_bad_token},
    looking::look_as,
    problem::{Problem, ShellCode},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use engine::{
    Code, Need,
    payments::{BankAnswered, Close, Payment, Payout, TopUp, all_matured_at},
    sign_up::CustomerState,
};
use serde::{Deserialize, Serialize};
use store::look;
use terms::{BankCode, LinkId, PaymentId, Time, Yen};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const CALLBACK_TYPE: &str = "application/jwt";

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(start_top_up))
        .routes(routes!(start_payout))
        .routes(routes!(close_wallet))
        .routes(routes!(bank_calls))
}

/// How much, over which link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BankMoneyBody {
    /// A UUID of your choosing: the payment's id, here and at the bank.
    pub(crate) id: Uuid,
    /// The link.
    #[schema(value_type = String)]
    pub(crate) link: LinkId,
    /// Whole yen, 1 to 1,000,000.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000)]
    pub(crate) amount: Yen,
}

/// Where the balance goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosingBody {
    /// A UUID of your choosing: the id of the payout.
    pub(crate) id: Uuid,
    /// The link; not needed without a balance.
    #[schema(value_type = Option<String>)]
    pub(crate) link: Option<LinkId>,
}

/// How far the closing is.
#[derive(Debug, Serialize, ToSchema)]
struct ClosingAnswer {
    /// `closing` while the balance is on its way, then `closed`.
    #[schema(value_type = String)]
    state: CustomerState,
    /// The payout of the balance.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentView>,
}

fn answer(payment: &Payment) -> Json<PaymentAnswer> {
    Json(PaymentAnswer { payment: PaymentView::seen_by(payment, payment.customer) })
}

/// Money from a linked bank account
///
/// The answer comes before the bank's: the payment is `in_progress`, later `completed`, `refused` or `in_doubt`.
#[utoipa::path(
    post, path = "/v1/top-ups", tag = "payments", request_body = BankMoneyBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 202, body = PaymentAnswer))
)]
async fn start_top_up(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<BankMoneyBody>,
) -> Result<(StatusCode, Json<PaymentAnswer>), Problem> {
    let payment = top_up(&state, &caller, body).await?;
    Ok((StatusCode::ACCEPTED, answer(&payment)))
}

/// Starts a top-up.
pub(crate) async fn top_up(
    state: &AppState,
    caller: &Caller,
    body: BankMoneyBody,
) -> Result<Payment, Problem> {
    let ask = TopUp {
        session: caller.session()?,
        id: PaymentId::new(body.id),
        link: body.link,
        amount: body.amount,
    };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}

/// Money to a linked bank account
#[utoipa::path(
    post, path = "/v1/payouts", tag = "payments", request_body = BankMoneyBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 202, body = PaymentAnswer))
)]
async fn start_payout(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<BankMoneyBody>,
) -> Result<(StatusCode, Json<PaymentAnswer>), Problem> {
    let payment = payout(&state, &caller, body).await?;
    Ok((StatusCode::ACCEPTED, answer(&payment)))
}

/// Starts a payout.
pub(crate) async fn payout(
    state: &AppState,
    caller: &Caller,
    body: BankMoneyBody,
) -> Result<Payment, Problem> {
    let ask = Payout {
        session: caller.session()?,
        id: PaymentId::new(body.id),
        link: body.link,
        amount: body.amount,
    };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}

/// Close the wallet
#[utoipa::path(
    post, path = "/v1/closings", tag = "wallet", request_body = ClosingBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 202, body = ClosingAnswer))
)]
async fn close_wallet(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<ClosingBody>,
) -> Result<(StatusCode, Json<ClosingAnswer>), Problem> {
    let ask = close(&state, &caller, body).await?;
    let payment = ask.payment.as_ref().map(|payment| PaymentView::seen_by(payment, payment.customer));
    Ok((StatusCode::ACCEPTED, Json(ClosingAnswer { state: ask.state, payment })))
}

/// Starts the closing.
pub(crate) async fn close(
    state: &AppState,
    caller: &Caller,
    body: ClosingBody,
) -> Result<engine::payments::Closing, Problem> {
    let ask = Close { session: caller.session()?, id: PaymentId::new(body.id), link: body.link };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}

/// Until when some of the wallet's value is provisional.
pub(crate) async fn provisional_until(state: &AppState, caller: &Caller) -> Result<Option<Time>, Problem> {
    look_as(state, caller, Need::LOOK, |shelf, standing, _| {
        Ok(Ok(all_matured_at(&look::parcels_of(shelf, standing.customer.id)?)))
    })
    .await
}

/// A bank calls with the result of a payment
///
/// The body is a signed `payment-result+jwt`. An answer that was known already changes nothing.
#[utoipa::path(
    post, path = "/v1/bank-callbacks/{bank}", tag = "banks",
    params(("bank" = String, Path, description = "The bank's code")),
    request_body(content = String, content_type = "application/jwt"),
    responses((status = 204, description = "Taken"))
)]
async fn bank_calls(
    State(state): State<AppState>,
    caller: Caller,
    Path(bank): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Result<StatusCode, Problem> {
    if !is_type(&headers, CALLBACK_TYPE) {
        return Err(Problem::from(ShellCode::WrongContentType).allowed(CALLBACK_TYPE));
    }
    let bank = BankCode::parse(&bank).map_err(|_| Problem::from(Code::NotFound))?;
    let (payment, outcome) = match state.banks.verify_callback(bank, body.trim()).await {
        Ok(said) => said,
        // The bank calls again, and our own inquiry goes on.
        Err(fault) if fault.is_fault() => return Err(Problem::fault(fault)),
        Err(refused) => {
            tracing::warn!(%refused, %bank, "a bank's callback was refused");
            let _not_signed_in = refuse_bad_token(&state, caller.source).await;
            return Err(Code::AssertionRefused.into());
        }
    };
    let ask = BankAnswered { asking: None, bank, payment, outcome };
    state.teller.ask(ask, caller.source.clone()).await?;
    Ok(StatusCode::NO_CONTENT)
}
