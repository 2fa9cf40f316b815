//! Off to a bank and back: which bank, how it checks, how much may be debited.

use super::{
    links::overview_of,
    typed::{self, Slip},
};
use crate::{
    AppState,
    api::links::{self, ConsentBody},
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
    routing::get,
};
use engine::{
    Code, Need,
    directory::{Bank, Directory},
    sign_up::Locale,
};
use serde::Deserialize;
use terms::{BankCode, ConsentId, Yen};
use uuid::Uuid;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/bank/new", get(choose_bank))
        .route("/bank/new/{bank}", get(choose_method).post(leave))
        .route("/links/return", get(returned))
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

pub(super) fn in_language(locale: Locale, ja: &str, en: &str) -> String {
    match locale {
        Locale::Ja => ja.to_owned(),
        Locale::En => en.to_owned(),
    }
}

pub(super) fn bank_name(bank: &Bank, locale: Locale) -> String {
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
