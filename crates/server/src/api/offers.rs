//! Payments that wait for the customer's answer: see them, take them, decline them.

use crate::{
    AppState,
    api::{
        payments::{PaymentAnswer, PaymentView, payment_id},
        sign_up::Empty,
    },
    body::{Json, Path},
    credentials::Caller,
    looking::look_as,
    problem::Problem,
};
use axum::extract::State;
use engine::{
    Need,
    payments::{AnswerOffer, OfferAnswer, Payment},
};
use serde::Serialize;
use store::look;
use terms::{PaymentId, Span, Time, Yen};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_offers)).routes(routes!(accept)).routes(routes!(decline))
}

/// A payment that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// The payment.
    pub(crate) payment: String,
    /// Whole yen.
    #[schema(value_type = i64)]
    pub(crate) amount: Yen,
    /// What the payer is called, masked.
    pub(crate) from: String,
    /// The payer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// When it goes back to the payer.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String)]
    pub(crate) expires_at: Time,
}

fn as_text<S: serde::Serializer>(time: &Time, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(time)
}

/// Everything that waits.
#[derive(Debug, Serialize, ToSchema)]
struct OfferList {
    /// The oldest first, at most 100.
    offers: Vec<OfferView>,
}

impl OfferView {
    fn of(payment: Payment, life: Span) -> Self {
        Self {
            payment: payment.id.to_string(),
            amount: payment.amount,
            from: payment.payer_name,
            message: payment.message,
            expires_at: payment.created_at.plus(life),
        }
    }
}

/// Payments that wait for you
#[utoipa::path(
    get, path = "/v1/offers", tag = "payments",
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = OfferList))
)]
async fn list_offers(State(state): State<AppState>, caller: Caller) -> Result<Json<OfferList>, Problem> {
    Ok(Json(OfferList { offers: offers_seen(&state, &caller).await? }))
}

/// Everything that waits for whoever is signed in.
pub(crate) async fn offers_seen(state: &AppState, caller: &Caller) -> Result<Vec<OfferView>, Problem> {
    let seen = look_as(state, caller, Need::LOOK, |shelf, standing, at| {
        let life = at.policy.offer_life_ms;
        let offers = look::offers_to(shelf, &standing.customer)?;
        Ok(Ok(offers.into_iter().map(|payment| OfferView::of(payment, life)).collect()))
    });
    seen.await
}

/// Take a payment that waits
#[utoipa::path(
    post, path = "/v1/payments/{payment}/accept", tag = "payments", request_body = Empty,
    params(("payment" = String, Path, description = "Its id")),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = PaymentAnswer))
)]
async fn accept(
    State(state): State<AppState>,
    caller: Caller,
    Path(payment): Path<String>,
    Json(Empty {}): Json<Empty>,
) -> Result<Json<PaymentAnswer>, Problem> {
    let payment = give_answer(&state, &caller, payment_id(&payment)?, OfferAnswer::Accept).await?;
    Ok(Json(PaymentAnswer { payment }))
}

/// Decline a payment that waits
#[utoipa::path(
    post, path = "/v1/payments/{payment}/decline", tag = "payments", request_body = Empty,
    params(("payment" = String, Path, description = "Its id")),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = PaymentAnswer))
)]
async fn decline(
    State(state): State<AppState>,
    caller: Caller,
    Path(payment): Path<String>,
    Json(Empty {}): Json<Empty>,
) -> Result<Json<PaymentAnswer>, Problem> {
    let payment = give_answer(&state, &caller, payment_id(&payment)?, OfferAnswer::Decline).await?;
    Ok(Json(PaymentAnswer { payment }))
}

/// Answers an offer for whoever is signed in.
pub(crate) async fn give_answer(
    state: &AppState,
    caller: &Caller,
    payment: PaymentId,
    answer: OfferAnswer,
) -> Result<PaymentView, Problem> {
    let ask = AnswerOffer { session: caller.session()?, payment, answer };
    let payment = state.teller.ask(ask, caller.source.clone()).await?;
    // Declined, the payment names no payee; whoever answered saw it as money that comes.
    let counterpart = payment.payer_name.clone();
    Ok(PaymentView { direction: "in", counterpart, ..PaymentView::seen_by(&payment, payment.customer) })
}
