//! The pages to prove one's identity: choose a way, go to the verifier, come back.

use crate::{
    AppState,
    api::identity::{self, MethodShown},
    away::{Flow, IDENTITY_RETURN_PATH, ReturnedQuery},
    body::{Form, Query},
    credentials::Caller,
    looking::look_as,
    page::{Page, Tab, html},
    pages::sessions::set_cookie,
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::get,
};
use engine::{Code, Need};
use serde::Deserialize;
use terms::ProofingId;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/me/identity", get(choose).post(leave)).route(IDENTITY_RETURN_PATH, get(returned))
}

#[derive(Template)]
#[template(path = "identity/identity.html")]
struct Choose {
    page: Page,
    methods: Vec<MethodShown>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodForm {
    method: String,
}

async fn choose(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    look_as(&state, &caller, Need::ACT, |_, _, _| Ok(Ok(()))).await?;
    let methods = identity::methods(&state, &caller);
    Ok(html(&Choose { page: Page::new(&state, &caller, "identity-title").tab(Tab::Me), methods }))
}

async fn leave(
    State(state): State<AppState>,
    caller: Caller,
    Form(form): Form<MethodForm>,
) -> Result<Response, Problem> {
    let begun = identity::begin(&state, &caller, &form.method).await?;
    let cookie = set_cookie(&Flow::Identity.keep(&state.settings, &begun.proofing, &begun.flow_secret));
    Ok((AppendHeaders(cookie), Redirect::to(&begun.start_url)).into_response())
}

async fn returned(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ReturnedQuery>,
) -> Result<Response, Problem> {
    let kept = Flow::Identity.kept(&state.settings, &headers);
    let (proofing, secret) = kept.ok_or_else(|| Problem::from(Code::CeremonyOver))?;
    let proofing = ProofingId::parse(&proofing).map_err(|_| Problem::from(Code::CeremonyOver))?;
    identity::finish(&state, &caller, proofing, &query.with(&secret)).await?;
    let forget = set_cookie(&Flow::Identity.forget(&state.settings));
    Ok((AppendHeaders(forget), Redirect::to("/me")).into_response())
}
