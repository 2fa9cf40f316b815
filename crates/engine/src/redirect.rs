//! A browser sent away to a bank, verifier or provider: what must be true when it comes back.

use serde::{Deserialize, Serialize};
use terms::{Digest, Secret, Time, exposed};

/// What was kept when the browser was sent away.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Redirect {
    /// SHA-256 of the `state` that was sent along.
    pub state: Digest,
    /// SHA-256 of the secret that stayed with the browser: another browser cannot finish the flow.
    pub browser: Digest,
    /// The nonce that the signed answer must carry, where the protocol has one.
    pub nonce: Option<String>,
    /// The PKCE verifier (RFC 7636).
    #[serde(with = "exposed")]
    pub verifier: Secret,
    /// Who must answer: the issuer (RFC 9207).
    pub issuer: String,
    /// When it is over.
    pub expires_at: Time,
    /// When it was used; it can be used once.
    pub used_at: Option<Time>,
}

/// What came back with the browser, as digests of what was shown.
#[derive(Debug, Clone)]
pub struct Returned {
    /// SHA-256 of the `state` that came back.
    pub state: Digest,
    /// SHA-256 of the browser's secret.
    pub browser: Digest,
    /// The issuer that the answer names.
    pub issuer: Option<String>,
}

impl Redirect {
    /// Whether this answer belongs to this flow, for the first time and in time.
    ///
    /// Digests are compared, so a difference in time tells nothing about the secrets.
    pub fn fits(&self, returned: &Returned, now: Time) -> bool {
        self.used_at.is_none()
            && now < self.expires_at
            && self.state == returned.state
            && self.browser == returned.browser
            && returned.issuer.as_deref() == Some(self.issuer.as_str())
    }
}
