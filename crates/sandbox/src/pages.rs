//! What all pages share: language, layout, headers, the style sheet and the front page.

use crate::AppState;
use askama::Template;
use axum::{
    Router,
    extract::{FromRequestParts, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use std::convert::Infallible;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    Ja,
    En,
}

impl Lang {
    /// The code of the language, for `<html lang>`.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The other language's code, for the link that changes over.
    pub(crate) const fn other(self) -> &'static str {
        self.pick("en", "ja")
    }

    /// The text in this language.
    pub(crate) const fn pick<'t>(self, ja: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let asked = parts.uri.query().unwrap_or_default();
        let asked = asked.split('&').find_map(|pair| pair.strip_prefix("lang="));
        let header = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let cookie = header(header::COOKIE)
            .and_then(|cookies| cookies.split("; ").find_map(|pair| pair.strip_prefix("sandbox_lang=")));
        let accepted = header(header::ACCEPT_LANGUAGE);
        Ok(match asked.or(cookie).or(accepted) {
            Some(text) if text.trim_start().starts_with("en") => Self::En,
            _ => Self::Ja,
        })
    }
}

/// ¥1,234.
pub(crate) fn yen(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{}¥{text}", if amount < 0 { "-" } else { "" })
}

/// A page from its template.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(why) => crate::Fault::outside(why).into_response(),
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice {
    lang: Lang,
    text: &'static str,
}

/// A page that only says something: a flow that is over, a request that cannot be answered.
pub(crate) fn notice(status: StatusCode, lang: Lang, ja: &'static str, en: &'static str) -> Response {
    page(status, &Notice { lang, text: lang.pick(ja, en) })
}

/// Headers that every answer carries; a language that was asked for is remembered, for a form's answer has no `?lang=`.
pub(crate) async fn harden(uri: Uri, mut response: Response) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' http: https:; \
                          frame-ancestors 'none'; base-uri 'none'";
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let asked = uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("lang="));
    if let Some(lang @ ("ja" | "en")) = asked {
        let cookie = format!("sandbox_lang={lang}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[derive(Template)]
#[template(path = "front.html")]
struct Front<'a> {
    lang: Lang,
    wallet: &'a str,
    people: Vec<crate::people::Person>,
    banks: &'static [crate::banks::Bank],
}

async fn front(State(state): State<AppState>, lang: Lang) -> Response {
    match state.db.read(crate::people::all).await {
        Ok(people) => {
            let people = people.into_iter().take(12).collect();
            let (wallet, banks) = (&state.settings.shop_wallet_url, crate::banks::all());
            page(StatusCode::OK, &Front { lang, wallet, people, banks })
        }
        Err(fault) => fault.into_response(),
    }
}

async fn style() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("../static/sandbox.css"))
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(front))
        .route("/static/sandbox.css", get(style))
        .route("/healthz", get(|| async { "ok\n" }))
}
