//! Operators' rules: one person proposes, a second one promotes.

use crate::{
    AppState,
    body::{Json, Path, Query},
    credentials::{Caller, Operator},
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Code,
    rules::{PromoteRules, ProposeRules, RetireRules, RuleSet, RuleSetState, Touched},
};
use gate::rules::{Mistake, Rule, RuleBook};
use serde::{Deserialize, Serialize};
use store::look;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const LISTED_MAX: u32 = 50;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(propose_rules, list_rules))
        .routes(routes!(promote_rules))
        .routes(routes!(retire_rules))
}

/// A set of rules.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRulesBody {
    /// The file, in TOML: see `docs/rules.md`.
    rules: String,
    /// Why, in 3 to 500 characters.
    #[schema(example = "many wallets for one bank account since noon")]
    reason: String,
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesReasonBody {
    /// Why, in 3 to 500 characters.
    #[schema(example = "a day in shadow, nobody annoyed")]
    reason: String,
}

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct RulesQuery {
    /// Only versions before this one.
    before: Option<u32>,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
struct TouchedView {
    /// Who.
    by: String,
    /// When.
    at: String,
    /// Why.
    reason: String,
}

/// One rule.
#[derive(Debug, Serialize, ToSchema)]
struct RuleView {
    /// Its code.
    code: String,
    /// Its own version.
    version: u32,
    /// At which steps it is asked.
    #[schema(example = json!(["top_up"]))]
    steps: Vec<&'static str>,
    /// Its condition.
    when: String,
    /// What it adds to a verdict: 30 step up, 60 review, 100 deny.
    weight: u32,
    /// Since when it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// From when on it is not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// What it means, in Japanese.
    says_ja: String,
    /// What it means, in English.
    says_en: String,
}

/// One set of rules.
#[derive(Debug, Serialize, ToSchema)]
struct RuleSetView {
    /// Its version, in the order proposed.
    version: u32,
    /// `shadow`, `active` or `retired`.
    #[schema(value_type = String, example = "shadow")]
    state: RuleSetState,
    /// The first person.
    proposed: TouchedView,
    /// The second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    promoted: Option<TouchedView>,
    /// Who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    retired: Option<TouchedView>,
    /// Its rules.
    rules: Vec<RuleView>,
    /// The file as it was proposed.
    text: String,
}

/// Sets of rules.
#[derive(Debug, Serialize, ToSchema)]
struct RuleSetList {
    /// The newest first, at most 50; retired ones too.
    sets: Vec<RuleSetView>,
}

fn touched(touched: &Touched) -> TouchedView {
    TouchedView { by: touched.by.to_string(), at: touched.at.to_string(), reason: touched.reason.clone() }
}

fn rule(rule: &Rule) -> RuleView {
    RuleView {
        code: rule.code.clone(),
        version: rule.version,
        steps: rule.steps.iter().map(|step| step.as_str()).collect(),
        when: rule.text.clone(),
        weight: rule.weight,
        from: rule.from.map(|time| time.to_string()),
        until: rule.until.map(|time| time.to_string()),
        says_ja: rule.says.0.clone(),
        says_en: rule.says.1.clone(),
    }
}

fn view(set: &RuleSet) -> RuleSetView {
    // What a program before this one took and this one cannot read is shown as its text alone.
    let book = RuleBook::read_again(&set.text).unwrap_or_default();
    RuleSetView {
        version: set.version,
        state: set.state(),
        proposed: touched(&set.proposed),
        promoted: set.promoted.as_ref().map(touched),
        retired: set.retired.as_ref().map(touched),
        rules: book.rules().iter().map(rule).collect(),
        text: set.text.clone(),
    }
}

fn refused(mistakes: &[Mistake]) -> Problem {
    let lines: Vec<String> = mistakes
        .iter()
        .map(|mistake| format!("line {}, column {}: {}", mistake.line, mistake.column, mistake.what))
        .collect();
    Problem::from(Code::FieldNotAllowed).field("rules", lines.join("\n"))
}

/// Propose rules
///
/// The first of two people. They are asked from now on and noted with weight 0 (shadow); nothing else changes until a
/// second, different person promotes them. What is wrong with the file is told by line and column.
#[utoipa::path(
    post, path = "/v1/operator/rules", tag = "operator", request_body = NewRulesBody,
    security(("operator_token" = [])),
    responses((status = 201, body = RuleSetView))
)]
async fn propose_rules(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Json(body): Json<NewRulesBody>,
) -> Result<(StatusCode, Json<RuleSetView>), Problem> {
    RuleBook::read(&body.rules).map_err(|mistakes| refused(&mistakes))?;
    let ask = ProposeRules { by: operator.name, text: body.rules, reason: body.reason };
    let set = state.teller.ask(ask, caller.source).await?;
    Ok((StatusCode::CREATED, Json(view(&set))))
}

/// List sets of rules
#[utoipa::path(
    get, path = "/v1/operator/rules", tag = "operator", params(RulesQuery), security(("operator_token" = [])),
    responses((status = 200, body = RuleSetList))
)]
async fn list_rules(
    State(state): State<AppState>,
    _: Operator,
    Query(query): Query<RulesQuery>,
) -> Result<Json<RuleSetList>, Problem> {
    let found = state.teller.look(move |shelf| look::rule_sets(shelf, query.before, LISTED_MAX)).await?;
    Ok(Json(RuleSetList { sets: found.iter().map(view).collect() }))
}

/// Promote rules
///
/// The second of two people: the set weighs with this answer, and the one that did before is retired.
#[utoipa::path(
    post, path = "/v1/operator/rules/{version}/promote", tag = "operator", request_body = RulesReasonBody,
    params(("version" = u32, Path, description = "The set's version")), security(("operator_token" = [])),
    responses((status = 200, body = RuleSetView))
)]
async fn promote_rules(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Path(version): Path<u32>,
    Json(body): Json<RulesReasonBody>,
) -> Result<Json<RuleSetView>, Problem> {
    let ask = PromoteRules { by: operator.name, version, reason: body.reason };
    Ok(Json(view(&state.teller.ask(ask, caller.source).await?)))
}

/// Retire rules
///
/// One person, at once: a rule that shuts out everybody cannot wait for a second one. The detectors stay.
#[utoipa::path(
    post, path = "/v1/operator/rules/{version}/retire", tag = "operator", request_body = RulesReasonBody,
    params(("version" = u32, Path, description = "The set's version")), security(("operator_token" = [])),
    responses((status = 200, body = RuleSetView))
)]
async fn retire_rules(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Path(version): Path<u32>,
    Json(body): Json<RulesReasonBody>,
) -> Result<Json<RuleSetView>, Problem> {
    let ask = RetireRules { by: operator.name, version, reason: body.reason };
    Ok(Json(view(&state.teller.ask(ask, caller.source).await?)))
}
