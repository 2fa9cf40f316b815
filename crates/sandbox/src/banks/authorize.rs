//! The bank's own pages: sign in, one-time password, consent.

use super::{
    accounts,
    flow::{self, Flow, Next, Step},
    issuer, list,
};
use crate::{
    AppState,
    pages::{Lang, page, yen},
};
use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::collections::BTreeMap;

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
    client: String,
    wrong: bool,
}

fn show(state: &AppState, lang: Lang, flow: Flow, account: String, wrong: bool) -> Response {
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
        purpose: flow.params.purpose,
        per_debit: yen(flow.params.per_debit_limit),
        per_day: yen(flow.params.per_day_limit),
        account,
        client: state.settings.client_id.clone(),
        wrong,
    };
    page(StatusCode::OK, &template)
}

fn over(lang: Lang) -> Response {
    let text = lang.pick(
        "この申し込みは終わっています。ウォレットからやり直してください。\n",
        "This request is over; begin again in the wallet.\n",
    );
    (StatusCode::GONE, text).into_response()
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
        return again(&state, lang, id, false).await;
    }
    let (Some(request_uri), Some(client_id)) = (asked.request_uri, asked.client_id) else {
        return (StatusCode::BAD_REQUEST, "only pushed requests are taken: client_id and request_uri\n")
            .into_response();
    };
    if client_id != state.settings.client_id {
        return (StatusCode::BAD_REQUEST, "client_id is not registered\n").into_response();
    }
    match state.db.write(move |tx| flow::open(tx, &code, &request_uri)).await {
        Ok(Some(flow)) => show(&state, lang, flow, String::new(), false),
        Ok(None) => over(lang),
        Err(fault) => fault.into_response(),
    }
}

async fn again(state: &AppState, lang: Lang, id: String, wrong: bool) -> Response {
    let found = state
        .db
        .read(move |c| {
            let flow = flow::by_id(c, &id)?;
            let account = match flow.as_ref().and_then(|flow| flow.account_id.as_deref()) {
                Some(account_id) => accounts::by_id(c, account_id)?,
                None => None,
            };
            Ok((flow, account))
        })
        .await;
    match found {
        Ok((Some(flow), account)) => {
            let account = account.map(|account| super::attestation::masked(&account)).unwrap_or_default();
            show(state, lang, flow, account, wrong)
        }
        Ok((None, _)) => over(lang),
        Err(fault) => fault.into_response(),
    }
}

pub(super) async fn step(
    State(state): State<AppState>,
    lang: Lang,
    Path(code): Path<String>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let id = form.get("flow").cloned().unwrap_or_default();
    let (kept, issuer) = (id.clone(), issuer(&state, &code));
    let answered = state
        .db
        .write(move |tx| match flow::by_id(tx, &kept)?.filter(|flow| flow.bank.code == code) {
            Some(flow) => flow.answer(tx, &issuer, &form),
            None => Ok(Next::Over),
        })
        .await;
    match answered {
        Ok(Next::Back(url)) => Redirect::to(&url).into_response(),
        Ok(Next::Page { wrong }) => again(&state, lang, id, wrong).await,
        Ok(Next::Over) => over(lang),
        Err(fault) => fault.into_response(),
    }
}
