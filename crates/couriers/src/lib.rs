//! Carries notices to phones and mailboxes, and webhooks to merchants.
//!
//! | what | to whom | convention |
//! |---|---|---|
//! | [`Couriers::sms`], [`Couriers::mail`] | the operator's carrier, which delivers | JSON with a bearer token; one id is delivered once |
//! | [`Couriers::webhook`] | a URL that a merchant gave | Standard Webhooks 1.0: HMAC-SHA256 |
//!
//! A merchant's URL is somebody else's choice, so it leads nowhere inside: only https, no redirect, only public
//! addresses, ten seconds, and nothing of the answer is looked at but its status.
#![forbid(unsafe_code)]

mod carrier;
mod public_address;
mod settings;
mod sign;
mod webhook;

pub use carrier::NotDelivered;
pub use settings::{CourierSettings, SettingsWrong};
pub use sign::new_webhook_secret;
pub use webhook::{UrlRefused, WebhookOutcome};

use terms::Secret;

/// The couriers. Share them behind an `Arc`.
pub struct Couriers {
    carrier_url: String,
    carrier_token: Secret,
    to_carrier: reqwest::Client,
    loopback_allowed: bool,
    to_merchants: reqwest::Client,
}

impl Couriers {
    /// Couriers with these settings. Nothing is sent until it is needed.
    ///
    /// # Errors
    /// [`SettingsWrong`] says which setting, and what is allowed.
    pub fn new(settings: CourierSettings) -> Result<Self, SettingsWrong> {
        let carrier_url = settings.checked_carrier_url()?;
        let no_client = |error: reqwest::Error| SettingsWrong::NoHttpClient(error.to_string());
        Ok(Self {
            carrier_url,
            carrier_token: settings.carrier_token,
            to_carrier: carrier::client(settings.carrier_limit_ms).map_err(no_client)?,
            loopback_allowed: settings.loopback_webhooks_allowed,
            to_merchants: webhook::client(settings.loopback_webhooks_allowed).map_err(no_client)?,
        })
    }
}
