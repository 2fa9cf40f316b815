//! Enrollment: from a phone and a mail address to a wallet with a passkey.

use crate::{
    AppState,
    api::sessions::{Opened, opened},
    body::{Json, Path},
    credentials::Caller,
    draw,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{
    Code,
    sessions::NewSession,
    sign_up::{BeginSignUp, ConfirmCodes, Locale, OfferPasskey, OpenWallet, SignUp, SignUpBegun},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::look;
use terms::{CustomerId, Email, Moment, Phone, Secret, SignUpId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(begin_sign_up))
        .routes(routes!(confirm_codes))
        .routes(routes!(sign_up_passkey_options))
        .routes(routes!(open_wallet))
}

/// Who wants a wallet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpBody {
    /// An e-mail address.
    #[schema(value_type = String, example = "hanako@example.jp")]
    pub(crate) email: Email,
    /// A Japanese mobile number.
    #[schema(value_type = String, example = "09012345678")]
    pub(crate) phone: Phone,
    /// `ja` or `en`.
    #[schema(value_type = String, example = "ja")]
    pub(crate) locale: Locale,
}

/// A sign-up that has begun.
#[derive(Debug, Serialize, ToSchema)]
struct SignUpAnswer {
    /// The sign-up.
    sign_up: String,
    /// Until when the codes are good.
    expires_at: String,
}

/// The two codes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodesBody {
    /// What the text to the phone said.
    #[schema(example = "123456")]
    phone_code: String,
    /// What the mail said.
    #[schema(example = "654321")]
    email_code: String,
}

/// How far a sign-up is.
#[derive(Debug, Serialize, ToSchema)]
struct SignUpState {
    /// The sign-up.
    sign_up: String,
    /// `confirmed`: a passkey can be made.
    #[schema(example = "confirmed")]
    state: &'static str,
}

/// Options for `navigator.credentials.create()`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreationOptions {
    /// The member `publicKey` (WebAuthn Level 3 §5.4, JSON form).
    #[serde(rename = "publicKey")]
    #[schema(value_type = Object)]
    pub(crate) public_key: Value,
}

/// A passkey that was made, on a device with a name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskeyBody {
    /// What `PublicKeyCredential.toJSON()` gave.
    #[schema(value_type = Object)]
    credential: Value,
    /// The device's name for people, 1 to 60 characters.
    #[schema(example = "Hanako's phone")]
    device_name: String,
}

/// Nothing: `{}`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Empty {}

/// Begin to open a wallet
///
/// One code goes to the phone, another to the mail. The answer never tells whether either is known.
#[utoipa::path(
    post, path = "/v1/sign-ups", tag = "enrollment", request_body = SignUpBody,
    responses((status = 202, body = SignUpAnswer))
)]
async fn begin_sign_up(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<SignUpBody>,
) -> Result<(StatusCode, Json<SignUpAnswer>), Problem> {
    let begun = begin(&state, &caller, body).await?;
    let answer =
        SignUpAnswer { sign_up: begun.sign_up.to_string(), expires_at: begun.expires_at.to_string() };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// Begins, with fresh codes.
pub(crate) async fn begin(
    state: &AppState,
    caller: &Caller,
    body: SignUpBody,
) -> Result<SignUpBegun, Problem> {
    let SignUpBody { email, phone, locale } = body;
    let ask = BeginSignUp {
        id: SignUpId::new(draw::uuid()?),
        phone,
        email,
        locale,
        phone_code: draw::six_digits()?,
        email_code: draw::six_digits()?,
    };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}

/// Give both codes back
#[utoipa::path(
    post, path = "/v1/sign-ups/{sign_up}/codes", tag = "enrollment", request_body = CodesBody,
    params(("sign_up" = String, Path, description = "The sign-up")),
    responses((status = 200, body = SignUpState))
)]
async fn confirm_codes(
    State(state): State<AppState>,
    caller: Caller,
    Path(sign_up): Path<SignUpId>,
    Json(body): Json<CodesBody>,
) -> Result<Json<SignUpState>, Problem> {
    confirm(&state, &caller, sign_up, &body.phone_code, &body.email_code).await?;
    Ok(Json(SignUpState { sign_up: sign_up.to_string(), state: "confirmed" }))
}

/// Compares both codes.
pub(crate) async fn confirm(
    state: &AppState,
    caller: &Caller,
    sign_up: SignUpId,
    phone_code: &str,
    email_code: &str,
) -> Result<(), Problem> {
    let ask = ConfirmCodes {
        sign_up,
        phone_code: Secret::new(phone_code.trim()),
        email_code: Secret::new(email_code.trim()),
    };
    state.teller.ask(ask, caller.source.clone()).await?;
    Ok(())
}

/// Options to make the wallet's first passkey
#[utoipa::path(
    post, path = "/v1/sign-ups/{sign_up}/passkey/options", tag = "enrollment", request_body = Empty,
    params(("sign_up" = String, Path, description = "The sign-up")),
    responses((status = 200, body = CreationOptions))
)]
async fn sign_up_passkey_options(
    State(state): State<AppState>,
    caller: Caller,
    Path(sign_up): Path<SignUpId>,
    Json(Empty {}): Json<Empty>,
) -> Result<Json<CreationOptions>, Problem> {
    let public_key = offer_passkey(&state, &caller, sign_up).await?;
    Ok(Json(CreationOptions { public_key }))
}

/// A sign-up as it is kept.
async fn kept(state: &AppState, sign_up: SignUpId) -> Result<SignUp, Problem> {
    let found = state.teller.look(move |shelf| look::sign_up_of(shelf, sign_up)).await?;
    found.ok_or_else(|| Code::NotFound.into())
}

/// Offers a passkey ceremony; its state is kept with the sign-up.
pub(crate) async fn offer_passkey(
    state: &AppState,
    caller: &Caller,
    sign_up: SignUpId,
) -> Result<Value, Problem> {
    let kept = kept(state, sign_up).await?;
    let seed = u64::from_be_bytes(draw::bytes()?);
    let customer = CustomerId::new(Moment::new(state.teller.now(), seed).uuid());
    let offer = state.passkeys().offer_new(customer, kept.email.as_str(), &[])?;
    let ask = OfferPasskey { sign_up, customer, ceremony: offer.state };
    state.teller.ask(ask, caller.source.clone()).await?;
    Ok(offer.options)
}

/// Open the wallet with the passkey that was made
#[utoipa::path(
    post, path = "/v1/sign-ups/{sign_up}/passkey", tag = "enrollment", request_body = NewPasskeyBody,
    params(("sign_up" = String, Path, description = "The sign-up")),
    responses((status = 201, body = Opened))
)]
async fn open_wallet(
    State(state): State<AppState>,
    caller: Caller,
    Path(sign_up): Path<SignUpId>,
    Json(body): Json<NewPasskeyBody>,
) -> Result<(StatusCode, Json<Opened>), Problem> {
    let opened = open(&state, &caller, sign_up, &body.credential, &body.device_name).await?;
    Ok((StatusCode::CREATED, Json(opened)))
}

/// Verifies the passkey and opens the wallet.
pub(crate) async fn open(
    state: &AppState,
    caller: &Caller,
    sign_up: SignUpId,
    credential: &Value,
    device_name: &str,
) -> Result<Opened, Problem> {
    // Without a ceremony there is nothing to verify; the decision says in which order things are missing.
    let ceremony = kept(state, sign_up).await?.ceremony.unwrap_or_default();
    let made = match ceremony.as_str() {
        "" => None,
        ceremony => state.passkeys().made(credential, ceremony)?,
    };
    let (token, digest) = draw::token()?;
    let session = NewSession { token: digest, name: device_name.to_owned() };
    let ask = OpenWallet { sign_up, ceremony, made, session };
    Ok(opened(token, state.teller.ask(ask, caller.source.clone()).await?))
}
