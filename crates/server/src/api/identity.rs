//! Identity: a verifier's signed word on who the customer is.

use crate::{
    AppState,
    away::{Away, ReturnedBody},
    body::{Json, Path},
    credentials::Caller,
    draw,
    looking::look_as,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Ial, Need,
    identity::{
        BeginProofing, FinishProofing, Identity, PROOFING_METHODS, Proofing, ProofingMethod, ProofingState,
        ProvedPerson,
    },
    sign_up::Locale,
};
use serde::{Deserialize, Serialize};
use store::look;
use terms::ProofingId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_methods))
        .routes(routes!(begin_proofing))
        .routes(routes!(finish_proofing))
        .routes(routes!(show_identity))
}

/// A way to prove one's identity.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodShown {
    /// The name to begin with.
    pub(crate) method: &'static str,
    /// Its name for people.
    pub(crate) label: &'static str,
    /// From when on it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    /// Before when, where an end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
}

/// The ways that may be used today.
#[derive(Debug, Serialize, ToSchema)]
struct MethodList {
    /// In the order of preference.
    methods: Vec<MethodShown>,
}

/// By which method.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProofingBody {
    /// Its name.
    #[schema(example = "jpki_signature")]
    method: String,
}

/// A proof that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProofingBegun {
    /// The proof.
    pub(crate) proofing: String,
    /// Keep it; the proof cannot be finished without it.
    pub(crate) flow_secret: String,
    /// Where to send the browser.
    pub(crate) start_url: String,
}

/// How well it is known who the customer is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentityShown {
    /// `phone`: a phone and a mailbox answered. `proved`: a verifier vouched.
    #[schema(example = "proved")]
    pub(crate) level: &'static str,
    /// By which method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    /// When the verifier verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verified_at: Option<String>,
}

/// The identity that was proved.
#[derive(Debug, Serialize, ToSchema)]
struct ProofingFinished {
    /// The identity.
    identity: IdentityShown,
}

/// The ways to prove one's identity
#[utoipa::path(
    get, path = "/v1/proofing-methods", tag = "identity", responses((status = 200, body = MethodList))
)]
async fn list_methods(State(state): State<AppState>, caller: Caller) -> Json<MethodList> {
    Json(MethodList { methods: methods(&state, &caller) })
}

/// The methods of today in the asker's language.
pub(crate) fn methods(state: &AppState, caller: &Caller) -> Vec<MethodShown> {
    let (now, locale) = (state.teller.now(), caller.language.locale());
    let shown = |method: &'static ProofingMethod| MethodShown {
        method: method.code,
        label: match locale {
            Locale::Ja => method.name_ja,
            Locale::En => method.name_en,
        },
        valid_from: method.valid_from().map(|time| time.to_string()),
        valid_until: method.valid_until().map(|time| time.to_string()),
    };
    PROOFING_METHODS.iter().filter(|method| method.is_valid_at(now)).map(shown).collect()
}

/// Begin to prove one's identity
#[utoipa::path(
    post, path = "/v1/proofings", tag = "identity", request_body = ProofingBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 201, body = ProofingBegun))
)]
async fn begin_proofing(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<ProofingBody>,
) -> Result<(StatusCode, Json<ProofingBegun>), Problem> {
    Ok((StatusCode::CREATED, Json(begin(&state, &caller, &body.method).await?)))
}

/// Begins a proof.
pub(crate) async fn begin(state: &AppState, caller: &Caller, method: &str) -> Result<ProofingBegun, Problem> {
    let session = caller.session()?;
    let id = ProofingId::new(draw::uuid()?);
    // Nobody is sent away who could not finish, nor by a method of another day.
    look_as(state, caller, Need::ACT, |_, _, _| Ok(Ok(()))).await?;
    let now = state.teller.now();
    let expires_at = now.plus(state.teller.policy().ceremony_life_ms);
    let away = Away::to(state.verifier.issuer(), expires_at)?;
    let valid = ProofingMethod::find(method).is_some_and(|method| method.is_valid_at(now));
    let start_url = match valid {
        true => state.verifier.begin(method, &away.state, &away.nonce).await.map_err(Problem::fault)?,
        // The ask refuses it and remembers the attempt.
        false => String::new(),
    };
    let ask = BeginProofing { session, id, method: method.to_owned(), redirect: away.redirect };
    state.teller.ask(ask, caller.source.clone()).await?;
    let flow_secret = away.flow_secret.expose().to_owned();
    Ok(ProofingBegun { proofing: id.to_string(), flow_secret, start_url })
}

/// Finish, with what came back from the verifier
#[utoipa::path(
    post, path = "/v1/proofings/{proofing}/finish", tag = "identity", request_body = ReturnedBody,
    security(("session" = []), ("session_cookie" = [])),
    params(("proofing" = String, Path, description = "The proof")),
    responses((status = 200, body = ProofingFinished))
)]
async fn finish_proofing(
    State(state): State<AppState>,
    caller: Caller,
    Path(proofing): Path<ProofingId>,
    Json(body): Json<ReturnedBody>,
) -> Result<Json<ProofingFinished>, Problem> {
    let identity = finish(&state, &caller, proofing, &body).await?;
    Ok(Json(ProofingFinished { identity: shown(Ial::Proved, Some(&identity)) }))
}

/// Finishes a proof.
pub(crate) async fn finish(
    state: &AppState,
    caller: &Caller,
    id: ProofingId,
    body: &ReturnedBody,
) -> Result<Identity, Problem> {
    let session = caller.session()?;
    // The code is exchanged for the customer's own proof only.
    let begun = look_as(state, caller, Need::ACT, move |shelf, standing, _| {
        let begun = look::proofing_of(shelf, id)?;
        Ok(Ok(begun.filter(|begun| begun.customer == standing.customer.id)))
    })
    .await?;
    let person = match &begun {
        Some(begun) => vouched_for(state, begun, body).await?,
        None => None,
    };
    let ask = FinishProofing { session, id, returned: body.returned(), person };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}

/// Whom the verifier vouches for; nothing where the flow does not fit or its word is refused.
async fn vouched_for(
    state: &AppState,
    begun: &Proofing,
    body: &ReturnedBody,
) -> Result<Option<ProvedPerson>, Problem> {
    if begun.state != ProofingState::Begun {
        return Ok(None);
    }
    let Some(code) = body.code_for(&begun.redirect, state.teller.now()) else { return Ok(None) };
    let nonce = begun.redirect.nonce.as_deref().unwrap_or_default();
    match state.verifier.finish(&code, &begun.method, nonce).await {
        Ok(person) => Ok(Some(ProvedPerson {
            issuer: person.issuer,
            subject: person.subject,
            method: person.method,
            name: person.name,
            kana: person.kana,
            birth_date: person.birth_date,
            verified_at: person.verified_at,
            valid_until: person.certificate_expires_at,
        })),
        Err(fault) if fault.is_fault() => Err(Problem::fault(fault)),
        Err(refused) => {
            tracing::warn!(code = refused.code(), %refused, "a verifier's word was refused");
            Ok(None)
        }
    }
}

fn shown(level: Ial, identity: Option<&Identity>) -> IdentityShown {
    IdentityShown {
        level: match level {
            Ial::Phone => "phone",
            Ial::Proved => "proved",
        },
        method: identity.map(|identity| identity.method.clone()),
        verified_at: identity.map(|identity| identity.verified_at.to_string()),
    }
}

/// How well it is known who the customer is
#[utoipa::path(
    get, path = "/v1/identity", tag = "identity", security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = IdentityShown))
)]
async fn show_identity(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<IdentityShown>, Problem> {
    let (level, identity) = look_as(&state, &caller, Need::LOOK, |shelf, standing, _| {
        let identity = look::identity_of(shelf, standing.customer.id)?;
        Ok(Ok((standing.customer.ial, identity.filter(|identity| identity.ended_at.is_none()))))
    })
    .await?;
    Ok(Json(shown(level, identity.as_ref())))
}
