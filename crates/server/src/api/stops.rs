//! Stops: one person stops, two different people resume (P7).

use crate::{
    AppState,
    body::{Json, Path},
    credentials::{Caller, Operator},
    problem::Problem,
};
use axum::extract::State;
use engine::{
    Code, Refusal,
    stops::{AskToResume, ConfirmResume, Stop},
};
use gate::{Breaker, Level, Scope, Setting, Stopper};
use serde::{Deserialize, Serialize};
use store::look;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_stops, stop))
        .routes(routes!(ask_to_resume))
        .routes(routes!(confirm_resume))
}

/// A stop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StopBody {
    /// `all`, `bank:0001`, `method:0001:METHOD` or `operation:OPERATION`.
    #[schema(example = "bank:0001")]
    scope: String,
    /// How far it goes at banks; each includes those before: `links`, `young_top_ups`, `top_ups`.
    #[schema(value_type = String, example = "links")]
    level: Level,
    /// Why, in 3 to 500 characters.
    #[schema(example = "failures tripled since noon")]
    reason: String,
}

/// What the first of two asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResumeBody {
    /// `probing_1`, `probing_10` or `closed`.
    #[schema(value_type = String, example = "probing_1")]
    to: Setting,
    /// The version that was looked at.
    version: u64,
    /// Why, in 3 to 500 characters.
    reason: String,
}

/// What the second of two agrees to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmBody {
    /// What was asked for: `probing_1`, `probing_10` or `closed`.
    #[schema(value_type = String, example = "probing_1")]
    to: Setting,
    /// The version that was looked at.
    version: u64,
}

/// A loosening that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
struct ResumeView {
    /// Who asked.
    by: String,
    /// When.
    at: String,
    /// What shall come next.
    #[schema(value_type = String)]
    to: Setting,
    /// Why.
    reason: String,
}

/// One breaker.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StopView {
    /// What it is about.
    scope: String,
    /// How far it goes.
    #[schema(value_type = String)]
    level: Level,
    /// `open`, `probing_1`, `probing_10` or `closed`.
    #[schema(value_type = String)]
    setting: Setting,
    /// Who or what stopped: `operator:NAME`, `alarm:CODE` or `bank:CODE`.
    stopped_by: String,
    /// When.
    stopped_at: String,
    /// Why.
    reason: String,
    /// What waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    resume: Option<ResumeView>,
    /// Grows with every change; a resume names it.
    version: u64,
}

/// What is stopped.
#[derive(Debug, Serialize, ToSchema)]
struct StopList {
    /// In the order of their scopes; closed ones are left out.
    stops: Vec<StopView>,
}

fn view(breaker: &Breaker) -> StopView {
    StopView {
        scope: breaker.scope.to_string(),
        level: breaker.level,
        setting: breaker.setting,
        stopped_by: match &breaker.stopped_by {
            Stopper::Operator(name) => format!("operator:{name}"),
            Stopper::Alarm(code) => format!("alarm:{code}"),
            Stopper::Bank(bank) => format!("bank:{bank}"),
        },
        stopped_at: breaker.stopped_at.to_string(),
        reason: breaker.reason.clone(),
        resume: breaker.resume.as_ref().map(|resume| ResumeView {
            by: resume.by.to_string(),
            at: resume.at.to_string(),
            to: resume.to,
            reason: resume.reason.clone(),
        }),
        version: breaker.version,
    }
}

fn scope_in(text: &str) -> Result<Scope, Problem> {
    text.parse().map_err(|_| Refusal::new(Code::FieldNotAllowed).field("scope").into())
}

/// What is stopped
#[utoipa::path(
    get, path = "/v1/operator/stops", tag = "operator", security(("operator_token" = [])),
    responses((status = 200, body = StopList))
)]
async fn list_stops(State(state): State<AppState>, _: Operator) -> Result<Json<StopList>, Problem> {
    let stops = state.teller.look(look::stops).await?;
    Ok(Json(StopList { stops: stops.iter().map(view).collect() }))
}

/// Stop something
///
/// In force on every node with this answer, also for what is under way: a person who comes back from the bank finds
/// the door closed, and a debit that the bank was not asked for yet is not made. A stop only ever tightens.
#[utoipa::path(
    post, path = "/v1/operator/stops", tag = "operator", request_body = StopBody,
    security(("operator_token" = [])),
    responses((status = 200, body = StopView))
)]
async fn stop(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Json(body): Json<StopBody>,
) -> Result<Json<StopView>, Problem> {
    let scope = scope_in(&body.scope)?;
    let ask = Stop { by: operator.name, scope, level: body.level, reason: body.reason };
    Ok(Json(view(&state.teller.ask(ask, caller.source).await?)))
}

/// Ask to resume
///
/// The first of two people. Nothing changes until a second, different one confirms; who stopped cannot be the second.
#[utoipa::path(
    post, path = "/v1/operator/stops/{scope}/resume", tag = "operator", request_body = ResumeBody,
    params(("scope" = String, Path, description = "The scope")), security(("operator_token" = [])),
    responses((status = 200, body = StopView))
)]
async fn ask_to_resume(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Path(scope): Path<Scope>,
    Json(body): Json<ResumeBody>,
) -> Result<Json<StopView>, Problem> {
    let ResumeBody { to, version, reason } = body;
    let ask = AskToResume { by: operator.name, scope, to, version, reason };
    Ok(Json(view(&state.teller.ask(ask, caller.source).await?)))
}

/// Confirm a resume
///
/// The second of two people: in force with this answer.
#[utoipa::path(
    post, path = "/v1/operator/stops/{scope}/confirm", tag = "operator", request_body = ConfirmBody,
    params(("scope" = String, Path, description = "The scope")), security(("operator_token" = [])),
    responses((status = 200, body = StopView))
)]
async fn confirm_resume(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Path(scope): Path<Scope>,
    Json(body): Json<ConfirmBody>,
) -> Result<Json<StopView>, Problem> {
    let ConfirmBody { to, version } = body;
    let ask = ConfirmResume { by: operator.name, scope, to, version };
    Ok(Json(view(&state.teller.ask(ask, caller.source).await?)))
}
