//! What the couriers need to know, and what is wrong with it when they cannot start.

use terms::Secret;
use url::{Host, Url};

/// Settings of [`crate::Couriers`].
pub struct CourierSettings {
    /// Where the carrier is: https, or http on loopback. `/sms` and `/mail` are appended.
    pub carrier_url: Url,
    /// The bearer token that the carrier knows us by.
    pub carrier_token: Secret,
    /// How long to wait for the carrier, in milliseconds.
    pub carrier_limit_ms: u64,
    /// Whether webhooks may go to this machine, and there by http: for a demo and for tests, never in production.
    pub loopback_webhooks_allowed: bool,
}

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsWrong {
    /// A carrier that must not be used.
    #[error(
        "the carrier's URL {0} is not allowed; it must be an https URL (http on loopback only) without query and fragment"
    )]
    CarrierUrl(String),
    /// A token that HTTP cannot carry.
    #[error("the carrier's token must be 1 to 500 printable ASCII characters without spaces")]
    CarrierToken,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    NoHttpClient(String),
}

impl CourierSettings {
    pub(crate) fn checked_carrier_url(&self) -> Result<String, SettingsWrong> {
        let url = &self.carrier_url;
        let safe = url.scheme() == "https" || url.scheme() == "http" && is_loopback(url);
        if !safe || url.query().is_some() || url.fragment().is_some() {
            return Err(SettingsWrong::CarrierUrl(url.to_string()));
        }
        let token = self.carrier_token.expose();
        if !(1..=500).contains(&token.len()) || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(SettingsWrong::CarrierToken);
        }
        Ok(url.as_str().trim_end_matches('/').to_owned())
    }
}

/// Whether a URL names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
