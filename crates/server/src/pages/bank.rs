//! Banks and links: which bank and how, off to it and back, what is linked, and the end of it.

use super::typed::{self, Slip};
use crate::{
    AppState,
    api::links::{self, ConsentBody, LinkView},
    away::{Flow, ReturnedQuery},
    body::{Form, Path, Query},
    credentials::Caller,
    draw,
    looking::look_as,
    page::{Page, Tab, html},
    pages::sessions::set_cookie,
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use engine::{
    Code, Need,
    directory::{Bank, Directory},
    linking::{Link, LinkState},
    sign_up::Locale,
};
use serde::Deserialize;
use store::look;
use terms::{BankCode, ConsentId, LinkId, Time, Yen};
use uuid::Uuid;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/bank", get(overview))
        .route("/bank/new", get(choose_bank))
        .route("/bank/new/{bank}", get(choose_method).post(leave))
        .route("/links/return", get(returned))
        .route("/links/{link}", get(show))
        .route("/links/{link}/end", post(end))
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

/// A bank to choose.
struct Choice {
    code: String,
    name: String,
    /// Whether one of its methods can leave a link behind.
    linkable: bool,
}

/// A bank's method, in the reader's language.
struct Way {
    code: String,
    name: String,
    factors: Vec<String>,
    /// The key of the sentence that says why it cannot be used.
    weak: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "bank/overview.html")]
struct Overview {
    page: Page,
    links: Vec<Linked>,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "bank/banks.html")]
struct Banks {
    page: Page,
    banks: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "bank/methods.html")]
struct Methods {
    page: Page,
    bank: String,
    ways: Vec<Way>,
    typed: Typed,
    id: Uuid,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "bank/link.html")]
struct OneLink {
    page: Page,
    link: Linked,
    new: bool,
    slip: Option<Slip>,
}

/// What was chosen and typed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    #[serde(default)]
    method: String,
    per_debit_limit: String,
    per_day_limit: String,
    id: Option<Uuid>,
}

impl Default for Typed {
    fn default() -> Self {
        let yen = |yen: Yen| yen.get().to_string();
        Self {
            method: String::new(),
            per_debit_limit: yen(links::PER_DEBIT_LIMIT),
            per_day_limit: yen(links::PER_DAY_LIMIT),
            id: None,
        }
    }
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

fn in_language(locale: Locale, ja: &str, en: &str) -> String {
    match locale {
        Locale::Ja => ja.to_owned(),
        Locale::En => en.to_owned(),
    }
}

fn bank_name(bank: &Bank, locale: Locale) -> String {
    in_language(locale, &bank.name, &bank.name_en)
}

fn ways(bank: &Bank, locale: Locale) -> Vec<Way> {
    let directory = Directory::embedded();
    let methods = bank.methods.iter().filter_map(|code| directory.methods.get(code));
    let way = |method: &engine::directory::Method| Way {
        code: method.code.clone(),
        name: in_language(locale, &method.name_ja, &method.name_en),
        factors: method
            .factors
            .iter()
            .map(|factor| in_language(locale, &factor.name_ja, &factor.name_en))
            .collect(),
        weak: method.linkable().err().map(|weak| match weak.code() {
            "nothing_held" => "weak-nothing-held",
            _ => "weak-one-leak",
        }),
    };
    methods.map(way).collect()
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

async fn overview_of(
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

/// The caller in the wallet's language, where a link may begin.
async fn may_link(state: &AppState, caller: Caller) -> Result<Caller, Problem> {
    let wallet =
        look_as(state, &caller, Need::MONEY, |_, standing, _| Ok(Ok(standing.customer.locale))).await?;
    Ok(caller.reading(wallet))
}

async fn choose_bank(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let caller = may_link(&state, caller).await?;
    let locale = caller.language.locale();
    let banks = Directory::embedded().banks.values().map(|bank| Choice {
        code: bank.code.to_string(),
        name: bank_name(bank, locale),
        linkable: ways(bank, locale).iter().any(|way| way.weak.is_none()),
    });
    let banks = banks.collect();
    Ok(html(&Banks { page: Page::new(&state, &caller, "bank-choose-title").tab(Tab::Bank), banks }))
}

fn methods_page(
    state: &AppState,
    caller: &Caller,
    bank: &Bank,
    typed: Typed,
    problem: Option<Problem>,
) -> Result<Response, Problem> {
    let locale = caller.language.locale();
    let page = Page::new(state, caller, "bank-method-title").titled(bank_name(bank, locale)).tab(Tab::Bank);
    let (status, slip) = match problem {
        Some(problem) => (problem.status(), Some(Slip::of(problem, &page)?)),
        None => (StatusCode::OK, None),
    };
    let (ways, id) = (ways(bank, locale), draw::uuid()?);
    let methods = Methods { page, bank: bank.code.to_string(), ways, typed, id, slip };
    Ok((status, html(&methods)).into_response())
}

fn bank_of(code: BankCode) -> Result<&'static Bank, Problem> {
    Directory::embedded().bank(code).ok_or_else(|| Code::NotFound.into())
}

async fn choose_method(
    State(state): State<AppState>,
    caller: Caller,
    Path(bank): Path<BankCode>,
) -> Result<Response, Problem> {
    let caller = may_link(&state, caller).await?;
    methods_page(&state, &caller, bank_of(bank)?, Typed::default(), None)
}

async fn leave(
    State(state): State<AppState>,
    caller: Caller,
    Path(bank): Path<BankCode>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let caller = may_link(&state, caller).await?;
    let bank = bank_of(bank)?;
    let begun = async {
        let body = ConsentBody {
            id: typed.id.ok_or_else(|| Problem::from(Code::FieldNotAllowed).field("id", "a UUID"))?,
            bank: bank.code,
            method: typed.method.clone(),
            per_debit_limit: Some(typed::amount(&typed.per_debit_limit)?),
            per_day_limit: Some(typed::amount(&typed.per_day_limit)?),
        };
        links::begin(&state, &caller, body).await
    };
    match begun.await {
        Ok(begun) => {
            let cookie = set_cookie(&Flow::Link.keep(&state.settings, &begun.consent, &begun.flow_secret));
            Ok((AppendHeaders(cookie), Redirect::to(&begun.authorize_url)).into_response())
        }
        Err(problem) => methods_page(&state, &caller, bank, typed, Some(problem)),
    }
}

async fn returned(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ReturnedQuery>,
) -> Result<Response, Problem> {
    let over = || Problem::from(Code::CeremonyOver);
    let finished = async {
        let (consent, secret) = Flow::Link.kept(&state.settings, &headers).ok_or_else(over)?;
        let consent = ConsentId::parse(&consent).map_err(|_| over())?;
        links::finish(&state, &caller, consent, query.with(&secret)).await
    };
    let finished = finished.await;
    let forget = AppendHeaders(set_cookie(&Flow::Link.forget(&state.settings)));
    match finished {
        Ok(link) => Ok((forget, Redirect::to(&format!("/links/{}?new=yes", link.id))).into_response()),
        Err(problem) => Ok((forget, overview_of(&state, caller, Some(problem)).await?).into_response()),
    }
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
