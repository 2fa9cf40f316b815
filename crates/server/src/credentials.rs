//! Who asks: the session, merchant key or operator token that came with a request, only ever as a digest.

use crate::{AppState, Settings, locale::Language, problem::Problem, shell::Asking};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use engine::{Code, RememberBadToken, Source, sign_up::Locale};
use std::convert::Infallible;
use store::look;
use subtle::ConstantTimeEq;
use terms::{Digest, OperatorName};

const TOKEN_LENGTH_MAX: usize = 256;
/// Browsers keep a cookie for 400 days at most (RFC 6265bis §5.5).
const DEVICE_LIFE_SECONDS: u32 = 400 * 24 * 60 * 60;
const LANGUAGE_LIFE_SECONDS: u32 = DEVICE_LIFE_SECONDS;

/// SHA-256 of a secret text.
pub(crate) fn digest_of(secret: &str) -> Digest {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    Digest::new(bytes)
}

/// 128 random bits as a UUID of version 4: for names of things that carry no time and no right.
pub(crate) fn random_uuid() -> Option<uuid::Uuid> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// A cookie's value.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|value| !value.is_empty())
}

/// The names of our cookies. Over TLS they carry the `__Host-` prefix, so that no other host can set them;
/// browsers refuse the prefix without TLS, which only happens on a laptop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    secure: bool,
}

impl Cookies {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self { secure: settings.is_secure() }
    }

    /// The names without TLS.
    pub(crate) const fn plain() -> Self {
        Self { secure: false }
    }

    const fn session(self) -> &'static str {
        if self.secure { "__Host-tsugime" } else { "tsugime" }
    }

    const fn device(self) -> &'static str {
        if self.secure { "__Host-device" } else { "device" }
    }

    fn set(self, name: &str, value: &str, life_seconds: u32, script: bool) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        let hidden = if script { "" } else { "; HttpOnly" };
        format!("{name}={value}; Path=/; Max-Age={life_seconds}; SameSite=Lax{hidden}{secure}")
    }

    /// The `Set-Cookie` value that opens a session in this browser.
    pub(crate) fn open_session(self, token: &str, life_seconds: u32) -> String {
        self.set(self.session(), token, life_seconds, false)
    }

    /// The `Set-Cookie` value that ends it.
    pub(crate) fn end_session(self) -> String {
        self.set(self.session(), "", 0, false)
    }

    /// The `Set-Cookie` value that names this browser.
    pub(crate) fn name_device(self, device: terms::DeviceId) -> String {
        self.set(self.device(), &device.to_string(), DEVICE_LIFE_SECONDS, false)
    }

    /// The `Set-Cookie` value that remembers a language.
    pub(crate) fn remember_language(self, tag: &str) -> String {
        self.set(crate::locale::COOKIE, tag, LANGUAGE_LIFE_SECONDS, false)
    }

    /// The device that this browser was named.
    pub(crate) fn device_in(self, headers: &HeaderMap) -> Option<terms::DeviceId> {
        terms::DeviceId::parse(cookie(headers, self.device())?).ok()
    }

    /// The digest of the secret that came along: a bearer token, else the session cookie.
    pub(crate) fn secret_in(self, headers: &HeaderMap) -> Option<Digest> {
        bearer(headers).or_else(|| cookie(headers, self.session())).and_then(checked)
    }
}

fn checked(token: &str) -> Option<Digest> {
    (!token.is_empty() && token.len() <= TOKEN_LENGTH_MAX).then(|| digest_of(token))
}

/// The token of `Authorization: Bearer` (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether the request proves itself by a header, which no page elsewhere can add.
pub(crate) fn has_bearer(headers: &HeaderMap) -> bool {
    bearer(headers).is_some()
}

/// Whoever asks: a handler takes this, and passes `source` to the teller.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The digest of the session token that came along; whether it opens anything is decided by the engine.
    pub(crate) session: Option<Digest>,
    /// Where the request came from.
    pub(crate) source: Source,
    /// The language to answer in.
    pub(crate) language: Language,
    /// The request's path, for a way back after signing in.
    pub(crate) path: String,
}

impl Caller {
    /// The same caller, answered in the wallet's language unless another was chosen in this browser.
    #[must_use]
    pub(crate) fn reading(self, wallet: Locale) -> Self {
        Self { language: self.language.for_customer(wallet), ..self }
    }

    /// The session's digest.
    ///
    /// # Errors
    /// `not_signed_in` where none came along.
    pub(crate) fn session(&self) -> Result<Digest, Problem> {
        self.session.ok_or_else(|| Code::NotSignedIn.into())
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let asking = parts.extensions.get::<Asking>().cloned().unwrap_or_default();
        Ok(Self {
            session: Cookies::of(&state.settings).secret_in(&parts.headers),
            source: asking.source,
            language: asking.language,
            path: parts.uri.path().to_owned(),
        })
    }
}

/// The digest of a merchant's key; whose it is, the engine knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MerchantKey(pub(crate) Digest);

impl FromRequestParts<AppState> for MerchantKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        bearer(&parts.headers).and_then(checked).map(Self).ok_or_else(|| Code::NotSignedIn.into())
    }
}

/// Remembers that a key or token was shown that opens nothing, and says so.
pub(crate) async fn refuse_bad_token(state: &AppState, source: Source) -> Problem {
    match state.teller.ask(RememberBadToken, source).await {
        Ok(()) => Code::NotSignedIn.into(),
        Err(no) => no.into(),
    }
}

/// Who of the operator's staff asks: a person with a token of their own, or the token of the first hour.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    pub(crate) name: OperatorName,
}

/// Who shows one of these tokens, or is one of the staff where these are let in; what opens nothing is remembered.
async fn let_in(
    parts: &Parts,
    state: &AppState,
    tokens: &[Option<Digest>],
    staff: bool,
) -> Result<Option<OperatorName>, Problem> {
    let Some(shown) = bearer(&parts.headers).and_then(checked) else { return Err(Code::NotSignedIn.into()) };
    let fits = |token: &Digest| bool::from(shown.bytes().ct_eq(token.bytes()));
    if tokens.iter().flatten().any(fits) {
        return Ok(None);
    }
    if staff {
        let found = state.teller.look(move |shelf| look::operator_by_token(shelf, &shown)).await?;
        if let Some(operator) = found.filter(engine::operators::Operator::is_active) {
            return Ok(Some(operator.name));
        }
    }
    let asking = parts.extensions.get::<Asking>().cloned().unwrap_or_default();
    Err(refuse_bad_token(state, asking.source).await)
}

impl FromRequestParts<AppState> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let named = let_in(parts, state, &[state.settings.operator_token], true).await?;
        Ok(Self { name: named.unwrap_or_else(engine::operators::Operator::first_hour) })
    }
}

/// Proof that the token came along that moves money in the book without a customer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LedgerDesk;

impl FromRequestParts<AppState> for LedgerDesk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let_in(parts, state, &[state.settings.ledger_token], false).await.map(|_| Self)
    }
}

/// Proof that somebody may look into the book: one of the staff, the operator's token, or the ledger's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BookReader;

impl FromRequestParts<AppState> for BookReader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let tokens = [state.settings.operator_token, state.settings.ledger_token];
        let_in(parts, state, &tokens, true).await.map(|_| Self)
    }
}

impl OptionalFromRequestParts<AppState> for Operator {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>, Infallible> {
        Ok(<Self as FromRequestParts<AppState>>::from_request_parts(parts, state).await.ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; xtsugime=2; tsugime=3=4".parse().expect("a header"));
        headers.append(header::COOKIE, "device=5".parse().expect("a header"));
        for (name, value) in
            [("a", Some("1")), ("tsugime", Some("3=4")), ("device", Some("5")), ("tsugim", None), ("b", None)]
        {
            assert_eq!(cookie(&headers, name), value, "{name}");
        }
    }

    #[test]
    fn only_a_bearer_token_is_read_from_the_header() {
        for (text, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("Bearer", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, text.parse().expect("a header"));
            assert_eq!(bearer(&headers), token, "{text}");
        }
    }
}
