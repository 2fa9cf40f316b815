//! The bank's own pages: sign in, one-time password, consent.

use super::{
    accounts::{self, Account},
    flow::{self, Flow, Next, Step},
    issuer, list,
};
use crate::{
    AppState,
    pages::{Lang, notice, page, yen},
    people::{self, Person},
};
use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use rusqlite::Connection;
use serde::Deserialize;
use std::collections::BTreeMap;

/// People of whom a page gives away what they would type.
const HINTS_MAX: usize = 12;

#[derive(Template)]
#[template(path = "bank.html")]
struct Page {
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
    client: String,
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
        client: state.settings.client_id.clone(),
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
    Query(asked): Query<Asked>,
) -> Response {
    if let Some(id) = asked.flow {
        return again(&state, lang, code, id, false).await;
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
    let own_code = code.clone();
    match state.db.write(move |tx| flow::open(tx, &own_code, &request_uri)).await {
        Ok(Some(flow)) => again(&state, lang, code, flow.id, false).await,
        Ok(None) => over(lang),
        Err(fault) => fault.into_response(),
    }
}

async fn again(state: &AppState, lang: Lang, code: String, id: String, wrong: bool) -> Response {
    let found = state
        .db
        .read(move |c| {
            let Some(flow) = flow::by_id(c, &id)?.filter(|flow| flow.bank.code == code) else {
                return Ok(None);
            };
            let account = match &flow.account_id {
                Some(account_id) => accounts::by_id(c, account_id)?,
                None => None,
            };
            Ok(Some((flow, account, hints(c, &code)?)))
        })
        .await;
    match found {
        Ok(Some((flow, account, hints))) => show(state, lang, flow, account, hints, wrong),
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
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let id = form.get("flow").cloned().unwrap_or_default();
    let (kept, issuer, own_code) = (id.clone(), issuer(&state, &code), code.clone());
    let answered = state
        .db
        .write(move |tx| match flow::by_id(tx, &kept)?.filter(|flow| flow.bank.code == own_code) {
            Some(flow) => flow.answer(tx, &issuer, &form),
            None => Ok(Next::Over),
        })
        .await;
    match answered {
        Ok(Next::Back(url)) => Redirect::to(&url).into_response(),
        Ok(Next::Page { wrong }) => again(&state, lang, code, id, wrong).await,
        Ok(Next::Over) => over(lang),
        Err(fault) => fault.into_response(),
    }
}
