//! Send money: to whom and how much, then the payee's masked name, then done.

use super::typed::{self, Slip};
use crate::{
    AppState,
    api::{
        payees,
        transfers::{self, Payee},
    },
    body::{Form, Query},
    credentials::Caller,
    draw,
    looking::look_as,
    page::{Page, Tab, html},
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use engine::{Code, Need};
use serde::Deserialize;
use store::look;
use terms::{Handle, PaymentId, Phone, Yen};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/send", get(form).post(send))
        .route("/send/confirm", get(async || Redirect::to("/send")).post(confirm))
}

/// What was typed so far.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    to: String,
    amount: String,
    message: String,
    /// Of a payment that was confirmed.
    id: Option<PaymentId>,
}

#[derive(Debug, Default, Deserialize)]
struct Prefilled {
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "send/form.html")]
struct SendForm {
    page: Page,
    typed: Typed,
    available: Yen,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "send/confirm.html")]
struct Confirm {
    page: Page,
    typed: Typed,
    id: PaymentId,
    amount: Yen,
    /// The masked name of a payee by handle; a phone's owner is not known to anybody.
    payee_name: Option<String>,
}

/// The page, in the wallet's language, and what can be sent.
async fn opened(state: &AppState, caller: Caller) -> Result<(Caller, Page, Yen), Problem> {
    let (locale, available) = look_as(state, &caller, Need::MONEY, |shelf, standing, _| {
        Ok(Ok((standing.customer.locale, look::purse_of(shelf, &standing.customer)?.available)))
    })
    .await?;
    let caller = caller.reading(locale);
    let page = Page::new(state, &caller, "send-title").tab(Tab::Send);
    Ok((caller, page, available))
}

async fn form(
    State(state): State<AppState>,
    caller: Caller,
    Query(prefilled): Query<Prefilled>,
) -> Result<Response, Problem> {
    let (_, page, available) = opened(&state, caller).await?;
    let typed = Typed { to: prefilled.to, ..Typed::default() };
    Ok(html(&SendForm { page, typed, available, slip: None }))
}

/// A phone begins with a digit or a plus; a handle never does.
fn payee(typed: &str) -> Result<Payee, Problem> {
    let bare = typed.trim();
    let wrong = |_| {
        Problem::from(Code::FieldNotAllowed)
            .field("to", "a handle such as @hanako, or a Japanese mobile number")
    };
    match bare.starts_with(|c: char| c.is_ascii_digit() || c == '+') {
        true => Phone::parse(bare).map(Payee::Phone).map_err(wrong),
        false => Handle::parse(bare).map(Payee::Handle).map_err(wrong),
    }
}

async fn check(state: &AppState, caller: &Caller, typed: &Typed) -> Result<(Option<String>, Yen), Problem> {
    let payee = payee(&typed.to)?;
    let amount = typed::amount(&typed.amount)?;
    if amount.is_zero() || amount > state.teller.policy().payment_max {
        return Err(Problem::from(Code::AmountNotAllowed).field("amount", "whole yen, 1 to 1,000,000"));
    }
    let name = match payee {
        Payee::Handle(handle) => Some(payees::masked_name(state, caller, handle).await?),
        Payee::Phone(_) => None,
    };
    Ok((name, amount))
}

async fn confirm(
    State(state): State<AppState>,
    caller: Caller,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let (caller, page, available) = opened(&state, caller).await?;
    match check(&state, &caller, &typed).await {
        Ok((payee_name, amount)) => {
            let id = PaymentId::new(draw::uuid()?);
            let page = keeping(page, &typed);
            Ok(html(&Confirm { page, typed, id, amount, payee_name }))
        }
        Err(problem) => again(page, typed, available, problem),
    }
}

/// What was typed goes on in the other language too, and is never sent by it.
fn keeping(page: Page, typed: &Typed) -> Page {
    let fields = [("to", &*typed.to), ("amount", &*typed.amount), ("message", &*typed.message)];
    page.keeps("/send/confirm", &fields)
}

fn again(page: Page, typed: Typed, available: Yen, problem: Problem) -> Result<Response, Problem> {
    let page = keeping(page, &typed);
    let status = problem.status();
    let slip = Some(Slip::of(problem, &page)?);
    Ok((status, html(&SendForm { page, typed, available, slip })).into_response())
}

async fn send(
    State(state): State<AppState>,
    caller: Caller,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let (caller, page, available) = opened(&state, caller).await?;
    let id = typed.id.ok_or_else(|| Problem::from(Code::FieldNotAllowed).field("id", "a payment's id"))?;
    let sent = async {
        let (to, amount) = (payee(&typed.to)?, typed::amount(&typed.amount)?);
        transfers::send(&state, &caller, id, to, amount, typed::words(typed.message.clone())).await
    };
    match sent.await {
        Ok(payment) => Ok(Redirect::to(&format!("/payments/{}", payment.id)).into_response()),
        Err(problem) => again(page, typed, available, problem),
    }
}
