//! Recovery of a lost sign-in: a code bound before, a delay with notice, a new passkey (H10).

use crate::{
    AppState,
    api::{
        sessions::{Opened, opened},
        sign_up::{CreationOptions, Empty},
    },
    body::{Json, Path},
    credentials::Caller,
    draw,
    looking::look_as,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Code, Context, Need,
    sessions::{
        BeginRecovery, CancelRecovery, FinishRecovery, MakeRecoveryCode, NewSession, OfferRecoveryPasskey,
        Recovery, RecoveryBegun,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::look;
use terms::{Digest, Moment, RecoveryId, Secret, Time};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(make_recovery_code))
        .routes(routes!(begin_recovery, list_recoveries))
        .routes(routes!(cancel_recovery))
        .routes(routes!(recovery_passkey_options))
        .routes(routes!(finish_recovery))
}

/// A recovery code, shown once.
#[derive(Serialize, ToSchema)]
struct NewRecoveryCode {
    /// Eight groups of four; write it down and keep it away from the phone.
    #[schema(example = "7M4K-9X2P-…")]
    recovery_code: String,
}

/// A recovery code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecoveryCodeBody {
    /// As it was written down; case, spaces and hyphens do not matter.
    recovery_code: String,
}

/// A new passkey for a wallet that is recovered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecoveryPasskeyBody {
    /// The recovery code.
    recovery_code: String,
    /// What `PublicKeyCredential.toJSON()` gave.
    #[schema(value_type = Object)]
    credential: Value,
    /// The device's name for people, 1 to 60 characters.
    device_name: String,
}

/// A recovery that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecoveryAnswer {
    /// The recovery.
    pub(crate) recovery: String,
    /// From when on it can be finished.
    ready_at: String,
    #[serde(skip)]
    pub(crate) from: Time,
}

/// A customer's recoveries that wait.
#[derive(Debug, Serialize, ToSchema)]
struct RecoveryList {
    /// Those that can still be cancelled.
    recoveries: Vec<RecoveryAnswer>,
}

fn digest_in(written: &str) -> Result<Digest, Problem> {
    let wrong = || Problem::from(Code::FieldNotAllowed).field("recovery_code", "eight groups of four");
    draw::recovery_digest(written).ok_or_else(wrong)
}

/// A new recovery code
///
/// Needs a step-up. The code before is void.
#[utoipa::path(
    post, path = "/v1/recovery-codes", tag = "sessions", request_body = Empty,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 201, body = NewRecoveryCode))
)]
async fn make_recovery_code(
    State(state): State<AppState>,
    caller: Caller,
    Json(Empty {}): Json<Empty>,
) -> Result<(StatusCode, Json<NewRecoveryCode>), Problem> {
    let code = make_code(&state, &caller).await?;
    Ok((StatusCode::CREATED, Json(NewRecoveryCode { recovery_code: code.expose().to_owned() })))
}

/// Binds a new recovery code; it can be shown this once.
pub(crate) async fn make_code(state: &AppState, caller: &Caller) -> Result<Secret, Problem> {
    let session = caller.session()?;
    let code = draw::recovery_code()?;
    let ask = MakeRecoveryCode { session, code: digest_in(code.expose())? };
    state.teller.ask(ask, caller.source.clone()).await?;
    Ok(code)
}

/// Begin a recovery
///
/// Phone, mailbox and all devices of the wallet are told at once. A code that fits no wallet gets the same answer.
#[utoipa::path(
    post, path = "/v1/recoveries", tag = "sessions", request_body = RecoveryCodeBody,
    responses((status = 202, body = RecoveryAnswer))
)]
async fn begin_recovery(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<RecoveryCodeBody>,
) -> Result<(StatusCode, Json<RecoveryAnswer>), Problem> {
    let begun = begin(&state, &caller, &body.recovery_code).await?;
    Ok((StatusCode::ACCEPTED, Json(waiting(begun.recovery, begun.ready_at))))
}

/// Begins a recovery.
pub(crate) async fn begin(
    state: &AppState,
    caller: &Caller,
    recovery_code: &str,
) -> Result<RecoveryBegun, Problem> {
    let ask = BeginRecovery { id: RecoveryId::new(draw::uuid()?), code: digest_in(recovery_code)? };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}

fn waiting(recovery: RecoveryId, ready_at: Time) -> RecoveryAnswer {
    RecoveryAnswer { recovery: recovery.to_string(), ready_at: ready_at.to_string(), from: ready_at }
}

/// Recoveries of this wallet that wait
#[utoipa::path(
    get, path = "/v1/recoveries", tag = "sessions", security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = RecoveryList))
)]
async fn list_recoveries(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<RecoveryList>, Problem> {
    Ok(Json(RecoveryList { recoveries: recoveries(&state, &caller).await? }))
}

/// The recoveries under way of whoever asks.
pub(crate) async fn recoveries(state: &AppState, caller: &Caller) -> Result<Vec<RecoveryAnswer>, Problem> {
    look_as(state, caller, Need::LOOK, |shelf, standing, at| {
        let found = look::recoveries_waiting(shelf, standing.customer.id, at.moment.now)?;
        Ok(Ok(found.iter().map(|recovery| waiting(recovery.id, recovery.ready_at)).collect()))
    })
    .await
}

/// Cancel a recovery
///
/// Its code is void from then on.
#[utoipa::path(
    post, path = "/v1/recoveries/{recovery}/cancel", tag = "sessions", request_body = Empty,
    security(("session" = []), ("session_cookie" = [])),
    params(("recovery" = String, Path, description = "The recovery")),
    responses((status = 204, description = "It leads nowhere any more"))
)]
async fn cancel_recovery(
    State(state): State<AppState>,
    caller: Caller,
    Path(recovery): Path<RecoveryId>,
    Json(Empty {}): Json<Empty>,
) -> Result<StatusCode, Problem> {
    cancel(&state, &caller, recovery).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cancels a recovery.
pub(crate) async fn cancel(state: &AppState, caller: &Caller, recovery: RecoveryId) -> Result<(), Problem> {
    let ask = CancelRecovery { session: caller.session()?, recovery };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}

/// Options to make the new passkey, after the delay
#[utoipa::path(
    post, path = "/v1/recoveries/{recovery}/passkey/options", tag = "sessions",
    request_body = RecoveryCodeBody,
    params(("recovery" = String, Path, description = "The recovery")),
    responses((status = 200, body = CreationOptions))
)]
async fn recovery_passkey_options(
    State(state): State<AppState>,
    caller: Caller,
    Path(recovery): Path<RecoveryId>,
    Json(body): Json<RecoveryCodeBody>,
) -> Result<Json<CreationOptions>, Problem> {
    let code = digest_in(&body.recovery_code)?;
    let (teller, source) = (state.teller.clone(), caller.source.clone());
    let ready = state.teller.look(move |shelf| {
        let moment = Moment::new(teller.now(), 0);
        let at = Context { moment, source: &source, policy: teller.policy() };
        let facts = look::recovery_facts(shelf, recovery, None, &at)?;
        let customer = facts.ready(&code, at.moment.now).ok().map(|(_, customer)| customer.clone());
        let bound = match &customer {
            Some(customer) => look::authenticators_of(shelf, customer.id)?,
            None => Vec::new(),
        };
        Ok(customer.map(|customer| (customer, bound)))
    });
    // Where it is not ready, the ask below refuses it and remembers the attempt; no options go out then.
    let offer = match ready.await? {
        Some((customer, bound)) => {
            Some(state.passkeys().offer_new(customer.id, customer.email.as_str(), &bound)?)
        }
        None => None,
    };
    let (options, ceremony) = offer.map(|offer| (offer.options, offer.state)).unwrap_or_default();
    let ask = OfferRecoveryPasskey { recovery, code, ceremony };
    state.teller.ask(ask, caller.source.clone()).await?;
    Ok(Json(CreationOptions { public_key: options }))
}

/// Finish a recovery with a new passkey
///
/// All other sessions end, the code is used up, phone and mailbox are told.
#[utoipa::path(
    post, path = "/v1/recoveries/{recovery}/passkey", tag = "sessions", request_body = RecoveryPasskeyBody,
    params(("recovery" = String, Path, description = "The recovery")),
    responses((status = 201, body = Opened))
)]
async fn finish_recovery(
    State(state): State<AppState>,
    caller: Caller,
    Path(recovery): Path<RecoveryId>,
    Json(body): Json<RecoveryPasskeyBody>,
) -> Result<(StatusCode, Json<Opened>), Problem> {
    let RecoveryPasskeyBody { recovery_code, credential, device_name } = body;
    let opened = finish(&state, &caller, recovery, &recovery_code, &credential, device_name).await?;
    Ok((StatusCode::CREATED, Json(opened)))
}

/// Verifies the new passkey and opens a session.
pub(crate) async fn finish(
    state: &AppState,
    caller: &Caller,
    recovery: RecoveryId,
    recovery_code: &str,
    credential: &Value,
    device_name: String,
) -> Result<Opened, Problem> {
    let code = digest_in(recovery_code)?;
    let kept: Option<Recovery> = state.teller.look(move |shelf| look::recovery_of(shelf, recovery)).await?;
    let ceremony = kept.and_then(|kept| kept.ceremony).unwrap_or_default();
    let made = match ceremony.as_str() {
        "" => None,
        ceremony => state.passkeys().made(credential, ceremony)?,
    };
    let (token, digest) = draw::token()?;
    let session = NewSession { token: digest, name: device_name };
    let ask = FinishRecovery { recovery, code, ceremony, made, session };
    Ok(opened(token, state.teller.ask(ask, caller.source.clone()).await?))
}
