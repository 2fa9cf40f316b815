//! Where an OpenID provider's endpoints and keys are (OpenID Connect Discovery 1.0): fetched when first needed, kept an hour.

use crate::settings::is_safe;
use crate::{IdentityFault, clock, exchange::Party};
use jose::KeySet;
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// Endpoints older than this, in seconds, are fetched again.
const FRESH_S: i64 = 3_600;
const STEP: &str = "discovery";

/// A provider's endpoints and keys.
pub(crate) struct Endpoints {
    pub(crate) authorization: Url,
    pub(crate) token: String,
    pub(crate) userinfo: Option<String>,
    pub(crate) keys: KeySet,
}

/// The endpoints, and when they were fetched.
#[derive(Default)]
pub(crate) struct Discovered(Mutex<Option<(Arc<Endpoints>, i64)>>);

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

impl Discovered {
    /// The endpoints, from memory where they are fresh. Two at once may both fetch, which harms nobody.
    pub(crate) async fn endpoints(&self, party: &Party) -> Result<Arc<Endpoints>, IdentityFault> {
        if let Some(endpoints) = self.kept() {
            return Ok(endpoints);
        }
        // Discovery §4.1: the well-known part is appended to the issuer.
        let url = format!("{}/.well-known/openid-configuration", party.issuer);
        let metadata: Metadata = party.get(STEP, &url).await?;
        let endpoints = metadata.into_endpoints(&party.issuer);
        let endpoints = Arc::new(endpoints.ok_or_else(|| {
            let issuer = party.issuer.clone();
            IdentityFault::NotUnderstood { issuer, step: STEP, status: 200 }
        })?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((Arc::clone(&endpoints), clock::now_s()));
        Ok(endpoints)
    }

    fn kept(&self) -> Option<Arc<Endpoints>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (endpoints, at_s) = kept.as_ref()?;
        (0..=FRESH_S).contains(&clock::now_s().saturating_sub(*at_s)).then(|| Arc::clone(endpoints))
    }
}

impl Metadata {
    /// Nothing where the provider is another one, is not safe to speak to, or does not offer what is needed here.
    fn into_endpoints(self, issuer: &str) -> Option<Endpoints> {
        let has = |list: &[String], what: &str| list.iter().any(|offered| offered == what);
        let fits = self.issuer == issuer
            && has(&self.code_challenge_methods_supported, "S256")
            && has(&self.token_endpoint_auth_methods_supported, "private_key_jwt");
        if !fits {
            return None;
        }
        let safe = |text: &str| Url::parse(text).ok().filter(is_safe);
        let userinfo = match &self.userinfo_endpoint {
            Some(text) => Some(safe(text)?.into()),
            None => None,
        };
        Some(Endpoints {
            authorization: safe(&self.authorization_endpoint)?,
            token: safe(&self.token_endpoint)?.into(),
            userinfo,
            keys: KeySet::at(safe(&self.jwks_uri)?.as_str()).ok()?,
        })
    }
}
