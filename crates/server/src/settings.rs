//! What an operator sets about the server: addresses, limits, and who may be redirected to.

use axum::http::Uri;
use terms::Digest;
use url::Url;

/// How often one address or one session may ask: `burst` at once, then `per_second`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests at once; 1 to 1,000,000.
    pub burst: u32,
    /// Requests per second in the long run; 1 to 1,000,000.
    pub per_second: u32,
}

/// What a demo shows besides, so that a newcomer finds the pretend world.
#[derive(Debug, Clone)]
pub struct DemoHints {
    /// The sandbox's base URL: pretend phones, mailboxes and banks.
    pub sandbox_url: Url,
}

/// The server's settings. [`Settings::new`] is the careful production setting.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach the wallet; `https` outside of a laptop.
    pub public_url: Url,
    /// The passkeys' relying party: the host of [`Settings::public_url`] or a parent domain of it.
    pub rp_id: String,
    /// The origin at which passkeys are made.
    pub rp_origin: Url,
    /// SHA-256 of the operator's token; without it the operator's routes are closed.
    pub operator_token: Option<Digest>,
    /// SHA-256 of the token that moves money in the book without a customer; without it those routes are closed.
    pub ledger_token: Option<Digest>,
    /// Origins that a form's answer may redirect to: banks, verifier, OpenID provider.
    pub form_action_origins: Vec<Url>,
    /// Per network address; nothing means no limit.
    pub address_rate: Option<Rate>,
    /// Per session or merchant key; nothing means no limit.
    pub session_rate: Option<Rate>,
    /// How many proxies of ours stand in front; so many entries at the end of `X-Forwarded-For` are believed.
    pub forwarded_hops: usize,
    /// An answer that is not there after this long becomes a 503.
    pub deadline_ms: u64,
    /// Hints of a demo.
    pub demo: Option<DemoHints>,
}

impl Settings {
    /// The careful setting for a public URL.
    pub fn new(public_url: Url) -> Self {
        Self {
            rp_id: public_url.host_str().unwrap_or_default().to_owned(),
            rp_origin: public_url.clone(),
            public_url,
            operator_token: None,
            ledger_token: None,
            form_action_origins: Vec::new(),
            address_rate: Some(Rate { burst: 240, per_second: 60 }),
            session_rate: Some(Rate { burst: 120, per_second: 20 }),
            forwarded_hops: 0,
            deadline_ms: 10_000,
            demo: None,
        }
    }

    /// Whether people come over TLS, so that cookies carry the `__Host-` prefix.
    pub fn is_secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The public origin as browsers send it.
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// Where a path of ours is, as an absolute URL.
    pub fn absolute(&self, path: &Uri) -> Option<Url> {
        self.public_url.join(path.path()).ok()
    }
}
