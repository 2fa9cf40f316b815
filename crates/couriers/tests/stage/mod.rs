//! What the tests set up: a sandbox with its phones, mailboxes and shop, and couriers that know its carrier.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

pub(crate) mod pretend;

use couriers::{CourierSettings, Couriers, new_webhook_secret};
use serde_json::Value;
use std::sync::atomic::{AtomicU32, Ordering};
use terms::Secret;
use url::Url;

static STAGES: AtomicU32 = AtomicU32::new(0);

/// A sandbox of its own.
pub(crate) struct Outside {
    pub(crate) url: String,
    /// The secret that its shop checks webhooks with.
    pub(crate) secret: Secret,
}

/// Couriers for a carrier at `url`.
pub(crate) fn couriers(url: &str, token: &str, loopback_webhooks_allowed: bool) -> Couriers {
    Couriers::new(CourierSettings {
        carrier_url: Url::parse(url).unwrap(),
        carrier_token: Secret::new(token),
        carrier_limit_ms: 1_000,
        loopback_webhooks_allowed,
    })
    .unwrap()
}

pub(crate) fn now_s() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

impl Outside {
    /// Starts a sandbox with an empty database.
    pub(crate) async fn start() -> Self {
        let (listener, url) = pretend::listen().await;
        let stage = STAGES.fetch_add(1, Ordering::Relaxed);
        let data = format!("{}/couriers-{}-{stage}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        // A process of the same number may have left one.
        let _absent = std::fs::remove_dir_all(&data);
        let secret = new_webhook_secret([7; 32]);
        let settings = sandbox::Settings {
            data: data.into(),
            public_url: url.clone(),
            client_id: "tsugime-test".to_owned(),
            client_jwks_uri: format!("{url}/nowhere"),
            client_redirect_uris: Vec::new(),
            carrier_token: "carrier-token".to_owned(),
            shop_wallet_url: url.clone(),
            shop_key: String::new(),
            shop_webhook_secret: secret.expose().to_owned(),
        };
        tokio::spawn(async move {
            sandbox::serve(settings, listener, std::future::pending()).await.unwrap();
        });
        Self { url, secret }
    }

    pub(crate) fn couriers(&self) -> Couriers {
        couriers(&format!("{}/carrier", self.url), "carrier-token", true)
    }

    /// What a page of the sandbox says as JSON.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}
