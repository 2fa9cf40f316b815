//! Money to another customer: by handle at once, by phone when it is accepted.

use crate::{
    AppState,
    api::payments::{PaymentAnswer, PaymentView},
    body::Json,
    credentials::Caller,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Code,
    payments::{OfferToPhone, Payment, TransferToHandle},
};
use serde::Deserialize;
use terms::{Handle, PaymentId, Phone, Yen};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(transfer))
}

/// Money to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TransferBody {
    /// A UUID of your choosing: the payment's id.
    id: Uuid,
    /// To whom.
    to: PayeeBody,
    /// Whole yen, 1 to 1,000,000.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000)]
    amount: Yen,
    /// Words for the payee, at most 100 characters.
    message: Option<String>,
}

/// A payee: one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PayeeBody {
    /// By the name that the payee gave out.
    #[schema(value_type = Option<String>, example = "@hanako")]
    handle: Option<Handle>,
    /// By mobile number: the payment waits for acceptance, whoever's the number is.
    #[schema(value_type = Option<String>, example = "09012345678")]
    phone: Option<Phone>,
}

/// A payee, by one name or the other.
#[derive(Debug, Clone)]
pub(crate) enum Payee {
    Handle(Handle),
    Phone(Phone),
}

impl PayeeBody {
    fn read(self) -> Result<Payee, Problem> {
        match (self.handle, self.phone) {
            (Some(handle), None) => Ok(Payee::Handle(handle)),
            (None, Some(phone)) => Ok(Payee::Phone(phone)),
            _ => Err(Problem::from(Code::FieldNotAllowed).field("to", "either handle or phone")),
        }
    }
}

/// Send money
///
/// To a handle it goes at once. To a phone it waits for the payee, and comes back after three days.
#[utoipa::path(
    post, path = "/v1/transfers", tag = "payments", request_body = TransferBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 201, body = PaymentAnswer))
)]
async fn transfer(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<TransferBody>,
) -> Result<(StatusCode, Json<PaymentAnswer>), Problem> {
    let to = body.to.read()?;
    let payment = send(&state, &caller, PaymentId::new(body.id), to, body.amount, body.message).await?;
    let payment = PaymentView::seen_by(&payment, payment.customer);
    Ok((StatusCode::CREATED, Json(PaymentAnswer { payment })))
}

/// Sends money for whoever is signed in.
pub(crate) async fn send(
    state: &AppState,
    caller: &Caller,
    id: PaymentId,
    to: Payee,
    amount: Yen,
    message: Option<String>,
) -> Result<Payment, Problem> {
    let (session, source) = (caller.session()?, caller.source.clone());
    Ok(match to {
        Payee::Handle(to) => {
            state.teller.ask(TransferToHandle { session, id, to, amount, message }, source).await?
        }
        Payee::Phone(to) => {
            state.teller.ask(OfferToPhone { session, id, to, amount, message }, source).await?
        }
    })
}
