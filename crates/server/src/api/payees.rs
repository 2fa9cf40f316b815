//! Who is behind a handle: the masked name, for those who may pay.

use crate::{AppState, body::Json, credentials::Caller, problem::Problem};
use axum::extract::State;
use engine::payments::LookUpPayee;
use serde::{Deserialize, Serialize};
use terms::Handle;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(look_up_payee))
}

/// Whom to look up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandleToLookUp {
    /// The payee's handle, with or without `@`.
    #[schema(value_type = String, example = "@hanako")]
    handle: Handle,
}

/// A payee.
#[derive(Debug, Serialize, ToSchema)]
struct PayeeAnswer {
    /// The name in kana, all but the first of each part hidden.
    #[schema(example = "ヤ● ハ●")]
    masked_name: String,
}

/// Look a payee up
///
/// The refusal is the same for a handle that nobody has and for one that cannot be paid.
#[utoipa::path(
    post, path = "/v1/payees", tag = "payments", request_body = HandleToLookUp,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = PayeeAnswer))
)]
async fn look_up_payee(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<HandleToLookUp>,
) -> Result<Json<PayeeAnswer>, Problem> {
    Ok(Json(PayeeAnswer { masked_name: masked_name(&state, &caller, body.handle).await? }))
}

/// The masked name of whoever has the handle.
pub(crate) async fn masked_name(
    state: &AppState,
    caller: &Caller,
    handle: Handle,
) -> Result<String, Problem> {
    let ask = LookUpPayee { session: caller.session()?, handle };
    Ok(state.teller.ask(ask, caller.source.clone()).await?.masked_name)
}
