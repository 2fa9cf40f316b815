//! The bank's own pages: sign in, one-time password, consent.

use super::{
    accounts::{self, Account},
    browser::Browser,
    flow::{self, Flow, Next, Step},
    issuer, list,
};
use crate::{
    AppState, clients,
    pages::{Lang, notice, page, yen},
    people::{self, Person},
};
use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use rusqlite::Connection;
use serde::Deserialize;
use std::collections::BTreeMap;

/// People of whom a page gives away what they would type.
const HINTS_MAX: usize = 12;

#[derive(Template)]
#[template(path = "bank.html")]
struct Page<'a> {
    lang: Lang,
    bank: &'static list::Bank,
    flow: String,
    step: &'static str,
    method: String,
    factors: &'static [&'static str],
    purpose: String,
    per_debit: String,
    per_day: String,
    account: String,
    phone: String,
    client: &'a str,
    wrong: bool,
    hints: Vec<Hint>,
}

/// What one of the seeded people would type.
struct Hint {
    account: Account,
    person: Person,
}

fn show(
    state: &AppState,
    lang: Lang,
    flow: Flow,
    account: Option<Account>,
    hints: Vec<Hint>,
    wrong: bool,
) -> Response {
    let purpose = match flow.params.purpose.as_str() {
        "wallet_charge" => lang.pick("ウォレットへのチャージ", "Topping up a wallet").to_owned(),
        other => other.to_owned(),
    };
    let step = match flow.step {
        Step::Pushed | Step::Login => "login",
        Step::Otp => "otp",
        Step::Consent => "consent",
    };
    let template = Page {
        lang,
        bank: flow.bank,
        flow: flow.id,
        step,
        factors: list::factors(&flow.params.method),
        method: flow.params.method,
        purpose,
        per_debit: yen(flow.params.per_debit_limit),
        per_day: yen(flow.params.per_day_limit),
        account: account.as_ref().map(super::attestation::masked).unwrap_or_default(),
        phone: account.map(|account| account.phone).unwrap_or_default(),
        client: clients::display_name(&state.settings.client_id, lang),
        wrong,
        hints,
    };
    page(StatusCode::OK, &template)
}

fn over(lang: Lang) -> Response {
    notice(
        StatusCode::GONE,
        lang,
        "この申し込みは終わっています。ウォレットからやり直してください。",
        "This request is over; begin again in the wallet.",
    )
}

fn elsewhere(lang: Lang) -> Response {
    notice(
        StatusCode::FORBIDDEN,
        lang,
        "この申し込みは、別のブラウザーで始められました。始めたブラウザーで続けてください。",
        "This request was begun in another browser. Go on in that one.",
    )
}

#[derive(Deserialize)]
pub(super) struct Asked {
    request_uri: Option<String>,
    client_id: Option<String>,
    flow: Option<String>,
}

pub(super) async fn begin(
    State(state): State<AppState>,
    lang: Lang,
    Path(code): Path<String>,
    browser: Browser,
    Query(asked): Query<Asked>,
) -> Response {
    if let Some(id) = asked.flow {
        return again(&state, lang, code, id, browser, false).await;
    }
    let (Some(request_uri), Some(client_id)) = (asked.request_uri, asked.client_id) else {
        return notice(
            StatusCode::BAD_REQUEST,
            lang,
            "この銀行は、事前に登録された申し込み（client_id と request_uri）だけを受け付けます。",
            "This bank takes pushed requests only: client_id and request_uri.",
        );
    };
    if client_id != state.settings.client_id {
        let (ja, en) = ("この申し込み元は登録されていません。", "This client is not registered.");
        return notice(StatusCode::BAD_REQUEST, lang, ja, en);
    }
    let (own_code, browser) = (code.clone(), browser.named());
    let cookie = browser.cookie(&state, &code).map(|cookie| (header::SET_COOKIE, cookie));
    let opened = state.db.write(move |tx| {
        let flow = flow::open(tx, &own_code, &request_uri)?;
        if let Some(flow) = &flow {
            browser.takes(tx, &flow.id)?;
        }
        Ok(flow.map(|flow| (flow.id, browser)))
    });
    match opened.await {
        Ok(Some((flow, browser))) => {
            (AppendHeaders(cookie), again(&state, lang, code, flow, browser, false).await).into_response()
        }
        Ok(None) => over(lang),
        Err(fault) => fault.into_response(),
    }
}

async fn again(
    state: &AppState,
    lang: Lang,
    code: String,
    id: String,
    browser: Browser,
    wrong: bool,
) -> Response {
    let found = state
        .db
        .read(move |c| {
            let Some(flow) = flow::by_id(c, &id)?.filter(|flow| flow.bank.code == code) else {
                return Ok(None);
            };
            if !browser.has(c, &id)? {
                return Ok(Some(None));
            }
            let account = match &flow.account_id {
                Some(account_id) => accounts::by_id(c, account_id)?,
                None => None,
            };
            Ok(Some(Some((flow, account, hints(c, &code)?))))
        })
        .await;
    match found {
        Ok(Some(Some((flow, account, hints)))) => show(state, lang, flow, account, hints, wrong),
        Ok(Some(None)) => elsewhere(lang),
        Ok(None) => over(lang),
        Err(fault) => fault.into_response(),
    }
}

/// What the seeded people would type: they have no heads to keep it in.
fn hints(connection: &Connection, code: &str) -> rusqlite::Result<Vec<Hint>> {
    let mut hints = Vec::new();
    for account in accounts::accounts_at(connection, code)?.into_iter().take(HINTS_MAX) {
        if let Some(person) = people::by_id(connection, &account.person)? {
            hints.push(Hint { account, person });
        }
    }
    Ok(hints)
}

pub(super) async fn step(
    State(state): State<AppState>,
    lang: Lang,
    Path(code): Path<String>,
    browser: Browser,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let id = form.get("flow").cloned().unwrap_or_default();
    let (kept, issuer, own_code) = (id.clone(), issuer(&state, &code), code.clone());
    let answered = state.db.write(move |tx| {
        let next = match flow::by_id(tx, &kept)?.filter(|flow| flow.bank.code == own_code) {
            Some(flow) if browser.has(tx, &kept)? => Some(flow.answer(tx, &issuer, &form)?),
            Some(_) => None,
            None => Some(Next::Over),
        };
        Ok((next, browser))
    });
    match answered.await {
        Ok((Some(Next::Back(url)), _)) => Redirect::to(&url).into_response(),
        Ok((Some(Next::Page { wrong }), browser)) => again(&state, lang, code, id, browser, wrong).await,
        Ok((Some(Next::Over), _)) => over(lang),
        Ok((None, _)) => elsewhere(lang),
        Err(fault) => fault.into_response(),
    }
}
