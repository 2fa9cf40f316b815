//! The pages of enrollment: contact, codes, passkey.

use super::typed::Slip;
use crate::{
    AppState,
    api::sign_up::{self, SignUpBody},
    body::{Form, Json, Path},
    credentials::Caller,
    page::{Page, html},
    pages::sessions::{PasskeyAnswer, signed_in},
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use engine::Code;
use serde::Deserialize;
use terms::{Email, Phone, SignUpId};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-up", get(contact).post(send_codes))
        .route("/sign-up/{sign_up}", get(codes))
        .route("/sign-up/{sign_up}/codes", get(codes).post(check_codes))
        .route("/sign-up/{sign_up}/passkey", get(passkey).post(open))
}

#[derive(Template)]
#[template(path = "sign_up/begin.html")]
struct Contact {
    page: Page,
    slip: Option<Slip>,
    phone: String,
    email: String,
}

#[derive(Template)]
#[template(path = "sign_up/codes.html")]
struct Codes {
    page: Page,
    slip: Option<Slip>,
    sign_up: SignUpId,
}

#[derive(Template)]
#[template(path = "sign_up/passkey.html")]
struct MakePasskey {
    page: Page,
    sign_up: SignUpId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactForm {
    phone: String,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodesForm {
    phone_code: String,
    email_code: String,
}

async fn contact(State(state): State<AppState>, caller: Caller) -> Response {
    let page = Page::new(&state, &caller, "sign-up-title");
    html(&Contact { page, slip: None, phone: String::new(), email: String::new() })
}

async fn send_codes(
    State(state): State<AppState>,
    caller: Caller,
    Form(form): Form<ContactForm>,
) -> Response {
    let begun = match (Phone::parse(&form.phone), Email::parse(&form.email)) {
        (Ok(phone), Ok(email)) => {
            let body = SignUpBody { email, phone, locale: caller.language.locale() };
            sign_up::begin(&state, &caller, body).await
        }
        _ => Err(Code::FieldNotAllowed.into()),
    };
    match begun {
        Ok(begun) => Redirect::to(&format!("/sign-up/{}", begun.sign_up)).into_response(),
        Err(problem) => {
            let page = Page::new(&state, &caller, "sign-up-title");
            let slip = Some(Slip::told(&problem, &page));
            let again = html(&Contact { page, slip, phone: form.phone, email: form.email });
            (problem.status(), again).into_response()
        }
    }
}

async fn codes(State(state): State<AppState>, caller: Caller, Path(sign_up): Path<SignUpId>) -> Response {
    html(&Codes { page: Page::new(&state, &caller, "codes-title"), slip: None, sign_up })
}

async fn check_codes(
    State(state): State<AppState>,
    caller: Caller,
    Path(sign_up): Path<SignUpId>,
    Form(form): Form<CodesForm>,
) -> Response {
    match sign_up::confirm(&state, &caller, sign_up, &form.phone_code, &form.email_code).await {
        Ok(()) => Redirect::to(&format!("/sign-up/{sign_up}/passkey")).into_response(),
        Err(problem) if problem.code() == Code::CodeWrong.as_str() => {
            let page = Page::new(&state, &caller, "codes-title");
            let slip = Some(Slip::told(&problem, &page));
            (problem.status(), html(&Codes { page, slip, sign_up })).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

async fn passkey(State(state): State<AppState>, caller: Caller, Path(sign_up): Path<SignUpId>) -> Response {
    html(&MakePasskey { page: Page::new(&state, &caller, "passkey-title"), sign_up })
}

async fn open(
    State(state): State<AppState>,
    caller: Caller,
    Path(sign_up): Path<SignUpId>,
    Json(answer): Json<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let opened = sign_up::open(&state, &caller, sign_up, &answer.credential, &answer.device_name).await?;
    Ok(signed_in(&state, &opened))
}
