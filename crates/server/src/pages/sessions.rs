//! The pages to sign in, to confirm an important step, and to get back in.

use super::typed::Slip;
use crate::{
    AppState,
    api::{
        federation::{self, OpenIdProviderShown, Purpose},
        recoveries,
        sessions::{self, Opened},
    },
    away::{FEDERATED_RETURN_PATH, Flow, ReturnedQuery},
    body::{Form, Json, Path, Query},
    credentials::{Caller, Cookies},
    page::{Page, html},
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use engine::Code;
use serde::Deserialize;
use serde_json::Value;
use terms::{CeremonyId, RecoveryId, Time};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in", get(sign_in))
        .route("/sign-in/passkey", post(open))
        .route("/sign-in/outside", post(leave_to_sign_in))
        .route(FEDERATED_RETURN_PATH, get(returned))
        .route("/step-up", get(step_up))
        .route("/recover", get(recover).post(begin_recovery))
        .route("/recover/{recovery}", get(recovery))
        .route("/recover/{recovery}/passkey", post(finish_recovery))
}

/// A passkey's answer from a page's script.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyAnswer {
    #[serde(default)]
    pub(crate) ceremony: Option<CeremonyId>,
    pub(crate) credential: Value,
    pub(crate) device_name: String,
    #[serde(default)]
    pub(crate) recovery_code: String,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub(crate) struct NextQuery {
    #[serde(default)]
    next: String,
}

impl NextQuery {
    /// A path of ours, or the fallback: nobody is sent elsewhere.
    fn path(&self, fallback: &str) -> String {
        let fine = self.next.starts_with('/')
            && !self.next.starts_with("//")
            && self.next.len() <= 200
            && self.next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if fine { self.next.clone() } else { fallback.to_owned() }
    }
}

#[derive(Template)]
#[template(path = "sessions/sign_in.html")]
struct SignIn {
    page: Page,
    next: String,
    providers: Vec<OpenIdProviderShown>,
}

#[derive(Template)]
#[template(path = "sessions/step_up.html")]
struct StepUp {
    page: Page,
    next: String,
}

#[derive(Template)]
#[template(path = "sessions/recover.html")]
struct Recover {
    page: Page,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "sessions/recovery.html")]
struct Recovering {
    page: Page,
    recovery: RecoveryId,
    ready_at: Option<Time>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenIdProviderForm {
    pub(crate) provider: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecoverForm {
    recovery_code: String,
}

/// `Set-Cookie` with this value.
pub(crate) fn set_cookie(value: &str) -> Option<(header::HeaderName, HeaderValue)> {
    Some((header::SET_COOKIE, HeaderValue::from_str(value).ok()?))
}

/// The session in a cookie that no script reads; the page's script gets nothing but the word that it worked.
pub(crate) fn signed_in(state: &AppState, opened: &Opened) -> Response {
    (AppendHeaders(session_cookie(state, opened)), axum::Json(serde_json::json!({}))).into_response()
}

fn session_cookie(state: &AppState, opened: &Opened) -> Option<(header::HeaderName, HeaderValue)> {
    let life_s = state.teller.policy().session_life_ms.as_millis() / 1_000;
    let life_s = u32::try_from(life_s).unwrap_or(u32::MAX);
    set_cookie(&Cookies::of(&state.settings).open_session(&opened.session.token, life_s))
}

/// Where a browser is sent that has to confirm first.
pub(crate) fn step_up_first(problem: Problem, next: &str) -> Response {
    if problem.code() == Code::StepUpNeeded.as_str() {
        return Redirect::to(&format!("/step-up?next={next}")).into_response();
    }
    problem.into_response()
}

async fn sign_in(State(state): State<AppState>, caller: Caller, Query(query): Query<NextQuery>) -> Response {
    let providers = federation::providers(&state, &caller);
    let page = Page::new(&state, &caller, "sign-in-title");
    html(&SignIn { page, next: query.path("/home"), providers })
}

async fn open(
    State(state): State<AppState>,
    caller: Caller,
    Json(answer): Json<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let ceremony = answer.ceremony.ok_or_else(|| Problem::from(Code::CeremonyOver))?;
    let opened =
        sessions::sign_in(&state, &caller, ceremony, &answer.credential, &answer.device_name).await?;
    Ok(signed_in(&state, &opened))
}

async fn leave_to_sign_in(
    State(state): State<AppState>,
    caller: Caller,
    Form(form): Form<OpenIdProviderForm>,
) -> Result<Response, Problem> {
    leave(&state, &caller, &form.provider, Purpose::SignIn).await
}

/// Sends the browser to a provider; the flow's secret stays in its cookie.
pub(crate) async fn leave(
    state: &AppState,
    caller: &Caller,
    provider: &str,
    purpose: Purpose,
) -> Result<Response, Problem> {
    let begun = federation::begin(state, caller, provider, purpose).await?;
    let cookie = set_cookie(&Flow::Federated.keep(&state.settings, &begun.flow, &begun.flow_secret));
    Ok((AppendHeaders(cookie), Redirect::to(&begun.authorize_url)).into_response())
}

async fn returned(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ReturnedQuery>,
) -> Result<Response, Problem> {
    let kept = Flow::Federated.kept(&state.settings, &headers);
    let (flow, secret) = kept.ok_or_else(|| Problem::from(Code::CeremonyOver))?;
    let flow = CeremonyId::parse(&flow).map_err(|_| Problem::from(Code::CeremonyOver))?;
    let forget = set_cookie(&Flow::Federated.forget(&state.settings));
    let opened = federation::finish(&state, &caller, flow, &query.with(&secret)).await?;
    let cookies = [forget, opened.as_ref().and_then(|opened| session_cookie(&state, opened))];
    let next = if opened.is_some() { "/home" } else { "/me" };
    Ok((AppendHeaders(cookies.into_iter().flatten()), Redirect::to(next)).into_response())
}

async fn step_up(State(state): State<AppState>, caller: Caller, Query(query): Query<NextQuery>) -> Response {
    html(&StepUp { page: Page::new(&state, &caller, "step-up-title"), next: query.path("/me") })
}

async fn recover(State(state): State<AppState>, caller: Caller) -> Response {
    html(&Recover { page: Page::new(&state, &caller, "recover-title"), slip: None })
}

async fn begin_recovery(
    State(state): State<AppState>,
    caller: Caller,
    Form(form): Form<RecoverForm>,
) -> Response {
    match recoveries::begin(&state, &caller, &form.recovery_code).await {
        Ok(begun) => {
            let ready_ms = begun.ready_at.millis();
            Redirect::to(&format!("/recover/{}?ready={ready_ms}", begun.recovery)).into_response()
        }
        Err(problem) => {
            let page = Page::new(&state, &caller, "recover-title");
            let slip = Some(Slip::told(&problem, &page));
            (problem.status(), html(&Recover { page, slip })).into_response()
        }
    }
}

/// When a recovery is ready, as the redirect before said.
#[derive(Deserialize)]
struct ReadyQuery {
    ready: Option<i64>,
}

async fn recovery(
    State(state): State<AppState>,
    caller: Caller,
    Path(recovery): Path<RecoveryId>,
    Query(query): Query<ReadyQuery>,
) -> Response {
    let page = Page::new(&state, &caller, "recovery-title");
    html(&Recovering { page, recovery, ready_at: query.ready.map(Time::from_millis) })
}

async fn finish_recovery(
    State(state): State<AppState>,
    caller: Caller,
    Path(recovery): Path<RecoveryId>,
    Json(answer): Json<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let PasskeyAnswer { credential, device_name, recovery_code, .. } = answer;
    let opened =
        recoveries::finish(&state, &caller, recovery, &recovery_code, &credential, device_name).await?;
    Ok(signed_in(&state, &opened))
}
