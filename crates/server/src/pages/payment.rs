//! One payment: how much, with whom, and where it stands; it follows what happens.

use crate::{
    AppState,
    api::payments::{PaymentView, payment_id},
    body::Path,
    credentials::Caller,
    looking::look_as,
    page::{Page, Tab, html},
    problem::Problem,
};
use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use engine::{
    Code, Need,
    payments::{Payment, PaymentKind, PaymentState},
};
use store::look;
use terms::{CustomerId, Time, Yen};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/payments/{payment}", get(show)).route("/payments/{payment}/facts", get(facts))
}

/// What a person sees of a payment.
pub(crate) struct Seen {
    pub(crate) view: PaymentView,
    pub(crate) amount: Yen,
    refunded: Yen,
    pub(crate) at: Time,
}

#[derive(Template)]
#[template(path = "payment/show.html")]
struct Show {
    page: Page,
    seen: Seen,
}

#[derive(Template)]
#[template(path = "payment/facts.html")]
struct Facts {
    page: Page,
    seen: Seen,
}

impl Seen {
    /// A payment as this customer sees it.
    pub(crate) fn of(payment: &Payment, customer: CustomerId) -> Self {
        Self {
            view: PaymentView::seen_by(payment, customer),
            amount: payment.amount,
            refunded: payment.refunded,
            at: payment.created_at,
        }
    }

    pub(crate) fn incoming(&self) -> bool {
        self.view.direction == "in"
    }

    /// The key of the sentence that says what kind it is.
    pub(crate) fn kind(&self) -> &'static str {
        match (self.view.kind, self.incoming()) {
            (PaymentKind::TopUp, _) => "payment-top-up",
            (PaymentKind::P2p, true) => "payment-received",
            (PaymentKind::P2p, false) => "payment-sent",
            (PaymentKind::QrPayment, _) => "payment-shop",
            (PaymentKind::Refund, _) => "payment-refund",
            (PaymentKind::Payout, _) => "payment-payout",
        }
    }

    /// The key of the sentence that says where it stands, and the look of its badge.
    pub(crate) fn state(&self) -> (&'static str, &'static str) {
        match self.view.state {
            PaymentState::InProgress => ("payment-in-progress", "wait"),
            PaymentState::InDoubt => ("payment-in-doubt", "wait"),
            PaymentState::Waiting => ("payment-waiting", "wait"),
            PaymentState::Completed => ("payment-completed", "good"),
            PaymentState::Refused => ("payment-refused", "bad"),
            PaymentState::Returned => ("payment-returned", "bad"),
        }
    }
}

async fn seen(state: &AppState, caller: Caller, id: &str) -> Result<(Page, Seen), Problem> {
    let id = payment_id(id)?;
    let (locale, seen) = look_as(state, &caller, Need::LOOK, move |shelf, standing, _| {
        let customer = standing.customer.id;
        let own = |payment: &Payment| payment.customer == customer || payment.payee == Some(customer);
        let Some(payment) = look::payment_of(shelf, id)?.filter(own) else {
            return Ok(Err(Code::NotFound.into()));
        };
        Ok(Ok((standing.customer.locale, Seen::of(&payment, customer))))
    })
    .await?;
    let page = Page::new(state, &caller.reading(locale), seen.kind()).tab(Tab::Home);
    Ok((page, seen))
}

async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(payment): Path<String>,
) -> Result<Response, Problem> {
    let (page, seen) = seen(&state, caller, &payment).await?;
    Ok(html(&Show { page, seen }))
}

async fn facts(
    State(state): State<AppState>,
    caller: Caller,
    Path(payment): Path<String>,
) -> Result<Response, Problem> {
    let (page, seen) = seen(&state, caller, &payment).await?;
    Ok(html(&Facts { page, seen }))
}
