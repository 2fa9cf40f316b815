//! A sign-in at a bank belongs to the browser that began it: whoever else has its address is refused.

use crate::{AppState, random};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};
use rusqlite::{Connection, OptionalExtension, Transaction};
use std::convert::Infallible;
use subtle::ConstantTimeEq;

const COOKIE: &str = "bank_browser";
/// Base64url of 32 bytes.
const SECRET_LENGTH: usize = 43;

/// The secret that a browser was given at its first visit; nothing for one that was never here.
pub(super) struct Browser(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let shown = parts.headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
        let secret = shown.unwrap_or_default().split("; ").find_map(|pair| {
            let secret = pair.strip_prefix(COOKIE)?.strip_prefix('=')?;
            (secret.len() == SECRET_LENGTH).then(|| secret.to_owned())
        });
        Ok(Self(secret))
    }
}

impl Browser {
    /// The same browser, with a new secret if it has none.
    pub(super) fn named(self) -> Self {
        Self(Some(self.0.unwrap_or_else(random::token)))
    }

    /// `Set-Cookie`, until the browser is closed; of no other bank's pages.
    pub(super) fn cookie(&self, state: &AppState, bank: &str) -> Option<HeaderValue> {
        let secret = self.0.as_ref()?;
        let secure = if state.settings.public_url.starts_with("https:") { "; Secure" } else { "" };
        let path = format!("/banks/{bank}/authorize");
        let cookie = format!("{COOKIE}={secret}; Path={path}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).ok()
    }

    /// From now on the flow is this browser's.
    pub(super) fn takes(&self, tx: &Transaction<'_>, flow: &str) -> rusqlite::Result<()> {
        tx.execute("INSERT INTO bank_flow_browsers (flow, browser) VALUES (?1, ?2)", (flow, &self.0))
            .map(|_| ())
    }

    /// Whether the flow is this browser's.
    pub(super) fn has(&self, connection: &Connection, flow: &str) -> rusqlite::Result<bool> {
        let sql = "SELECT browser FROM bank_flow_browsers WHERE flow = ?1";
        let kept: Option<String> =
            connection.prepare_cached(sql)?.query_row([flow], |row| row.get(0)).optional()?;
        let (Some(kept), Some(shown)) = (kept, &self.0) else { return Ok(false) };
        Ok(bool::from(kept.as_bytes().ct_eq(shown.as_bytes())))
    }
}
