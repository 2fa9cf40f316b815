//! Browsers sent away to a bank, verifier or provider: the secrets of the flow, and what comes back.

use crate::{
    Settings,
    credentials::{cookie, digest_of},
    draw,
    problem::Problem,
};
use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use engine::{Redirect, Returned};
use jose::Pkce;
use serde::{Deserialize, Serialize};
use terms::{Secret, Time};
use utoipa::ToSchema;

/// A flow that begins: what is kept, and what goes along.
pub(crate) struct Away {
    /// What is kept.
    pub(crate) redirect: Redirect,
    /// Goes along and comes back.
    pub(crate) state: Secret,
    /// Goes along, and must stand in the signed answer.
    pub(crate) nonce: String,
    /// The PKCE challenge; its verifier is kept.
    pub(crate) challenge: String,
    /// Stays with the browser: another one cannot finish the flow.
    pub(crate) flow_secret: Secret,
}

impl Away {
    /// Draws a flow's secrets.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn to(issuer: &str, expires_at: Time) -> Result<Self, Problem> {
        let (state, state_digest) = draw::token()?;
        let (flow_secret, browser) = draw::token()?;
        let nonce = URL_SAFE_NO_PAD.encode(draw::bytes::<32>()?);
        let pkce = Pkce::from_random(&draw::bytes()?);
        let redirect = Redirect {
            state: state_digest,
            browser,
            nonce: Some(nonce.clone()),
            verifier: Secret::new(pkce.verifier),
            issuer: issuer.to_owned(),
            expires_at,
            used_at: None,
        };
        Ok(Self { redirect, state, nonce, challenge: pkce.challenge, flow_secret })
    }
}

/// What came back with the browser (RFC 6749 §4.1.2, RFC 9207), and the secret that stayed with it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnedBody {
    /// The flow's secret.
    pub(crate) flow_secret: String,
    /// As it came back.
    pub(crate) state: String,
    /// The code, where the person said yes.
    #[serde(default)]
    pub(crate) code: Option<String>,
    /// The error, where not.
    #[serde(default)]
    pub(crate) error: Option<String>,
    /// The issuer.
    pub(crate) iss: String,
}

/// The query with which a browser comes back; anything else in it is left alone, as RFC 6749 §4.1.2 asks.
#[derive(Deserialize, Serialize)]
pub(crate) struct ReturnedQuery {
    #[serde(default)]
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) error: Option<String>,
    #[serde(default)]
    pub(crate) iss: String,
}

impl ReturnedQuery {
    /// Together with the secret that stayed in the browser's cookie.
    pub(crate) fn with(self, flow_secret: &str) -> ReturnedBody {
        let Self { state, code, error, iss } = self;
        ReturnedBody { flow_secret: flow_secret.to_owned(), state, code, error, iss }
    }
}

impl ReturnedBody {
    /// What the decision compares.
    pub(crate) fn returned(&self) -> Returned {
        Returned {
            state: digest_of(&self.state),
            browser: digest_of(&self.flow_secret),
            issuer: Some(self.iss.clone()),
        }
    }

    /// The code, where it is to be exchanged: the person said yes and the answer belongs to this flow.
    pub(crate) fn code_for(&self, redirect: &Redirect, now: Time) -> Option<Secret> {
        let code = self.code.as_ref().filter(|_| self.error.is_none())?;
        redirect.fits(&self.returned(), now).then(|| Secret::new(code.as_str()))
    }
}

/// Where the identity verifier sends the browser back to: a path below the public URL.
pub const IDENTITY_RETURN_PATH: &str = "/returned/identity";
/// Where outside OpenID providers send the browser back to: a path below the public URL.
pub const FEDERATED_RETURN_PATH: &str = "/returned/federated";

/// How long a browser keeps a flow's secret.
const FLOW_LIFE_SECONDS: u32 = 15 * 60;

/// Which flow a browser is in: one of a kind at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// At the identity verifier.
    Identity,
    /// At an outside provider.
    Federated,
    /// At a bank.
    Link,
}

impl Flow {
    fn cookie(self, settings: &Settings) -> String {
        let prefix = if settings.is_secure() { "__Host-" } else { "" };
        let kind = match self {
            Self::Identity => "identity",
            Self::Federated => "federated",
            Self::Link => "link",
        };
        format!("{prefix}flow-{kind}")
    }

    fn set(self, settings: &Settings, value: &str, life_seconds: u32) -> String {
        let secure = if settings.is_secure() { "; Secure" } else { "" };
        let name = self.cookie(settings);
        // Lax, so that it comes along when the other party sends the browser back.
        format!("{name}={value}; Path=/; Max-Age={life_seconds}; SameSite=Lax; HttpOnly{secure}")
    }

    /// The `Set-Cookie` value that keeps a flow's id and secret in this browser.
    pub(crate) fn keep(self, settings: &Settings, id: &str, flow_secret: &str) -> String {
        self.set(settings, &format!("{id}.{flow_secret}"), FLOW_LIFE_SECONDS)
    }

    /// The `Set-Cookie` value that forgets it.
    pub(crate) fn forget(self, settings: &Settings) -> String {
        self.set(settings, "", 0)
    }

    /// The flow's id and secret that this browser kept.
    pub(crate) fn kept(self, settings: &Settings, headers: &HeaderMap) -> Option<(String, String)> {
        let value = cookie(headers, &self.cookie(settings))?;
        let (id, secret) = value.split_once('.')?;
        Some((id.to_owned(), secret.to_owned()))
    }
}
