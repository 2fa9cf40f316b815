//! The operator's staff: each person has a name and a token of their own.

use crate::{
    AppState,
    body::{Json, Path},
    credentials::{Caller, Operator, digest_of},
    draw,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Code, Refusal,
    operators::{AddOperator, EndOperator},
};
use serde::{Deserialize, Serialize};
use store::look;
use terms::OperatorName;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(add_operator, list_operators)).routes(routes!(end_operator))
}

/// A person who joins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOperatorBody {
    /// The name in the journal: 2 to 40 of a-z, 0-9, `.` and `-`, a letter first. It is never given to anybody else.
    #[schema(example = "akari")]
    name: String,
}

/// A person who joined.
#[derive(Serialize, ToSchema)]
struct NewOperator {
    /// The name.
    name: String,
    /// The token, `op_…`. It is shown once.
    token: String,
}

/// One person.
#[derive(Debug, Serialize, ToSchema)]
struct OperatorView {
    /// The name.
    name: String,
    /// Who added them.
    added_by: String,
    /// Since when.
    since: String,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// Everybody.
#[derive(Debug, Serialize, ToSchema)]
struct OperatorList {
    /// In the order of their names, also those who left.
    operators: Vec<OperatorView>,
}

fn name_in(text: &str) -> Result<OperatorName, Problem> {
    OperatorName::parse(text).map_err(|_| Refusal::new(Code::FieldNotAllowed).field("name").into())
}

/// Add a person to the staff
#[utoipa::path(
    post, path = "/v1/operator/operators", tag = "operator", request_body = NewOperatorBody,
    security(("operator_token" = [])),
    responses((status = 201, body = NewOperator))
)]
async fn add_operator(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Json(body): Json<NewOperatorBody>,
) -> Result<(StatusCode, Json<NewOperator>), Problem> {
    let name = name_in(&body.name)?;
    let (token, _) = draw::token()?;
    let token = format!("op_{}", token.expose());
    let ask = AddOperator { by: operator.name, name, token: digest_of(&token) };
    let name = state.teller.ask(ask, caller.source).await?.name.to_string();
    Ok((StatusCode::CREATED, Json(NewOperator { name, token })))
}

/// Everybody of the staff
#[utoipa::path(
    get, path = "/v1/operator/operators", tag = "operator", security(("operator_token" = [])),
    responses((status = 200, body = OperatorList))
)]
async fn list_operators(State(state): State<AppState>, _: Operator) -> Result<Json<OperatorList>, Problem> {
    let found = state.teller.look(look::operators).await?;
    let view = |operator: &engine::operators::Operator| OperatorView {
        name: operator.name.to_string(),
        added_by: operator.added_by.to_string(),
        since: operator.created_at.to_string(),
        until: operator.ended_at.map(|at| at.to_string()),
    };
    Ok(Json(OperatorList { operators: found.iter().map(view).collect() }))
}

/// End a person's token
#[utoipa::path(
    delete, path = "/v1/operator/operators/{name}", tag = "operator", security(("operator_token" = [])),
    params(("name" = String, Path, description = "The person's name")),
    responses((status = 204))
)]
async fn end_operator(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Path(name): Path<OperatorName>,
) -> Result<StatusCode, Problem> {
    let ask = EndOperator { by: operator.name, name };
    state.teller.ask(ask, caller.source).await?;
    Ok(StatusCode::NO_CONTENT)
}
