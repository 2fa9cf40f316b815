//! Money in from a linked bank account, out to it, and the end of a wallet.

use super::{
    links::{Linked, linked},
    typed::{self, Slip},
};
use crate::{
    AppState,
    api::bank_money::{self, BankMoneyBody, ClosingBody},
    body::{Form, Query},
    credentials::{Caller, Cookies},
    draw,
    looking::look_as,
    page::{Page, Tab, html},
    pages::sessions::{set_cookie, step_up_first},
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::get,
};
use engine::{Code, Need, sign_up::CustomerState};
use serde::Deserialize;
use store::look;
use terms::{LinkId, Time, Yen};
use uuid::Uuid;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/bank/top-up", get(top_up_form).post(top_up))
        .route("/bank/payout", get(payout_form).post(payout))
        .route("/me/close", get(close_form).post(close))
}

/// Which way the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

impl Way {
    const fn title(self) -> &'static str {
        match self {
            Self::In => "top-up-title",
            Self::Out => "payout-title",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::In => "/bank/top-up",
            Self::Out => "/bank/payout",
        }
    }

    const fn need(self) -> Need {
        match self {
            Self::In => Need::MONEY,
            Self::Out => Need::PAYOUT,
        }
    }
}

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    id: Option<Uuid>,
    link: Option<LinkId>,
    amount: String,
}

#[derive(Debug, Default, Deserialize)]
struct Chosen {
    link: Option<LinkId>,
}

#[derive(Template)]
#[template(path = "bank_money/form.html")]
struct MoneyForm {
    page: Page,
    way: Way,
    links: Vec<Linked>,
    /// The link that is chosen.
    chosen: String,
    amount: String,
    available: Yen,
    id: Uuid,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "bank_money/close.html")]
struct CloseForm {
    page: Page,
    links: Vec<Linked>,
    balance: Yen,
    provisional: Yen,
    /// Until when.
    provisional_until: Option<Time>,
    id: Uuid,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "bank_money/closed.html")]
struct Ended {
    page: Page,
    payment: Option<String>,
}

impl MoneyForm {
    /// Whether money goes out.
    fn out(&self) -> bool {
        self.way == Way::Out
    }

    /// Whether value over one of the links is provisional at first.
    fn any_young(&self) -> bool {
        self.links.iter().any(|link| link.young_until.is_some())
    }
}

/// The form, with a new id: a refusal is the lasting answer to the id that was refused.
async fn money_form(
    state: &AppState,
    caller: Caller,
    way: Way,
    typed: Typed,
    problem: Option<Problem>,
) -> Result<Response, Problem> {
    let available = look_as(state, &caller, way.need(), |shelf, standing, _| {
        Ok(Ok(look::purse_of(shelf, &standing.customer)?.available))
    });
    let available = match available.await {
        Ok(available) => available,
        Err(problem) => return Ok(step_up_first(problem, &back_to(way, typed.link))),
    };
    let (caller, links) = linked(state, caller, way.need()).await?;
    let links: Vec<Linked> = links.into_iter().filter(|link| link.active).collect();
    let page = Page::new(state, &caller, way.title()).tab(Tab::Bank);
    let (status, slip) = match problem {
        Some(problem) => (problem.status(), Some(Slip::of(problem, &page)?)),
        None => (StatusCode::OK, None),
    };
    let chosen = typed.link.map(|link| link.to_string());
    let first = || links.first().map(|link| link.view.id.clone()).unwrap_or_default();
    let chosen = chosen.unwrap_or_else(first);
    let (amount, id) = (typed.amount, draw::uuid()?);
    Ok((status, html(&MoneyForm { page, way, links, chosen, amount, available, id, slip })).into_response())
}

fn back_to(way: Way, link: Option<LinkId>) -> String {
    match link {
        Some(link) => format!("{}?link={link}", way.path()),
        None => way.path().to_owned(),
    }
}

fn body_of(typed: &Typed) -> Result<BankMoneyBody, Problem> {
    let missing = |field: &str| Problem::from(Code::FieldNotAllowed).field(field, "needed");
    Ok(BankMoneyBody {
        id: typed.id.ok_or_else(|| missing("id"))?,
        link: typed.link.ok_or_else(|| missing("link"))?,
        amount: typed::amount(&typed.amount)?,
    })
}

async fn start(state: AppState, caller: Caller, way: Way, typed: Typed) -> Result<Response, Problem> {
    let started = async {
        let body = body_of(&typed)?;
        match way {
            Way::In => bank_money::top_up(&state, &caller, body).await,
            Way::Out => bank_money::payout(&state, &caller, body).await,
        }
    };
    match started.await {
        Ok(payment) => Ok(Redirect::to(&format!("/payments/{}", payment.id)).into_response()),
        Err(problem) if problem.code() == Code::StepUpNeeded.as_str() => {
            Ok(step_up_first(problem, &back_to(way, typed.link)))
        }
        Err(problem) => money_form(&state, caller, way, typed, Some(problem)).await,
    }
}

async fn top_up_form(
    State(state): State<AppState>,
    caller: Caller,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Problem> {
    let typed = Typed { link: chosen.link, ..Typed::default() };
    money_form(&state, caller, Way::In, typed, None).await
}

async fn top_up(
    State(state): State<AppState>,
    caller: Caller,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    start(state, caller, Way::In, typed).await
}

async fn payout_form(
    State(state): State<AppState>,
    caller: Caller,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Problem> {
    let typed = Typed { link: chosen.link, ..Typed::default() };
    money_form(&state, caller, Way::Out, typed, None).await
}

async fn payout(
    State(state): State<AppState>,
    caller: Caller,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    start(state, caller, Way::Out, typed).await
}

const CLOSE_PATH: &str = "/me/close";

async fn close_page(state: &AppState, caller: Caller, problem: Option<Problem>) -> Result<Response, Problem> {
    let purse = look_as(state, &caller, Need::CLOSE, |shelf, standing, _| {
        Ok(Ok(look::purse_of(shelf, &standing.customer)?))
    });
    let purse = match purse.await {
        Ok(purse) => purse,
        Err(problem) => return Ok(step_up_first(problem, CLOSE_PATH)),
    };
    let provisional_until = match purse.provisional.is_zero() {
        true => None,
        false => bank_money::provisional_until(state, &caller).await?,
    };
    let (caller, links) = linked(state, caller, Need::CLOSE).await?;
    let links = links.into_iter().filter(|link| link.active).collect();
    let page = Page::new(state, &caller, "close-title").tab(Tab::Me);
    let (status, slip) = match problem {
        Some(problem) => (problem.status(), Some(Slip::of(problem, &page)?)),
        None => (StatusCode::OK, None),
    };
    let (balance, provisional, id) = (purse.available, purse.provisional, draw::uuid()?);
    Ok((status, html(&CloseForm { page, links, balance, provisional, provisional_until, id, slip }))
        .into_response())
}

async fn close_form(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    close_page(&state, caller, None).await
}

/// Where the balance goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseTyped {
    id: Uuid,
    #[serde(default)]
    link: Option<LinkId>,
}

async fn close(
    State(state): State<AppState>,
    caller: Caller,
    Form(typed): Form<CloseTyped>,
) -> Result<Response, Problem> {
    let body = ClosingBody { id: typed.id, link: typed.link };
    match bank_money::close(&state, &caller, body).await {
        Ok(closing) => {
            let payment = closing.payment.map(|payment| payment.id.to_string());
            let page = Page::new(&state, &caller, "close-title").shown_once();
            let closed = closing.state == CustomerState::Closed;
            let cookie = closed.then(|| set_cookie(&Cookies::of(&state.settings).end_session())).flatten();
            Ok((AppendHeaders(cookie), html(&Ended { page, payment })).into_response())
        }
        Err(problem) if problem.code() == Code::StepUpNeeded.as_str() => {
            Ok(step_up_first(problem, CLOSE_PATH))
        }
        Err(problem) => close_page(&state, caller, Some(problem)).await,
    }
}
