//! What the client of the banks needs to know, and what is wrong with it when it cannot start.

use jose::{SigningKey, TimeLimits};
use std::collections::BTreeMap;
use std::sync::Arc;
use terms::{BankCode, Yen};
use url::{Host, Url};

/// Settings of [`crate::Banks`].
pub struct BanksSettings {
    /// Our name at every bank.
    pub client_id: String,
    /// Where banks send the browser back to.
    pub redirect_uri: String,
    /// Signs client assertions; its public half is in our JWKS.
    pub signing_key: Arc<SigningKey>,
    /// The key to which banks bind their tokens. When it is lost, every link has to be made again.
    pub dpop_key: Arc<SigningKey>,
    /// The issuer identifier of each bank: https, or http on loopback.
    pub issuers: BTreeMap<BankCode, Url>,
    /// How long to wait for a bank.
    pub time_limits: TimeLimits,
}

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsWrong {
    /// An issuer that must not be used.
    #[error(
        "bank {bank}: the issuer {issuer} is not allowed; it must be an https URL (http on loopback only) without query, fragment and user name"
    )]
    Issuer {
        /// Which bank.
        bank: BankCode,
        /// Its issuer.
        issuer: String,
    },
    /// The redirect URI is not a URL.
    #[error("the redirect URI {0} is not an http or https URL")]
    RedirectUri(String),
    /// One key for two purposes.
    #[error("the signing key and the DPoP key are the same; each purpose needs its own key")]
    OneKeyForBoth,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: the system's TLS roots cannot be read")]
    NoHttpClient,
}

/// What the person is asked to sign at the bank, and what the bank's word is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// By which of the bank's methods.
    pub method: String,
    /// The most per debit.
    pub per_debit_limit: Yen,
    /// The most per day.
    pub per_day_limit: Yen,
}

impl BanksSettings {
    pub(crate) fn check(&self) -> Result<(), SettingsWrong> {
        for (bank, issuer) in &self.issuers {
            let bare =
                issuer.query().is_none() && issuer.fragment().is_none() && issuer.username().is_empty();
            if !bare || !is_safe(issuer) {
                return Err(SettingsWrong::Issuer { bank: *bank, issuer: issuer.to_string() });
            }
        }
        if !Url::parse(&self.redirect_uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(SettingsWrong::RedirectUri(self.redirect_uri.clone()));
        }
        if self.signing_key.kid() == self.dpop_key.kid() {
            return Err(SettingsWrong::OneKeyForBoth);
        }
        Ok(())
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
