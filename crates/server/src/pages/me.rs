//! The page "Me": identity, devices, passkeys, recovery code, outside providers, language, and the ways out.

use crate::{
    AppState,
    api::{
        federation::{self, OpenIdProviderShown, Purpose},
        passkeys::{self, PasskeyShown},
        recoveries::{self, RecoveryAnswer},
        sessions::{self, Device},
        unbinding::{self, BoundShown},
    },
    body::{Form, Path},
    credentials::{Caller, Cookies},
    looking::look_as,
    page::{Page, Tab, html},
    pages::sessions::{OpenIdProviderForm, leave, set_cookie, step_up_first},
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use engine::{
    Need,
    sessions::Which,
    sign_up::{ChooseLocale, Customer, Locale},
};
use serde::Deserialize;
use store::look;
use terms::{AuthenticatorId, RecoveryId, SessionId};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/me", get(me))
        .route("/me/devices/{session}/end", post(end_device))
        .route("/me/sign-out", post(sign_out))
        .route("/me/sign-out-everywhere", post(sign_out_everywhere))
        .route("/me/passkeys/new", get(new_passkey))
        .route("/me/passkeys/{passkey}/remove", post(remove_passkey))
        .route("/me/recovery-code", get(async || Redirect::to("/me")).post(make_recovery_code))
        .route("/me/recoveries/{recovery}/cancel", post(cancel_recovery))
        .route("/me/outside", post(bind_outside))
        .route("/me/outside/{provider}/remove", post(unbind_outside))
        .route("/me/language", post(choose_language))
}

#[derive(Template)]
#[template(path = "sessions/me.html")]
struct Me {
    page: Page,
    proved_name: Option<String>,
    phone: String,
    email: String,
    recoveries: Vec<RecoveryAnswer>,
    devices: Vec<Device>,
    passkeys: Vec<PasskeyShown>,
    has_recovery_code: bool,
    providers: Vec<OpenIdProviderShown>,
    bound: Vec<BoundShown>,
}

impl Me {
    /// Whether something is bound through the provider already.
    fn has(&self, provider: &OpenIdProviderShown) -> bool {
        self.bound.iter().any(|bound| bound.provider.as_ref() == Some(&provider.provider))
    }
}

#[derive(Template)]
#[template(path = "sessions/new_passkey.html")]
struct NewPasskey {
    page: Page,
}

#[derive(Template)]
#[template(path = "sessions/recovery_code.html")]
struct ShownOnce {
    page: Page,
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageForm {
    locale: Locale,
}

async fn me(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let (customer, proved_name) = about(&state, &caller).await?;
    Ok(html(&Me {
        page: Page::new(&state, &caller, "me-title").tab(Tab::Me),
        proved_name,
        phone: customer.phone.masked(),
        email: customer.email.masked(),
        recoveries: recoveries::recoveries(&state, &caller).await?,
        devices: sessions::devices(&state, &caller).await?,
        passkeys: passkeys::passkeys(&state, &caller).await?,
        has_recovery_code: customer.recovery_code.is_some(),
        providers: federation::providers(&state, &caller),
        bound: unbinding::bound(&state, &caller).await?,
    }))
}

/// The customer and the proved name.
async fn about(state: &AppState, caller: &Caller) -> Result<(Customer, Option<String>), Problem> {
    look_as(state, caller, Need::LOOK, |shelf, standing, _| {
        let customer = standing.customer.clone();
        let identity = look::identity_of(shelf, customer.id)?;
        let name = identity.filter(|identity| identity.ended_at.is_none()).map(|identity| identity.name);
        Ok(Ok((customer, name)))
    })
    .await
}

async fn end_device(
    State(state): State<AppState>,
    caller: Caller,
    Path(session): Path<SessionId>,
) -> Result<Redirect, Problem> {
    sessions::end(&state, &caller, Which::This(session)).await?;
    Ok(Redirect::to("/me"))
}

/// Ends sessions and forgets this browser's cookie.
async fn leave_by(state: &AppState, caller: &Caller, which: Which) -> Result<Response, Problem> {
    sessions::end(state, caller, which).await?;
    let cookie = set_cookie(&Cookies::of(&state.settings).end_session());
    Ok((AppendHeaders(cookie), Redirect::to("/")).into_response())
}

async fn sign_out(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    leave_by(&state, &caller, Which::Current).await
}

async fn sign_out_everywhere(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    leave_by(&state, &caller, Which::All).await
}

async fn new_passkey(State(state): State<AppState>, caller: Caller) -> Response {
    match look_as(&state, &caller, Need::CHANGE, |_, _, _| Ok(Ok(()))).await {
        Ok(()) => html(&NewPasskey { page: Page::new(&state, &caller, "passkey-new-title").tab(Tab::Me) }),
        Err(problem) => step_up_first(problem, "/me/passkeys/new"),
    }
}

async fn remove_passkey(
    State(state): State<AppState>,
    caller: Caller,
    Path(passkey): Path<AuthenticatorId>,
) -> Response {
    match passkeys::remove(&state, &caller, passkey).await {
        Ok(()) => Redirect::to("/me").into_response(),
        Err(problem) => step_up_first(problem, "/me"),
    }
}

async fn make_recovery_code(State(state): State<AppState>, caller: Caller) -> Response {
    match recoveries::make_code(&state, &caller).await {
        Ok(code) => html(&ShownOnce {
            page: Page::new(&state, &caller, "recovery-code-title").tab(Tab::Me).shown_once(),
            code: code.expose().to_owned(),
        }),
        Err(problem) => step_up_first(problem, "/me"),
    }
}

async fn cancel_recovery(
    State(state): State<AppState>,
    caller: Caller,
    Path(recovery): Path<RecoveryId>,
) -> Result<Redirect, Problem> {
    recoveries::cancel(&state, &caller, recovery).await?;
    Ok(Redirect::to("/me"))
}

async fn bind_outside(
    State(state): State<AppState>,
    caller: Caller,
    Form(form): Form<OpenIdProviderForm>,
) -> Response {
    match leave(&state, &caller, &form.provider, Purpose::Bind).await {
        Ok(away) => away,
        Err(problem) => step_up_first(problem, "/me"),
    }
}

async fn unbind_outside(
    State(state): State<AppState>,
    caller: Caller,
    Path(provider): Path<String>,
) -> Response {
    match unbinding::unbind(&state, &caller, &provider).await {
        Ok(()) => Redirect::to("/me").into_response(),
        Err(problem) => step_up_first(problem, "/me"),
    }
}

async fn choose_language(
    State(state): State<AppState>,
    caller: Caller,
    Form(form): Form<LanguageForm>,
) -> Result<Response, Problem> {
    let ask = ChooseLocale { session: caller.session()?, locale: form.locale };
    let locale = state.teller.ask(ask, caller.source.clone()).await?;
    let tag = crate::locale::tag(locale);
    let cookie = set_cookie(&Cookies::of(&state.settings).remember_language(tag));
    Ok((AppendHeaders(cookie), Redirect::to("/me")).into_response())
}
