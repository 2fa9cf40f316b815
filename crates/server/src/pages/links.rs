//! What is linked: all links, one of them, and the end of it.

use super::{
    bank::{bank_name, in_language},
    typed::Slip,
};
use crate::{
    AppState,
    api::links::{self, LinkView},
    body::{Path, Query},
    credentials::Caller,
    looking::look_as,
    page::{Page, Tab, html},
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use engine::{
    Code, Need,
    directory::Directory,
    linking::{Link, LinkState},
    sign_up::Locale,
};
use serde::Deserialize;
use store::look;
use terms::{LinkId, Time, Yen};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/bank", get(overview))
        .route("/links/{link}", get(show))
        .route("/links/{link}/end", get(async || Redirect::to("/bank")).post(end))
}

/// A link as its owner sees it.
pub(crate) struct Linked {
    pub(crate) view: LinkView,
    pub(crate) bank: String,
    pub(crate) active: bool,
    pub(crate) per_debit: Yen,
    pub(crate) per_day: Yen,
    pub(crate) method: String,
    pub(crate) since: Time,
    /// Until when value over it is provisional, while that is so.
    pub(crate) young_until: Option<Time>,
    /// From when on it takes payouts, while it does not.
    pub(crate) payouts_from: Option<Time>,
}

#[derive(Template)]
#[template(path = "bank/overview.html")]
struct Overview {
    page: Page,
    links: Vec<Linked>,
    slip: Option<Slip>,
}

impl Overview {
    /// Whether money can move over one of the links.
    fn any_active(&self) -> bool {
        self.links.iter().any(|link| link.active)
    }
}

#[derive(Template)]
#[template(path = "bank/link.html")]
struct OneLink {
    page: Page,
    link: Linked,
    new: bool,
    slip: Option<Slip>,
}

impl Linked {
    pub(crate) fn of(link: &Link, now: Time, payout_delay_ms: terms::Span, locale: Locale) -> Self {
        let directory = Directory::embedded();
        let payouts_from = link.created_at.plus(payout_delay_ms);
        let method = directory.methods.get(&link.method);
        Self {
            view: LinkView::of(link),
            bank: directory.bank(link.bank).map(|bank| bank_name(bank, locale)).unwrap_or_default(),
            active: link.is_active(),
            per_debit: link.per_debit_limit,
            per_day: link.per_day_limit,
            method: method
                .map(|method| in_language(locale, &method.name_ja, &method.name_en))
                .unwrap_or_default(),
            since: link.created_at,
            young_until: (now < link.young_until).then_some(link.young_until),
            payouts_from: (now < payouts_from).then_some(payouts_from),
        }
    }

    /// The key of the word that says where it stands, and the look of its badge.
    pub(crate) fn state(&self) -> (&'static str, &'static str) {
        match self.view.state {
            LinkState::Active => ("link-active", "good"),
            LinkState::Suspended => ("link-suspended", "wait"),
            LinkState::Ended => ("link-ended", "bad"),
        }
    }
}

/// The caller in the wallet's language, with all links, active ones first.
pub(crate) async fn linked(
    state: &AppState,
    caller: Caller,
    need: Need,
) -> Result<(Caller, Vec<Linked>), Problem> {
    let language = caller.language;
    let (wallet, links) = look_as(state, &caller, need, move |shelf, standing, at| {
        let wallet = standing.customer.locale;
        let locale = language.for_customer(wallet).locale();
        let (now, delay) = (at.moment.now, at.policy.payout_delay_ms);
        let links = look::links_of(shelf, standing.customer.id)?;
        let links: Vec<Linked> = links.iter().map(|link| Linked::of(link, now, delay, locale)).collect();
        Ok(Ok((wallet, links)))
    })
    .await?;
    let (active, ended): (Vec<Linked>, Vec<Linked>) = links.into_iter().partition(|link| link.active);
    Ok((caller.reading(wallet), active.into_iter().chain(ended).collect()))
}

pub(super) async fn overview_of(
    state: &AppState,
    caller: Caller,
    problem: Option<Problem>,
) -> Result<Response, Problem> {
    let (caller, links) = linked(state, caller, Need::LOOK).await?;
    let page = Page::new(state, &caller, "bank-title").tab(Tab::Bank);
    let (status, slip) = match problem {
        Some(problem) => (problem.status(), Some(Slip::of(problem, &page)?)),
        None => (StatusCode::OK, None),
    };
    Ok((status, html(&Overview { page, links, slip })).into_response())
}

async fn overview(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    overview_of(&state, caller, None).await
}

#[derive(Debug, Default, Deserialize)]
struct Fresh {
    #[serde(default)]
    new: Option<String>,
}

async fn link_page(
    state: &AppState,
    caller: Caller,
    id: LinkId,
    new: bool,
    problem: Option<Problem>,
) -> Result<Response, Problem> {
    let (caller, links) = linked(state, caller, Need::LOOK).await?;
    let text = id.to_string();
    let link = links.into_iter().find(|link| link.view.id == text).ok_or(Problem::from(Code::NotFound))?;
    let page = Page::new(state, &caller, "link-title").titled(link.bank.clone()).tab(Tab::Bank);
    let (status, slip) = match problem {
        Some(problem) => (problem.status(), Some(Slip::of(problem, &page)?)),
        None => (StatusCode::OK, None),
    };
    Ok((status, html(&OneLink { page, link, new, slip })).into_response())
}

async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(link): Path<LinkId>,
    Query(fresh): Query<Fresh>,
) -> Result<Response, Problem> {
    link_page(&state, caller, link, fresh.new.is_some(), None).await
}

async fn end(
    State(state): State<AppState>,
    caller: Caller,
    Path(link): Path<LinkId>,
) -> Result<Response, Problem> {
    match links::end(&state, &caller, link).await {
        Ok(()) => Ok(Redirect::to("/bank").into_response()),
        Err(problem) => link_page(&state, caller, link, false, Some(problem)).await,
    }
}
