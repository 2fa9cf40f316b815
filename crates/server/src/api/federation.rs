//! Sign-in through an outside OpenID provider: enough to look, once it was bound by passkey (H9).

use crate::{
    AppState,
    api::sessions::{Opened, opened},
    away::{Away, ReturnedBody},
    body::{Json, Path},
    credentials::Caller,
    draw,
    looking::look_as,
    problem::Problem,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{
    Code,
    sessions::{
        BeginFederation, Ceremony, CeremonyKind, FinishFederation, NewSession, OutsideIdentity, Vouched,
    },
    sign_up::Locale,
};
use identity::OpenIdProvider;
use serde::{Deserialize, Serialize};
use store::look;
use terms::CeremonyId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The device list says by which provider a session was opened.
const BROWSER: &str = "browser";

/// An outside provider that people may sign in through.
pub struct NamedOpenIdProvider {
    /// The name in the API: lower case, digits and hyphens.
    pub name: String,
    /// Its name for people who read Japanese.
    pub label_ja: String,
    /// Its name for people who read English.
    pub label_en: String,
    /// The way to it.
    pub openid: OpenIdProvider,
}

impl NamedOpenIdProvider {
    pub(crate) fn label(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ja => &self.label_ja,
            Locale::En => &self.label_en,
        }
    }
}

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_providers))
        .routes(routes!(begin_federated))
        .routes(routes!(finish_federated))
}

/// An outside provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenIdProviderShown {
    /// The name to begin with.
    pub(crate) provider: String,
    /// Its name for people.
    pub(crate) label: String,
}

/// The outside providers.
#[derive(Debug, Serialize, ToSchema)]
struct OpenIdProviderList {
    /// In the operator's order.
    providers: Vec<OpenIdProviderShown>,
}

/// What a flow through a provider is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// To sign in.
    SignIn,
    /// To bind the outside identity to this wallet; needs a step-up.
    Bind,
}

/// Through which provider, and what for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FederatedBody {
    /// Its name.
    provider: String,
    /// `sign_in` or `bind`.
    purpose: Purpose,
}

/// A flow that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct FlowBegun {
    /// The flow.
    pub(crate) flow: String,
    /// Keep it; the flow cannot be finished without it.
    pub(crate) flow_secret: String,
    /// Where to send the browser.
    pub(crate) authorize_url: String,
}

/// The outside identity is bound.
#[derive(Debug, Serialize, ToSchema)]
struct BoundAnswer {
    /// Always true.
    bound: bool,
}

/// The outside providers
#[utoipa::path(
    get, path = "/v1/federated-providers", tag = "sessions", responses((status = 200, body = OpenIdProviderList))
)]
async fn list_providers(State(state): State<AppState>, caller: Caller) -> Json<OpenIdProviderList> {
    Json(OpenIdProviderList { providers: providers(&state, &caller) })
}

/// The providers in the asker's language.
pub(crate) fn providers(state: &AppState, caller: &Caller) -> Vec<OpenIdProviderShown> {
    let locale = caller.language.locale();
    let shown = |known: &NamedOpenIdProvider| OpenIdProviderShown {
        provider: known.name.clone(),
        label: known.label(locale).to_owned(),
    };
    state.openid_providers.iter().map(shown).collect()
}

/// Begin to sign in, or to bind, through an outside provider
#[utoipa::path(
    post, path = "/v1/federated", tag = "sessions", request_body = FederatedBody,
    responses((status = 201, body = FlowBegun))
)]
async fn begin_federated(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<FederatedBody>,
) -> Result<(StatusCode, Json<FlowBegun>), Problem> {
    let begun = begin(&state, &caller, &body.provider, body.purpose).await?;
    Ok((StatusCode::CREATED, Json(begun)))
}

fn named<'s>(state: &'s AppState, provider: &str) -> Option<&'s NamedOpenIdProvider> {
    state.openid_providers.iter().find(|known| known.name == provider)
}

/// Begins a flow.
pub(crate) async fn begin(
    state: &AppState,
    caller: &Caller,
    provider: &str,
    purpose: Purpose,
) -> Result<FlowBegun, Problem> {
    let unknown = || Problem::from(Code::FieldNotAllowed).field("provider", "one of the list of providers");
    let known = named(state, provider).ok_or_else(unknown)?;
    let (kind, session) = match purpose {
        Purpose::SignIn => (CeremonyKind::FederatedSignIn, None),
        Purpose::Bind => (CeremonyKind::FederatedBind, Some(caller.session()?)),
    };
    // Nobody is sent away who could not finish.
    if let Some(need) = kind.need() {
        look_as(state, caller, need, |_, _, _| Ok(Ok(()))).await?;
    }
    let expires_at = state.teller.now().plus(state.teller.policy().ceremony_life_ms);
    let away = Away::to(known.openid.issuer(), expires_at)?;
    let authorize_url =
        known.openid.begin(&away.state, &away.nonce, &away.challenge).await.map_err(Problem::fault)?;
    let id = CeremonyId::new(draw::uuid()?);
    let ask = BeginFederation { session, id, kind, provider: known.name.clone(), redirect: away.redirect };
    state.teller.ask(ask, caller.source.clone()).await?;
    Ok(FlowBegun { flow: id.to_string(), flow_secret: away.flow_secret.expose().to_owned(), authorize_url })
}

/// Finish, with what came back from the provider
#[utoipa::path(
    post, path = "/v1/federated/{flow}/finish", tag = "sessions", request_body = ReturnedBody,
    params(("flow" = String, Path, description = "The flow")),
    responses(
        (status = 201, body = Opened, description = "Signed in"),
        (status = 200, body = BoundAnswer, description = "Bound"),
    )
)]
async fn finish_federated(
    State(state): State<AppState>,
    caller: Caller,
    Path(flow): Path<CeremonyId>,
    Json(body): Json<ReturnedBody>,
) -> Result<Response, Problem> {
    Ok(match finish(&state, &caller, flow, &body).await? {
        Some(opened) => (StatusCode::CREATED, Json(opened)).into_response(),
        None => Json(BoundAnswer { bound: true }).into_response(),
    })
}

/// Finishes a flow; gives the session where one was opened.
pub(crate) async fn finish(
    state: &AppState,
    caller: &Caller,
    flow: CeremonyId,
    body: &ReturnedBody,
) -> Result<Option<Opened>, Problem> {
    let begun = state.teller.look(move |shelf| look::ceremony_of(shelf, flow)).await?;
    let identity = match &begun {
        Some(begun) => vouched_for(state, begun, body).await?,
        None => None,
    };
    let (token, digest) = draw::token()?;
    let label = begun.as_ref().and_then(|begun| named(state, &begun.state));
    let name = label.map_or(BROWSER, |known| known.label(caller.language.locale()));
    let ask = FinishFederation {
        session: caller.session,
        id: flow,
        returned: body.returned(),
        identity,
        new_session: NewSession { token: digest, name: name.to_owned() },
    };
    Ok(match state.teller.ask(ask, caller.source.clone()).await? {
        Vouched::SignedIn(signed_in) => Some(opened(token, signed_in)),
        Vouched::Bound => None,
    })
}

/// For whom the provider vouches; nothing where the flow does not fit or the provider's word is refused.
async fn vouched_for(
    state: &AppState,
    begun: &Ceremony,
    body: &ReturnedBody,
) -> Result<Option<OutsideIdentity>, Problem> {
    let (Some(redirect), Some(known)) = (&begun.redirect, named(state, &begun.state)) else {
        return Ok(None);
    };
    if begun.used_at.is_some() {
        return Ok(None);
    }
    let Some(code) = body.code_for(redirect, state.teller.now()) else { return Ok(None) };
    let nonce = redirect.nonce.as_deref().unwrap_or_default();
    match known.openid.finish(&code, &redirect.verifier, nonce).await {
        Ok(identity) => Ok(Some(OutsideIdentity { issuer: identity.issuer, subject: identity.subject })),
        Err(fault) if fault.is_fault() => Err(Problem::fault(fault)),
        Err(refused) => {
            tracing::warn!(code = refused.code(), %refused, "an outside provider's word was refused");
            Ok(None)
        }
    }
}
