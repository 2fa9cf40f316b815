//! The headers that keep a browser from doing more than the page was written for.

use crate::Settings;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use terms::Invalid;

/// The same on every answer; what a handler set itself stays.
pub(super) struct SecurityHeaders {
    list: Vec<(HeaderName, HeaderValue)>,
}

impl SecurityHeaders {
    pub(super) fn new(settings: &Settings) -> Result<Self, Invalid> {
        let policy = HeaderValue::from_str(&content_policy(settings))
            .map_err(|_| Invalid::new("form_action_origins", "http and https URLs"))?;
        let fixed = |name, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
        let mut list = vec![
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            fixed("x-content-type-options", "nosniff"),
            fixed("referrer-policy", "no-referrer"),
            fixed("cross-origin-opener-policy", "same-origin"),
            fixed("cross-origin-resource-policy", "same-origin"),
            fixed(
                "permissions-policy",
                "publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(self), \
                 geolocation=(), microphone=(), payment=(), usb=()",
            ),
        ];
        if settings.is_secure() {
            list.push(fixed("strict-transport-security", "max-age=63072000; includeSubDomains"));
        }
        Ok(Self { list })
    }

    pub(super) fn add(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.list {
            if !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
    }
}

/// Everything is ours or not there (Content Security Policy Level 3).
fn content_policy(settings: &Settings) -> String {
    let mut policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'self'"
        .to_owned();
    for origin in &settings.form_action_origins {
        policy.push(' ');
        policy.push_str(&origin.origin().ascii_serialization());
    }
    policy
}
