//! What is needed to speak with a verifier or provider, and what is wrong with it when that cannot start.

use jose::{SigningKey, TimeLimits};
use std::sync::Arc;
use url::{Host, Url};

/// Settings of a [`crate::Verifier`] or an [`crate::OpenIdProvider`].
#[derive(Clone)]
pub struct PartySettings {
    /// Its issuer identifier: https, or http on loopback.
    pub issuer: Url,
    /// Our name there.
    pub client_id: String,
    /// Where it sends the browser back to.
    pub redirect_uri: String,
    /// Signs client assertions; its public half is in our JWKS.
    pub signing_key: Arc<SigningKey>,
    /// How long to wait.
    pub time_limits: TimeLimits,
}

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsWrong {
    /// An issuer that must not be used.
    #[error(
        "the issuer {0} is not allowed; it must be an https URL (http on loopback only) without query, fragment and user name"
    )]
    Issuer(String),
    /// The redirect URI is not a URL.
    #[error("the redirect URI {0} is not an http or https URL")]
    RedirectUri(String),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    NoHttpClient(String),
}

impl PartySettings {
    /// The issuer identifier without a slash at its end.
    pub(crate) fn checked_issuer(&self) -> Result<String, SettingsWrong> {
        let issuer = &self.issuer;
        let bare = issuer.query().is_none() && issuer.fragment().is_none() && issuer.username().is_empty();
        if !bare || !is_safe(issuer) {
            return Err(SettingsWrong::Issuer(issuer.to_string()));
        }
        if !Url::parse(&self.redirect_uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(SettingsWrong::RedirectUri(self.redirect_uri.clone()));
        }
        Ok(issuer.as_str().trim_end_matches('/').to_owned())
    }
}

/// https anywhere, http only to this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && loopback
}
