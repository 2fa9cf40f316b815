//! Every no as `application/problem+json` (RFC 9457), with a stable code, in the asker's language.

use crate::{
    locale::{self, t},
    shell::Asking,
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{Code, Refusal, sign_up::Locale};
use serde::Serialize;
use terms::{Span, Time};
use utoipa::ToSchema;

const RETRY_AFTER_SECONDS: u32 = 2;

macro_rules! shell_codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $status:literal;)*) => {
        /// What can be wrong with a request before anything is decided, and what can break on our side.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum ShellCode {$($(#[$doc])* $name,)*}

        impl ShellCode {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(crate) const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }

            pub(crate) const fn status(self) -> u16 {
                match self {$(Self::$name => $status,)*}
            }
        }
    };
}

shell_codes! {
    /// The body is not JSON.
    MalformedJson "malformed_json" 400;
    /// The request cannot be read.
    MalformedRequest "malformed_request" 400;
    /// A page elsewhere sent this in the customer's name.
    CrossSite "cross_site" 403;
    /// An operator's posting names a customer's purse.
    CustomerAccount "customer_account" 403;
    /// There is no such route.
    UnknownRoute "unknown_route" 404;
    /// The route exists, with other methods.
    MethodNotAllowed "method_not_allowed" 405;
    /// The body is too large.
    TooLarge "too_large" 413;
    /// The body has another content type than the route reads.
    WrongContentType "wrong_content_type" 415;
    /// An amount below zero.
    AmountNegative "amount_negative" 422;
    /// Too many requests from this address or session.
    SlowDown "slow_down" 429;
    /// We are wrong.
    Bug "bug" 500;
    /// Something of ours or at a bank did not work.
    Unavailable "unavailable" 503;
}

/// The HTTP status of a refusal. A new code does not compile until it has one.
pub(crate) const fn status_of(code: Code) -> u16 {
    match code {
        Code::NotSignedIn => 401,
        Code::StepUpNeeded
        | Code::PasskeyNeeded
        | Code::IdentityNeeded
        | Code::WalletClosed
        | Code::GateDenied
        | Code::UnderReview
        | Code::Stopped
        | Code::SecondPersonNeeded
        | Code::NotBound => 403,
        Code::NotFound => 404,
        Code::IdReused
        | Code::CeremonyOver
        | Code::WrongState
        | Code::LastPasskey
        | Code::TooSoon
        | Code::HandleTaken
        | Code::IdentityTaken
        | Code::LinkNotActive
        | Code::OrderOver
        | Code::PaymentsUnderWay
        | Code::ChangedSince => 409,
        Code::CodeWrong
        | Code::AssertionRefused
        | Code::MethodNotValid
        | Code::BankUnknown
        | Code::MethodTooWeak
        | Code::LinkRefused
        | Code::ConsentDenied
        | Code::AmountNotAllowed
        | Code::InsufficientFunds
        | Code::ValueProvisional
        | Code::OverLimit
        | Code::PayeeUnavailable
        | Code::SamePerson
        | Code::CodeNotReadable
        | Code::AboveOriginal
        | Code::FieldNotAllowed => 422,
        Code::TooManyTries | Code::TooMany => 429,
    }
}

/// The HTTP status of a refusal by the book. A new one does not compile until it has one.
pub(crate) const fn status_of_book(refusal: ledger::Refusal) -> u16 {
    use ledger::Refusal as No;
    match refusal {
        No::BatchTooLarge => 413,
        No::AccountUnknown | No::DebitUnknown | No::CreditUnknown => 404,
        No::HoldUnknown | No::OriginalUnknown => 404,
        No::IdTaken
        | No::HoldCaptured
        | No::HoldReleased
        | No::HoldExpired
        | No::HoldNotDue
        | No::AccountClosed
        | No::DebitClosed
        | No::CreditClosed
        | No::DebitFrozen
        | No::CreditFrozen
        | No::AccountNotEmpty => 409,
        No::ChainOpen
        | No::ChainBroken
        | No::AmountZero
        | No::AmountAboveCap
        | No::TimeInFuture
        | No::SameAccount
        | No::CaptureStated
        | No::AboveHold
        | No::OriginalIsReversal
        | No::NotTheOriginalsAccounts
        | No::AboveOriginal
        | No::WrongCurrency
        | No::BelowFloor
        | No::HoldNotCovered
        | No::TotalTooLarge => 422,
    }
}

/// Every problem that there can be, each code once, for the page that explains them.
pub(crate) fn all() -> Vec<Problem> {
    let refusals = Code::ALL.iter().map(|code| Problem::from(*code));
    let mut all: Vec<Problem> =
        refusals.chain(ShellCode::ALL.iter().map(|code| Problem::from(*code))).collect();
    for refusal in ledger::Refusal::ALL {
        if all.iter().all(|known| known.code != refusal.code()) {
            all.push((*refusal).into());
        }
    }
    all
}

/// A no on its way out. The shell writes it in the asker's language and with the request's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    code: &'static str,
    status: u16,
    field: Option<String>,
    not_before: Option<Time>,
    allowed: Option<String>,
    retry_after_s: Option<u32>,
}

/// The body of every no (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#insufficient_funds")]
    kind: String,
    /// What happened, in the asker's language.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What to do next, in the asker's language.
    detail: String,
    /// The request's id, as in the header `x-request-id`.
    instance: String,
    /// The stable code to branch on.
    #[schema(example = "insufficient_funds")]
    code: &'static str,
    /// The field at fault, as a path such as `to.handle`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What the field takes, for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<String>,
    /// From when on it may be tried again (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
}

impl Problem {
    /// A problem with the field at fault and what it takes.
    pub(crate) fn field(mut self, field: impl Into<String>, allowed: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self.allowed = Some(allowed.into());
        self
    }

    /// What would have been allowed, for developers.
    pub(crate) fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// When to come back, in whole seconds.
    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Something broke: `what` goes to the log, the asker is told to come back with the same id.
    pub(crate) fn fault(what: impl std::fmt::Display) -> Self {
        tracing::error!(fault = %what, "a request could not be answered");
        Self::from(ShellCode::Unavailable).retry_after(RETRY_AFTER_SECONDS)
    }

    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    /// The field at fault.
    pub(crate) fn field_at_fault(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What happened, as a sentence.
    pub(crate) fn title(&self, locale: Locale) -> String {
        t(locale, &key(self.code), &[])
    }

    /// What to do next, as a sentence, and from when on if that is known.
    pub(crate) fn next(&self, locale: Locale) -> String {
        let next = t(locale, &format!("{}-next", key(self.code)), &[]);
        let Some(not_before) = self.not_before else { return next };
        let time = locale::minute(locale, whole_minute_from(not_before));
        t(locale, "problem-not-before", &[("next", next.into()), ("time", time.into())])
    }

    /// The status and body for a status that a library of ours answered with, without words of ours.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => ShellCode::UnknownRoute.into(),
            StatusCode::METHOD_NOT_ALLOWED => ShellCode::MethodNotAllowed.into(),
            StatusCode::PAYLOAD_TOO_LARGE => ShellCode::TooLarge.into(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ShellCode::WrongContentType.into(),
            status if status.is_client_error() => ShellCode::MalformedRequest.into(),
            _ => ShellCode::Bug.into(),
        }
    }

    /// Writes it for the asker: JSON, or a page for a person with a browser.
    pub(crate) fn answer(&self, asking: &Asking) -> Response {
        let locale = asking.language.locale();
        let mut response = if asking.wants_page {
            crate::pages::problem(self, asking)
        } else {
            let body = ProblemBody {
                kind: format!("/docs/problems#{}", self.code),
                title: self.title(locale),
                status: self.status,
                detail: self.next(locale),
                instance: asking.request.clone(),
                code: self.code,
                field: self.field.clone(),
                allowed: self.allowed.clone(),
                not_before: self.not_before.map(|time| time.to_string()),
            };
            let kind = HeaderValue::from_static("application/problem+json");
            ([(header::CONTENT_TYPE, kind)], serde_json::to_vec(&body).unwrap_or_default()).into_response()
        };
        *response.status_mut() = self.status();
        self.add_headers(&mut response);
        response
    }

    fn add_headers(&self, response: &mut Response) {
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == 401 {
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
    }
}

/// The key of a code's sentences.
pub(crate) fn key(code: &str) -> String {
    format!("refusal-{}", code.replace('_', "-"))
}

/// The first whole minute that is not before `time`: who comes back at the minute shown does not come too soon.
fn whole_minute_from(time: Time) -> Time {
    const MINUTE_MS: i64 = 60_000;
    time.plus(Span::millis((-time.millis()).rem_euclid(MINUTE_MS)))
}

impl From<ShellCode> for Problem {
    fn from(code: ShellCode) -> Self {
        let (code, status) = (code.as_str(), code.status());
        Self { code, status, field: None, not_before: None, allowed: None, retry_after_s: None }
    }
}

impl From<ledger::Refusal> for Problem {
    fn from(refusal: ledger::Refusal) -> Self {
        let (code, status) = (refusal.code(), status_of_book(refusal));
        Self { code, status, field: None, not_before: None, allowed: None, retry_after_s: None }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Refusal::new(code).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        // `quiet` is for our record, never for the asker.
        let Refusal { code, field, not_before, quiet: _ } = refusal;
        let (code, status) = (code.as_str(), status_of(code));
        Self { code, status, field, not_before, allowed: None, retry_after_s: None }
    }
}

impl From<teller::No> for Problem {
    fn from(no: teller::No) -> Self {
        match no {
            teller::No::Refusal(refusal) => refusal.into(),
            teller::No::Busy => Self::from(ShellCode::Unavailable).retry_after(RETRY_AFTER_SECONDS),
            teller::No::Fault(fault) => Self::fault(fault),
        }
    }
}

/// The problem travels in the response's extensions; the shell writes the body.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_when_on_is_said_in_japans_time_and_never_too_early() {
        // 22 November 2026, 05:05:00 and 05:04:00.001 UTC.
        for time_ms in [1_795_323_900_000, 1_795_323_840_001] {
            let problem = Problem::from(Refusal::new(Code::TooSoon).not_before(Time::from_millis(time_ms)));
            assert!(
                problem.next(Locale::Ja).ends_with("2026年11月22日 14:05からご利用いただけます。"),
                "{time_ms}"
            );
            assert!(
                problem.next(Locale::En).ends_with("possible from 22 Nov 2026, 14:05 JST on."),
                "{time_ms}"
            );
        }
        assert!(!Problem::from(Code::TooSoon).next(Locale::En).contains("JST"), "no time is known");
    }

    #[test]
    fn every_code_has_a_status_and_words_in_both_languages() {
        for Problem { code, status, .. } in all() {
            assert!((400..=503).contains(&status), "{code}");
            for locale in [Locale::Ja, Locale::En] {
                for key in [key(code), format!("{}-next", key(code))] {
                    let text = t(locale, &key, &[]);
                    assert!(text != key && text.len() > 8, "{key} has no words in {locale:?}");
                }
            }
        }
    }
}
