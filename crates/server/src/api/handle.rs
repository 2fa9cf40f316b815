//! The name that a customer gives out to be paid.

use crate::{AppState, body::Json, credentials::Caller, problem::Problem};
use axum::extract::State;
use engine::sign_up::ChooseHandle;
use serde::{Deserialize, Serialize};
use terms::Handle;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(choose_handle))
}

/// A name to be paid under.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandleBody {
    /// 3 to 20 of a–z, 0–9 and `_`, a letter first; with or without `@`.
    #[schema(value_type = String, example = "hanako")]
    handle: Handle,
}

/// The name that was chosen.
#[derive(Debug, Serialize, ToSchema)]
struct HandleAnswer {
    /// With `@`.
    #[schema(example = "@hanako")]
    handle: String,
}

/// Choose the name to be paid under
///
/// Whoever had another name before gives it up.
#[utoipa::path(
    put, path = "/v1/wallet/handle", tag = "payments", request_body = HandleBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = HandleAnswer))
)]
async fn choose_handle(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<HandleBody>,
) -> Result<Json<HandleAnswer>, Problem> {
    let handle = choose(&state, &caller, body.handle).await?;
    Ok(Json(HandleAnswer { handle: format!("@{handle}") }))
}

/// Chooses a handle for whoever is signed in.
pub(crate) async fn choose(state: &AppState, caller: &Caller, handle: Handle) -> Result<Handle, Problem> {
    let ask = ChooseHandle { session: caller.session()?, handle };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}
