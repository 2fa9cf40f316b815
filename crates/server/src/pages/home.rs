//! Home: what there is, what it may be used for, and what happened last.

use super::payment::Seen;
use crate::{
    AppState,
    api::payments::{PageQuery, next_cursor, read_page},
    body::Query,
    credentials::Caller,
    looking::look_as,
    page::{Page, Tab, html},
    problem::Problem,
};
use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use engine::{Ial, Need};
use serde::Deserialize;
use store::look::{self, CustomerRef, PurseView};
use terms::Yen;

const LAST: u32 = 5;
const OFFERS_MAX: usize = 99;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/home", get(home)).route("/parts/now", get(now)).route("/payments", get(history))
}

/// The wallet at this moment.
struct Now {
    handle: Option<String>,
    proved: bool,
    linked: bool,
    balance: Yen,
    purse: PurseView,
    offers: usize,
    last: Vec<Seen>,
}

#[derive(Template)]
#[template(path = "home/home.html")]
struct Home {
    page: Page,
    now: Now,
}

#[derive(Template)]
#[template(path = "home/now.html")]
struct HomeNow {
    page: Page,
    now: Now,
}

#[derive(Template)]
#[template(path = "home/history.html")]
struct History {
    page: Page,
    payments: Vec<Seen>,
    next: Option<String>,
}

/// Where the history goes on. Unlike the API's query it may stand beside others, such as the language.
#[derive(Deserialize)]
struct Older {
    cursor: Option<String>,
}

async fn seen(state: &AppState, caller: Caller) -> Result<(Page, Now), Problem> {
    let (locale, now) = look_as(state, &caller, Need::LOOK, |shelf, standing, _| {
        let customer = &standing.customer;
        let purse = look::purse_of(shelf, customer)?;
        let balance = purse.available.plus(purse.provisional).and_then(|sum| sum.plus(purse.held));
        let payments = look::payments_of(shelf, CustomerRef::Customer(customer.id), None, LAST)?;
        let offers = look::offers_to(shelf, customer)?;
        let now = Now {
            handle: customer.handle.as_ref().map(ToString::to_string),
            proved: customer.ial >= Ial::Proved,
            linked: look::links_of(shelf, customer.id)?.iter().any(engine::linking::Link::is_active),
            balance: balance.unwrap_or(Yen::MAX),
            purse,
            offers: offers.len().min(OFFERS_MAX),
            last: payments.iter().map(|payment| Seen::of(payment, customer.id)).collect(),
        };
        Ok(Ok((customer.locale, now)))
    })
    .await?;
    let page = Page::new(state, &caller.reading(locale), "home-title").tab(Tab::Home);
    Ok((page, now))
}

async fn home(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let (page, now) = seen(&state, caller).await?;
    Ok(html(&Home { page, now }))
}

async fn now(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let (page, now) = seen(&state, caller).await?;
    Ok(html(&HomeNow { page, now }))
}

async fn history(
    State(state): State<AppState>,
    caller: Caller,
    Query(older): Query<Older>,
) -> Result<Response, Problem> {
    let (before, limit) = read_page(&PageQuery { cursor: older.cursor, limit: None })?;
    let (locale, payments, next) = look_as(&state, &caller, Need::LOOK, move |shelf, standing, _| {
        let customer = standing.customer.id;
        let found = look::payments_of(shelf, CustomerRef::Customer(customer), before, limit)?;
        let next = next_cursor(&found, limit);
        let payments: Vec<Seen> = found.iter().map(|payment| Seen::of(payment, customer)).collect();
        Ok(Ok((standing.customer.locale, payments, next)))
    })
    .await?;
    let page = Page::new(&state, &caller.reading(locale), "history-title").tab(Tab::Home);
    Ok(html(&History { page, payments, next }))
}
