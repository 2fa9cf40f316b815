//! The customer's one-time code for a till: shown as digits and as a JPQR code, read by a merchant's till.

use crate::{
    AppState,
    api::sign_up::Empty,
    body::Json,
    credentials::{Caller, digest_of},
    draw,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{Code, payments::PresentCode};
use jpqr::ConsumerCode;
use serde::Serialize;
use terms::{Digest, Time};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operator's number in customers' codes (事業者識別コード). This one is nobody's: an operator who goes live
/// puts the number here that JPQR's registrar gave it.
const OPERATOR: &str = "99990001";
const DRAWN_DIGITS: usize = 16;
const WRITTEN_MAX: usize = 512;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show_code))
}

/// A one-time code.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShownCode {
    /// The text to draw as a QR code (JPQR, consumer-presented).
    pub(crate) payload: String,
    /// The same as digits, to be typed or drawn as a bar code.
    #[schema(example = "999900011234567890123456")]
    pub(crate) digits: String,
    /// When it is over; it can be used once before.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String)]
    pub(crate) expires_at: Time,
}

fn as_text<S: serde::Serializer>(time: &Time, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(time)
}

/// A new code.
#[derive(Serialize, ToSchema)]
struct CodeAnswer {
    /// The code.
    code: ShownCode,
}

/// A code to show at a till
///
/// Good once, for five minutes, and only as long as this session.
#[utoipa::path(
    post, path = "/v1/codes", tag = "payments", request_body = Empty,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 201, body = CodeAnswer))
)]
async fn show_code(
    State(state): State<AppState>,
    caller: Caller,
    Json(Empty {}): Json<Empty>,
) -> Result<(StatusCode, Json<CodeAnswer>), Problem> {
    Ok((StatusCode::CREATED, Json(CodeAnswer { code: new_code(&state, &caller).await? })))
}

/// Makes a code for whoever is signed in.
pub(crate) async fn new_code(state: &AppState, caller: &Caller) -> Result<ShownCode, Problem> {
    let session = caller.session()?;
    // 2^128 is so much larger than 10^16 that no code is likelier than another by more than 10^-22.
    let drawn = u128::from_be_bytes(draw::bytes::<16>()?) % 10_u128.pow(16);
    let digits = format!("{OPERATOR}{drawn:0width$}", width = DRAWN_DIGITS);
    let operator = OPERATOR.parse().map_err(|_| Problem::fault("the operator's number is not 8 digits"))?;
    let payload = ConsumerCode { operator, payment_id: digits.clone() }.write().map_err(Problem::fault)?;
    let ask = PresentCode { session, code: digest_of(&digits) };
    let shown = state.teller.ask(ask, caller.source.clone()).await?;
    Ok(ShownCode { payload, digits, expires_at: shown.expires_at })
}

/// The digest of a code as a till sends it: the QR code's text, or its digits, perhaps in groups.
///
/// # Errors
/// `field_not_allowed` where it is neither.
pub(crate) fn digest_of_code(written: &str) -> Result<Digest, Problem> {
    let wrong =
        || Problem::from(Code::FieldNotAllowed).field("code", "the text of a customer's code, or its digits");
    if written.len() > WRITTEN_MAX {
        return Err(wrong());
    }
    let bare: String = written.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if (1..=32).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(digest_of(&bare));
    }
    ConsumerCode::read(written).map(|code| digest_of(&code.payment_id)).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_sends_the_code_in_any_of_its_forms() {
        let digits = format!("{OPERATOR}0123456789012345");
        let operator = OPERATOR.parse().expect("8 digits");
        let payload = ConsumerCode { operator, payment_id: digits.clone() }.write().expect("a code");
        let expected = digest_of(&digits);
        let grouped = format!("{OPERATOR} 0123-4567 8901 2345");
        for (written, fits) in [(&digits, true), (&payload, true), (&grouped, true)] {
            assert_eq!(digest_of_code(written).ok() == Some(expected), fits, "{written}");
        }
        for wrong in ["", "abc", &"1".repeat(33), &"a".repeat(513)] {
            assert!(digest_of_code(wrong).is_err(), "{wrong}");
        }
    }
}
