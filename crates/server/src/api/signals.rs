//! What banks tell us: signed security event tokens pushed to us (RFC 8417, RFC 8935), and their list for staff.

use crate::{
    AppState,
    body::{Json, Path, Query, is_type},
    credentials::{Caller, Operator, refuse_bad_token},
    problem::{Problem, ShellCode},
};
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    Code,
    signals::{Signal, SignalKind, TakeSignal},
};
use jose::TokenRefused;
use serde::{Deserialize, Serialize};
use store::look;
use terms::BankCode;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const TYPE: &str = "application/secevent+jwt";
const SIGNALS_MAX: u32 = 100;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(take_signal)).routes(routes!(list_signals))
}

/// Why a token was not taken (RFC 8935 §2.3).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignalRefused)]
struct Refused {
    /// `invalid_request`, `invalid_key`, `invalid_issuer`, `invalid_audience` or `authentication_failed`.
    err: &'static str,
    /// What is wrong, in English.
    description: String,
}

/// A no to a token, or a problem of the request or of ours.
enum No {
    Token(Refused),
    Problem(Problem),
}

impl No {
    fn invalid(description: impl Into<String>) -> Self {
        Self::Token(Refused { err: "invalid_request", description: description.into() })
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Token(refused) => {
                (StatusCode::BAD_REQUEST, [(header::CONTENT_LANGUAGE, "en")], Json(refused)).into_response()
            }
        }
    }
}

impl From<Problem> for No {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<teller::No> for No {
    fn from(no: teller::No) -> Self {
        let teller::No::Refusal(refusal) = &no else { return Self::Problem(no.into()) };
        let field = refusal.field.as_deref().unwrap_or("token");
        match refusal.code {
            Code::IdReused => Self::invalid("jti: it came before, with another event"),
            Code::FieldNotAllowed => Self::invalid(format!("{field}: not what this event takes")),
            _ => Self::Problem(no.into()),
        }
    }
}

/// The error code of RFC 8935 §2.4.
const fn err_of(refused: TokenRefused) -> &'static str {
    match refused {
        TokenRefused::WrongAlgorithm | TokenRefused::UnknownKey => "invalid_key",
        TokenRefused::WrongSignature => "authentication_failed",
        TokenRefused::WrongIssuer => "invalid_issuer",
        TokenRefused::WrongAudience => "invalid_audience",
        TokenRefused::Malformed(_)
        | TokenRefused::WrongType
        | TokenRefused::KeysUnavailable(_)
        | TokenRefused::Expired
        | TokenRefused::NotYetValid
        | TokenRefused::TooOld
        | TokenRefused::WrongClaims => "invalid_request",
    }
}

/// A bank tells what it sees
///
/// The body is a signed security event token (RFC 8417) with one event of ours. The same `jti` with the same event
/// again is taken again and changes nothing.
#[utoipa::path(
    post, path = "/v1/banks/{bank}/signals", tag = "banks",
    params(("bank" = String, Path, description = "The bank's code")),
    request_body(content = String, content_type = "application/secevent+jwt"),
    responses((status = 202, description = "Taken"), (status = 400, body = Refused))
)]
async fn take_signal(
    State(state): State<AppState>,
    caller: Caller,
    Path(bank): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, No> {
    if !is_type(&headers, TYPE) {
        return Err(Problem::from(ShellCode::WrongContentType).allowed(TYPE).into());
    }
    let bank = BankCode::parse(&bank).map_err(|_| Problem::from(Code::NotFound))?;
    let body = body.map_err(|_| No::invalid("the body is too long, or broke off"))?;
    let token = std::str::from_utf8(&body).map_err(|_| No::invalid("the token is no text"))?;
    let said = match state.banks.verify_signal(bank, token.trim()).await {
        Ok(said) => said,
        // The bank pushes again.
        Err(fault) if fault.is_fault() => return Err(Problem::fault(fault).into()),
        Err(refused) => {
            tracing::warn!(%refused, %bank, "a bank's signal was refused");
            metrics::counter!("bank_signals_refused_total", "err" => err_of(refused)).increment(1);
            let _not_signed_in = refuse_bad_token(&state, caller.source).await;
            return Err(No::Token(Refused { err: err_of(refused), description: refused.to_string() }));
        }
    };
    let kind = said.kind.as_str();
    state.teller.ask(TakeSignal { bank, said }, caller.source).await?;
    metrics::counter!("bank_signals_taken_total", "kind" => kind).increment(1);
    Ok(StatusCode::ACCEPTED)
}

/// From where on to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SignalsQuery {
    /// Only those with a smaller number: `next` of the page before.
    before: Option<u64>,
}

/// A bank's signal as staff see it: tags and ids, no names and no secrets.
#[derive(Debug, Serialize, ToSchema)]
struct SignalView {
    /// Grows with every signal.
    number: u64,
    /// The bank: four digits.
    bank: String,
    /// `try_failed`, `canary_tried`, `account_compromised`, `link_denied`, `bank_compromised` or `stop_requested`.
    #[schema(value_type = String)]
    kind: SignalKind,
    /// When it happened, by the bank's word.
    at: String,
    /// When we took it.
    taken_at: String,
    /// Our tag of the bank account: the same account, the same tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_tag: Option<String>,
    /// By which of the bank's methods it was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// Whether the number belongs to nobody and is a trap.
    canary: bool,
    /// The consent during which it was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<String>,
    /// The customer of that consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    /// Links that were suspended by it.
    suspended: Vec<String>,
}

/// Signals of banks.
#[derive(Debug, Serialize, ToSchema)]
struct SignalList {
    /// The newest first, at most 100.
    signals: Vec<SignalView>,
    /// Where the next page begins, if there may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

fn view(signal: &Signal) -> SignalView {
    SignalView {
        number: signal.number,
        bank: signal.bank.to_string(),
        kind: signal.told.kind,
        at: signal.told.at.to_string(),
        taken_at: signal.taken_at.to_string(),
        account_tag: signal.told.account.map(|tag| tag.to_string()),
        method: signal.told.method.clone(),
        canary: signal.told.canary,
        consent: signal.consent.map(|id| id.to_string()),
        customer: signal.customer.map(|id| id.to_string()),
        suspended: signal.suspended.iter().map(ToString::to_string).collect(),
    }
}

/// What banks told us
#[utoipa::path(
    get, path = "/v1/operator/signals", tag = "operator", params(SignalsQuery),
    security(("operator_token" = [])),
    responses((status = 200, body = SignalList))
)]
async fn list_signals(
    State(state): State<AppState>,
    _: Operator,
    Query(query): Query<SignalsQuery>,
) -> Result<Json<SignalList>, Problem> {
    let found = state.teller.look(move |shelf| look::signals(shelf, query.before, SIGNALS_MAX)).await?;
    let more = found.len() == SIGNALS_MAX as usize;
    let next = found.last().filter(|_| more).map(|signal| signal.number);
    Ok(Json(SignalList { signals: found.iter().map(view).collect(), next }))
}
