//! What every handler can reach: the settings and the parts that the program hands over.

use crate::{
    NamedOpenIdProvider, Settings, feed::Streams, metrics::Metrics, passkey::Passkeys, shell::Shell,
};
use identity::Verifier;
use std::sync::Arc;
use teller::Teller;
use terms::Invalid;

/// Everything that the program hands to the server. A new part is one field here.
pub struct Wired {
    /// The settings.
    pub settings: Settings,
    /// The way to ask.
    pub teller: Teller,
    /// The banks.
    pub banks: Arc<banks::Banks>,
    /// The identity verifier.
    pub verifier: Verifier,
    /// Outside providers that people may sign in through, in the order shown.
    pub openid_providers: Vec<NamedOpenIdProvider>,
    /// Our public keys as a JWK set (RFC 7517), shown at `/.well-known/jwks.json`.
    pub jwks: serde_json::Value,
}

struct Inner {
    wired: Wired,
    shell: Shell,
    passkeys: Passkeys,
    metrics: Metrics,
    streams: Streams,
}

/// The state of the server; cloning it is cheap. The fields of [`Wired`] are reached through it.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

impl AppState {
    /// Puts the parts together.
    ///
    /// # Errors
    /// A setting that cannot be written into a header, or a relying party that is not at the origin.
    pub fn new(wired: Wired) -> Result<Self, Invalid> {
        let shell = Shell::new(&wired.settings)?;
        let passkeys = Passkeys::new(&wired.settings)?;
        Ok(Self(Arc::new(Inner {
            wired,
            shell,
            passkeys,
            metrics: Metrics::installed(),
            streams: Streams::default(),
        })))
    }

    pub(crate) fn shell(&self) -> &Shell {
        &self.0.shell
    }

    pub(crate) fn passkeys(&self) -> &Passkeys {
        &self.0.passkeys
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}

impl std::ops::Deref for AppState {
    type Target = Wired;
    fn deref(&self) -> &Wired {
        &self.0.wired
    }
}
