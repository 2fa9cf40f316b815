//! Sessions: sign in by passkey, step up, devices, sign out.

use crate::{
    AppState,
    api::sign_up::Empty,
    body::{Json, Path},
    credentials::Caller,
    draw,
    looking::look_as,
    passkey::Passkeys,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Code, Need,
    sessions::{
        Authenticator, BeginCeremony, Ceremony, CeremonyKind, EndSession, NewSession, Session, SignIn,
        SignedIn, StepUp, Which,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::look;
use terms::{CeremonyId, Secret, SessionId, Time};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in_options))
        .routes(routes!(open_session, list_sessions))
        .routes(routes!(end_session))
        .routes(routes!(sign_out_everywhere))
        .routes(routes!(step_up_options))
        .routes(routes!(step_up))
}

/// Options for `navigator.credentials.get()`, and the round that they belong to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestOptions {
    /// The round.
    pub(crate) ceremony: String,
    /// The member `publicKey` (WebAuthn Level 3 §5.5, JSON form).
    #[serde(rename = "publicKey")]
    #[schema(value_type = Object)]
    pub(crate) public_key: Value,
}

/// A signature by a passkey, on a device with a name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInBody {
    /// The round.
    #[schema(value_type = String)]
    ceremony: CeremonyId,
    /// What `PublicKeyCredential.toJSON()` gave.
    #[schema(value_type = Object)]
    credential: Value,
    /// The device's name for people, 1 to 60 characters.
    device_name: String,
}

/// A signature by a passkey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepUpBody {
    /// The round.
    #[schema(value_type = String)]
    ceremony: CeremonyId,
    /// What `PublicKeyCredential.toJSON()` gave.
    #[schema(value_type = Object)]
    credential: Value,
}

/// A session, shown once with its token.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedSession {
    /// Send it as `Authorization: Bearer`; it is not kept here.
    pub(crate) token: String,
    /// The session's id in the device list.
    id: String,
    /// When it ends in any case.
    expires_at: String,
}

/// Who is signed in now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Opened {
    /// The customer.
    customer: String,
    /// The session.
    pub(crate) session: OpenedSession,
}

/// Until when a fresh signature counts.
#[derive(Debug, Serialize, ToSchema)]
struct SteppedUp {
    /// Until then important steps need no further signature.
    stepped_up_until: String,
}

/// One device that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Device {
    /// The session.
    pub(crate) id: String,
    /// The device's name.
    pub(crate) name: String,
    /// `passkey`, or `federated` where an outside provider vouched.
    aal: &'static str,
    /// Whether it is the one that asks.
    pub(crate) current: bool,
    /// When it signed in.
    created_at: String,
    /// When it ends unless it is used.
    idle_until: String,
    /// When it ends in any case.
    expires_at: String,
    #[serde(skip)]
    pub(crate) since: Time,
}

/// All devices that are signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Devices {
    /// The oldest first.
    sessions: Vec<Device>,
}

/// The answer with the token, which is shown once.
pub(crate) fn opened(token: Secret, signed_in: SignedIn) -> Opened {
    Opened {
        customer: signed_in.customer.to_string(),
        session: OpenedSession {
            token: token.expose().to_owned(),
            id: signed_in.session.to_string(),
            expires_at: signed_in.expires_at.to_string(),
        },
    }
}

/// Options to sign in with a passkey
///
/// Nobody says who they are: the passkey does.
#[utoipa::path(
    post, path = "/v1/sessions/options", tag = "sessions", request_body = Empty,
    responses((status = 200, body = RequestOptions))
)]
async fn sign_in_options(
    State(state): State<AppState>,
    caller: Caller,
    Json(Empty {}): Json<Empty>,
) -> Result<Json<RequestOptions>, Problem> {
    Ok(Json(offer_sign_in(&state, &caller).await?))
}

/// Offers a ceremony to sign in.
pub(crate) async fn offer_sign_in(state: &AppState, caller: &Caller) -> Result<RequestOptions, Problem> {
    let offer = state.passkeys().offer_any()?;
    let ask = BeginCeremony { session: None, kind: CeremonyKind::SignIn, state: offer.state };
    let begun = state.teller.ask(ask, caller.source.clone()).await?;
    Ok(RequestOptions { ceremony: begun.ceremony.to_string(), public_key: offer.options })
}

/// Sign in
#[utoipa::path(
    post, path = "/v1/sessions", tag = "sessions", request_body = SignInBody,
    responses((status = 201, body = Opened))
)]
async fn open_session(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<SignInBody>,
) -> Result<(StatusCode, Json<Opened>), Problem> {
    let opened = sign_in(&state, &caller, body.ceremony, &body.credential, &body.device_name).await?;
    Ok((StatusCode::CREATED, Json(opened)))
}

/// A ceremony and the passkey that an answer names.
pub(crate) async fn ceremony_and_passkey(
    state: &AppState,
    ceremony: CeremonyId,
    credential: &Value,
) -> Result<(Option<Ceremony>, Option<Authenticator>), Problem> {
    let named = Passkeys::credential_in(credential)?;
    let found = state.teller.look(move |shelf| {
        Ok((look::ceremony_of(shelf, ceremony)?, look::authenticator_by_credential(shelf, &named)?))
    });
    Ok(found.await?)
}

/// Verifies the signature and opens a session.
pub(crate) async fn sign_in(
    state: &AppState,
    caller: &Caller,
    ceremony: CeremonyId,
    credential: &Value,
    device_name: &str,
) -> Result<Opened, Problem> {
    let (begun, bound) = ceremony_and_passkey(state, ceremony, credential).await?;
    let named = bound.as_ref().map(|bound| bound.id);
    let signed = match (begun, bound) {
        (Some(begun), Some(bound)) if begun.kind == CeremonyKind::SignIn => {
            state.passkeys().signed_by_any(credential, &begun.state, &bound)?
        }
        _ => None,
    };
    let (token, digest) = draw::token()?;
    let session = NewSession { token: digest, name: device_name.to_owned() };
    let ask = SignIn { ceremony, signed, named, session };
    Ok(opened(token, state.teller.ask(ask, caller.source.clone()).await?))
}

/// The devices that are signed in
#[utoipa::path(
    get, path = "/v1/sessions", tag = "sessions", security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = Devices))
)]
async fn list_sessions(State(state): State<AppState>, caller: Caller) -> Result<Json<Devices>, Problem> {
    Ok(Json(Devices { sessions: devices(&state, &caller).await? }))
}

/// The devices of whoever asks.
pub(crate) async fn devices(state: &AppState, caller: &Caller) -> Result<Vec<Device>, Problem> {
    look_as(state, caller, Need::LOOK, |shelf, standing, at| {
        let sessions = look::sessions_of(shelf, standing.customer.id)?;
        let open = sessions.iter().filter(|session| session.is_open(at.moment.now));
        Ok(Ok(open.map(|session| device(session, standing.session.id)).collect()))
    })
    .await
}

fn device(session: &Session, current: SessionId) -> Device {
    Device {
        id: session.id.to_string(),
        name: session.name.clone(),
        aal: match session.aal {
            engine::Aal::Federated => "federated",
            engine::Aal::Passkey => "passkey",
        },
        current: session.id == current,
        created_at: session.created_at.to_string(),
        idle_until: session.idle_until.to_string(),
        expires_at: session.expires_at.to_string(),
        since: session.created_at,
    }
}

/// Sign one device out
///
/// `current` stands for the one that asks.
#[utoipa::path(
    delete, path = "/v1/sessions/{session}", tag = "sessions",
    security(("session" = []), ("session_cookie" = [])),
    params(("session" = String, Path, description = "The session, or `current`")),
    responses((status = 204, description = "It is signed out"))
)]
async fn end_session(
    State(state): State<AppState>,
    caller: Caller,
    Path(session): Path<String>,
) -> Result<StatusCode, Problem> {
    let which = match session.as_str() {
        "current" => Which::Current,
        other => Which::This(SessionId::parse(other).map_err(|_| Problem::from(Code::NotFound))?),
    };
    end(&state, &caller, which).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends sessions.
pub(crate) async fn end(state: &AppState, caller: &Caller, which: Which) -> Result<(), Problem> {
    let ask = EndSession { session: caller.session()?, which };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}

/// Sign all devices out, this one too
#[utoipa::path(
    post, path = "/v1/sessions/sign-out-everywhere", tag = "sessions",
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 204, description = "All are signed out"))
)]
async fn sign_out_everywhere(State(state): State<AppState>, caller: Caller) -> Result<StatusCode, Problem> {
    end(&state, &caller, Which::All).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Options to sign once more, for an important step
#[utoipa::path(
    post, path = "/v1/step-ups/options", tag = "sessions", request_body = Empty,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = RequestOptions))
)]
async fn step_up_options(
    State(state): State<AppState>,
    caller: Caller,
    Json(Empty {}): Json<Empty>,
) -> Result<Json<RequestOptions>, Problem> {
    Ok(Json(offer_step_up(&state, &caller).await?))
}

/// Offers a ceremony to step up.
pub(crate) async fn offer_step_up(state: &AppState, caller: &Caller) -> Result<RequestOptions, Problem> {
    let bound = look_as(state, caller, Need::LOOK, |shelf, standing, _| {
        Ok(Ok(look::authenticators_of(shelf, standing.customer.id)?))
    })
    .await?;
    let offer = state.passkeys().offer_bound(&bound)?;
    let ask =
        BeginCeremony { session: Some(caller.session()?), kind: CeremonyKind::StepUp, state: offer.state };
    let begun = state.teller.ask(ask, caller.source.clone()).await?;
    Ok(RequestOptions { ceremony: begun.ceremony.to_string(), public_key: offer.options })
}

/// Sign once more, for an important step
#[utoipa::path(
    post, path = "/v1/step-ups", tag = "sessions", request_body = StepUpBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = SteppedUp))
)]
async fn step_up(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<StepUpBody>,
) -> Result<Json<SteppedUp>, Problem> {
    let until = raise(&state, &caller, body.ceremony, &body.credential).await?;
    Ok(Json(SteppedUp { stepped_up_until: until.to_string() }))
}

/// Verifies the signature and raises the session.
pub(crate) async fn raise(
    state: &AppState,
    caller: &Caller,
    ceremony: CeremonyId,
    credential: &Value,
) -> Result<Time, Problem> {
    let session = caller.session()?;
    let signed = match ceremony_and_passkey(state, ceremony, credential).await? {
        (Some(begun), Some(bound)) if begun.kind == CeremonyKind::StepUp => {
            state.passkeys().signed_by_bound(credential, &begun.state, &bound)?
        }
        _ => None,
    };
    Ok(state.teller.ask(StepUp { session, ceremony, signed }, caller.source.clone()).await?)
}
