//! Sends a webhook after the Standard Webhooks convention, and believes nothing of the answer but its status.

use crate::Couriers;
use crate::public_address::{PublicOnly, may_be_reached};
use crate::settings::is_loopback;
use crate::sign::signature;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use terms::Secret;
use url::{Host, Url};

const LIMIT: Duration = Duration::from_secs(10);
/// What is read of an answer so that the connection can serve again, in bytes; what comes beyond closes it.
const READ_MAX: usize = 4 * 1024;
const URL_MAX: usize = 500;
const BODY_MAX: usize = 64 * 1024;

/// What became of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// The endpoint took it: any status from 200 to 299.
    Delivered,
    /// It did not.
    Failed {
        /// Why, for the merchant's log.
        why: String,
    },
}

/// Why a URL is not one that webhooks are sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a webhook goes to an https URL of at most 500 characters with a public host, without user name and fragment"
)]
pub struct UrlRefused;

pub(crate) fn client(loopback_allowed: bool) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(LIMIT)
        .timeout(LIMIT)
        .dns_resolver(Arc::new(PublicOnly { loopback_allowed }))
        .build()
}

impl Couriers {
    /// Whether webhooks may be sent to this URL; asked when a merchant gives it, and again at each sending.
    ///
    /// # Errors
    /// [`UrlRefused`] says what is allowed.
    pub fn check_webhook_url(&self, url: &str) -> Result<(), UrlRefused> {
        self.read_url(url).map(|_| ())
    }

    /// Sends `body` (JSON) to `url`, once. `id` names the event: a repeated sending carries the same one.
    /// `timestamp_s` is the time of this sending, in seconds since 1970.
    pub async fn webhook(
        &self,
        url: &str,
        secret: &Secret,
        id: &str,
        timestamp_s: i64,
        body: &str,
    ) -> WebhookOutcome {
        let failed = |why: &str| WebhookOutcome::Failed { why: why.to_owned() };
        let url = match self.read_url(url) {
            Ok(url) => url,
            Err(refused) => return failed(&refused.to_string()),
        };
        let is_id = (1..=200).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic() && b != b'.');
        if !is_id || body.len() > BODY_MAX {
            return failed(
                "the event's id must be 1 to 200 printable characters without a dot, the body at most 64 KiB",
            );
        }
        let Some(signature) = signature(secret, id, timestamp_s, body) else {
            return failed("the endpoint's secret is not whsec_ and base64 of 24 to 64 bytes");
        };
        let request = self
            .to_merchants
            .post(url)
            .header("content-type", "application/json")
            .header("user-agent", "tsugime-webhooks/1")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp_s.to_string())
            .header("webhook-signature", signature)
            .body(body.to_owned());
        let outcome = match request.send().await {
            Ok(mut answer) => {
                let status = answer.status();
                let mut read = 0;
                while read <= READ_MAX {
                    match answer.chunk().await {
                        Ok(Some(chunk)) => read += chunk.len(),
                        Ok(None) | Err(_) => break,
                    }
                }
                if status.is_success() {
                    WebhookOutcome::Delivered
                } else {
                    failed(&format!("the endpoint answered with status {}", status.as_u16()))
                }
            }
            Err(error) if error.is_timeout() => failed("no answer within 10 seconds"),
            Err(error) if error.is_connect() => failed("no connection to a public address of that name"),
            Err(_) => failed("the connection broke before an answer came"),
        };
        tracing::info!(event = id, ?outcome, "a webhook was sent");
        outcome
    }

    fn read_url(&self, text: &str) -> Result<Url, UrlRefused> {
        let url = Url::parse(text).map_err(|_| UrlRefused)?;
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let scheme_fine =
            url.scheme() == "https" || url.scheme() == "http" && self.loopback_allowed && is_loopback(&url);
        let host_fine = match url.host() {
            Some(Host::Domain(name)) => self.loopback_allowed || name != "localhost",
            Some(Host::Ipv4(address)) => may_be_reached(IpAddr::V4(address), self.loopback_allowed),
            Some(Host::Ipv6(address)) => may_be_reached(IpAddr::V6(address), self.loopback_allowed),
            None => false,
        };
        if text.len() <= URL_MAX && bare && scheme_fine && host_fine { Ok(url) } else { Err(UrlRefused) }
    }
}
