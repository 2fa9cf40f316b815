//! Passkeys: the list, one more, one less.

use crate::{
    AppState,
    api::{sessions::RequestOptions, sign_up::Empty},
    body::{Json, Path},
    credentials::Caller,
    looking::look_as,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Need,
    sessions::{AddPasskey, Authenticator, BeginCeremony, CeremonyKind, RemovePasskey},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::look;
use terms::{AuthenticatorId, CeremonyId, Time};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_passkeys, add_passkey))
        .routes(routes!(passkey_options))
        .routes(routes!(remove_passkey))
}

/// A passkey that opens the wallet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub(crate) struct PasskeyShown {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// When it was bound.
    created_at: String,
    #[serde(skip)]
    pub(crate) since: Time,
}

/// All passkeys that open the wallet.
#[derive(Debug, Serialize, ToSchema)]
struct PasskeyList {
    /// The oldest first.
    passkeys: Vec<PasskeyShown>,
}

/// The passkey that was bound.
#[derive(Debug, Serialize, ToSchema)]
struct PasskeyAdded {
    /// The passkey.
    passkey: PasskeyShown,
}

/// A passkey that was made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddPasskeyBody {
    /// The round.
    #[schema(value_type = String)]
    ceremony: CeremonyId,
    /// What `PublicKeyCredential.toJSON()` gave.
    #[schema(value_type = Object)]
    credential: Value,
    /// Its name for people, 1 to 60 characters.
    name: String,
}

fn shown(bound: &Authenticator) -> PasskeyShown {
    PasskeyShown {
        id: bound.id.to_string(),
        name: bound.name.clone(),
        created_at: bound.created_at.to_string(),
        since: bound.created_at,
    }
}

/// The passkeys that open the wallet
#[utoipa::path(
    get, path = "/v1/passkeys", tag = "sessions", security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = PasskeyList))
)]
async fn list_passkeys(State(state): State<AppState>, caller: Caller) -> Result<Json<PasskeyList>, Problem> {
    Ok(Json(PasskeyList { passkeys: passkeys(&state, &caller).await? }))
}

/// The passkeys of whoever asks.
pub(crate) async fn passkeys(state: &AppState, caller: &Caller) -> Result<Vec<PasskeyShown>, Problem> {
    look_as(state, caller, Need::LOOK, |shelf, standing, _| {
        Ok(Ok(look::authenticators_of(shelf, standing.customer.id)?.iter().map(shown).collect()))
    })
    .await
}

/// Options to make another passkey
///
/// Needs a step-up.
#[utoipa::path(
    post, path = "/v1/passkeys/options", tag = "sessions", request_body = Empty,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = RequestOptions))
)]
async fn passkey_options(
    State(state): State<AppState>,
    caller: Caller,
    Json(Empty {}): Json<Empty>,
) -> Result<Json<RequestOptions>, Problem> {
    let (customer, bound) = look_as(&state, &caller, Need::CHANGE, |shelf, standing, _| {
        let bound = look::authenticators_of(shelf, standing.customer.id)?;
        Ok(Ok((standing.customer.clone(), bound)))
    })
    .await?;
    let offer = state.passkeys().offer_new(customer.id, customer.email.as_str(), &bound)?;
    let ask = BeginCeremony {
        session: Some(caller.session()?),
        kind: CeremonyKind::AddPasskey,
        state: offer.state,
    };
    let begun = state.teller.ask(ask, caller.source.clone()).await?;
    Ok(Json(RequestOptions { ceremony: begun.ceremony.to_string(), public_key: offer.options }))
}

/// Bind another passkey
///
/// Needs a step-up; phone and mailbox are told.
#[utoipa::path(
    post, path = "/v1/passkeys", tag = "sessions", request_body = AddPasskeyBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 201, body = PasskeyAdded))
)]
async fn add_passkey(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<AddPasskeyBody>,
) -> Result<(StatusCode, Json<PasskeyAdded>), Problem> {
    let (session, ceremony) = (caller.session()?, body.ceremony);
    let begun = state.teller.look(move |shelf| look::ceremony_of(shelf, ceremony)).await?;
    let made = match begun {
        Some(begun) if begun.kind == CeremonyKind::AddPasskey => {
            state.passkeys().made(&body.credential, &begun.state)?
        }
        _ => None,
    };
    let ask = AddPasskey { session, ceremony, made, name: body.name };
    let bound = state.teller.ask(ask, caller.source.clone()).await?;
    Ok((StatusCode::CREATED, Json(PasskeyAdded { passkey: shown(&bound) })))
}

/// Remove a passkey
///
/// Needs a step-up; the sessions that it opened end, phone and mailbox are told. The last one stays.
#[utoipa::path(
    delete, path = "/v1/passkeys/{passkey}", tag = "sessions",
    security(("session" = []), ("session_cookie" = [])),
    params(("passkey" = String, Path, description = "The passkey")),
    responses((status = 204, description = "It opens nothing any more"))
)]
async fn remove_passkey(
    State(state): State<AppState>,
    caller: Caller,
    Path(passkey): Path<AuthenticatorId>,
) -> Result<StatusCode, Problem> {
    remove(&state, &caller, passkey).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a passkey.
pub(crate) async fn remove(
    state: &AppState,
    caller: &Caller,
    passkey: AuthenticatorId,
) -> Result<(), Problem> {
    let ask = RemovePasskey { session: caller.session()?, passkey };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}
