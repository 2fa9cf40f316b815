//! Outside identities that are bound to a wallet: the list, and the end of one.

use crate::{
    AppState,
    api::federation::NamedOpenIdProvider,
    body::{Json, Path},
    credentials::Caller,
    looking::look_as,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Need,
    sessions::{Federation, UnbindFederation},
};
use serde::Serialize;
use store::look;
use terms::Time;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_bound)).routes(routes!(unbind_provider))
}

/// An outside identity that is bound to this wallet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoundIdentity)]
pub(crate) struct BoundShown {
    /// The provider's name; nothing if people can no longer sign in through it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    /// The provider's name for people, or its issuer.
    pub(crate) label: String,
    /// When it was bound.
    bound_at: String,
    #[serde(skip)]
    pub(crate) since: Time,
}

/// All outside identities that are bound to this wallet.
#[derive(Debug, Serialize, ToSchema)]
struct BoundList {
    /// One per identity.
    identities: Vec<BoundShown>,
}

/// The outside identities that are bound to this wallet
#[utoipa::path(
    get, path = "/v1/federated-identities", tag = "sessions",
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = BoundList))
)]
async fn list_bound(State(state): State<AppState>, caller: Caller) -> Result<Json<BoundList>, Problem> {
    Ok(Json(BoundList { identities: bound(&state, &caller).await? }))
}

/// The outside identities of whoever asks, in the asker's language.
pub(crate) async fn bound(state: &AppState, caller: &Caller) -> Result<Vec<BoundShown>, Problem> {
    let bound = look_as(state, caller, Need::LOOK, |shelf, standing, _| {
        Ok(Ok(look::federations_of(shelf, standing.customer.id)?))
    });
    let shown = |bound: Federation| {
        let known = state.openid_providers.iter().find(|known| known.openid.issuer() == bound.issuer);
        let label = known.map(|known| known.label(caller.language.locale()).to_owned());
        BoundShown {
            provider: known.map(|known| known.name.clone()),
            label: label.unwrap_or(bound.issuer),
            bound_at: bound.bound_at.to_string(),
            since: bound.bound_at,
        }
    };
    Ok(bound.await?.into_iter().map(shown).collect())
}

/// Unbind what was bound through a provider
///
/// Needs a step-up. Sessions that a provider vouched for end, and phone and mailbox are told.
#[utoipa::path(
    delete, path = "/v1/federated-identities/{provider}", tag = "sessions",
    params(("provider" = String, Path, description = "The provider's name")),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 204, description = "Unbound"))
)]
async fn unbind_provider(
    State(state): State<AppState>,
    caller: Caller,
    Path(provider): Path<String>,
) -> Result<StatusCode, Problem> {
    unbind(&state, &caller, &provider).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Unbinds for whoever is signed in.
pub(crate) async fn unbind(state: &AppState, caller: &Caller, provider: &str) -> Result<(), Problem> {
    let session = caller.session()?;
    let issuer = |known: &NamedOpenIdProvider| known.openid.issuer().to_owned();
    let known = state.openid_providers.iter().find(|known| known.name == provider).map(issuer);
    // An unknown name goes on to the decision as well: it is remembered, and tells nothing before the step-up.
    let ask = UnbindFederation { session, issuer: known.unwrap_or_default() };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}
