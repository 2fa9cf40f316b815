//! Where a bank's endpoints and keys are (RFC 8414): fetched when first needed and kept for an hour.

use crate::settings::is_safe;
use crate::{BankFault, Banks, clock};
use jose::{Body, Exchange, KeySet, Method};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use terms::BankCode;
use url::Url;

/// Endpoints older than this, in seconds, are fetched again.
const FRESH_S: i64 = 3_600;
/// Endpoints that cannot be renewed serve this long, in seconds.
const STALE_MAX_S: i64 = 86_400;
const STEP: &str = "discovery";

/// What is known of one bank's endpoints.
pub(crate) struct Discovered {
    issuer: String,
    kept: Mutex<Option<(Arc<Endpoints>, i64)>>,
    /// Held while fetching, so that a thousand payments cause one request.
    fetching: tokio::sync::Mutex<()>,
}

/// One bank's endpoints and keys.
pub(crate) struct Endpoints {
    pub(crate) issuer: String,
    pub(crate) pushed_authorization: String,
    pub(crate) authorization: Url,
    pub(crate) token: String,
    pub(crate) revocation: String,
    pub(crate) keys: KeySet,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    pushed_authorization_request_endpoint: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    jwks_uri: String,
    authorization_response_iss_parameter_supported: bool,
    code_challenge_methods_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Vec<String>,
    dpop_signing_alg_values_supported: Vec<String>,
}

impl Discovered {
    pub(crate) fn new(issuer: &Url) -> Self {
        Self {
            issuer: issuer.as_str().trim_end_matches('/').to_owned(),
            kept: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    fn kept(&self, at_most_s: i64) -> Option<Arc<Endpoints>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (endpoints, at_s) = kept.as_ref()?;
        (0..=at_most_s).contains(&clock::now_s().saturating_sub(*at_s)).then(|| Arc::clone(endpoints))
    }

    fn keep(&self, endpoints: &Arc<Endpoints>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((Arc::clone(endpoints), clock::now_s()));
    }

    /// RFC 8414 §3.1: the well-known part goes between host and path.
    fn metadata_url(&self) -> String {
        let path_at = self.issuer.match_indices('/').nth(2).map_or(self.issuer.len(), |(at, _)| at);
        let (host, path) = self.issuer.split_at(path_at);
        format!("{host}/.well-known/oauth-authorization-server{path}")
    }
}

impl Banks {
    /// The bank's endpoints, from memory where they are fresh.
    pub(crate) async fn endpoints(&self, bank: BankCode) -> Result<Arc<Endpoints>, BankFault> {
        let discovered = self.discovered(bank)?;
        if let Some(endpoints) = discovered.kept(FRESH_S) {
            return Ok(endpoints);
        }
        let one_at_a_time = discovered.fetching.lock().await;
        if let Some(endpoints) = discovered.kept(FRESH_S) {
            return Ok(endpoints);
        }
        let fetched = self.fetch_endpoints(bank, discovered).await;
        drop(one_at_a_time);
        match (fetched, discovered.kept(STALE_MAX_S)) {
            (Ok(endpoints), _) => Ok(endpoints),
            (Err(fault), Some(stale)) => {
                tracing::warn!(%bank, %fault, "the bank's endpoints could not be renewed; the old ones serve on");
                Ok(stale)
            }
            (Err(fault), None) => Err(fault),
        }
    }

    async fn fetch_endpoints(
        &self,
        bank: BankCode,
        discovered: &Discovered,
    ) -> Result<Arc<Endpoints>, BankFault> {
        let url = discovered.metadata_url();
        let exchange = Exchange {
            method: Method::Get,
            url: &url,
            body: Body::Empty,
            client_auth: None,
            possession: None,
            now_s: clock::now_s(),
        };
        let answer = self.http.send(&exchange).await;
        let answer = answer.map_err(|fault| BankFault::NoAnswer { bank, step: STEP, fault })?;
        let not_understood = BankFault::NotUnderstood { bank, step: STEP, status: answer.status };
        let metadata = answer.json::<Metadata>().ok().filter(|_| answer.status == 200);
        let endpoints = metadata.and_then(|metadata| metadata.into_endpoints(&discovered.issuer));
        let endpoints = Arc::new(endpoints.ok_or(not_understood)?);
        discovered.keep(&endpoints);
        Ok(endpoints)
    }
}

impl Metadata {
    /// Nothing where the bank is another one, is not safe to speak to, or does not offer what FAPI 2.0 demands.
    fn into_endpoints(self, issuer: &str) -> Option<Endpoints> {
        let has = |list: &[String], what: &str| list.iter().any(|offered| offered == what);
        let fits = self.issuer == issuer
            && self.authorization_response_iss_parameter_supported
            && has(&self.code_challenge_methods_supported, "S256")
            && has(&self.token_endpoint_auth_methods_supported, "private_key_jwt")
            && has(&self.dpop_signing_alg_values_supported, "ES256");
        if !fits {
            return None;
        }
        let safe = |text: &str| Url::parse(text).ok().filter(is_safe);
        Some(Endpoints {
            pushed_authorization: safe(&self.pushed_authorization_request_endpoint)?.into(),
            authorization: safe(&self.authorization_endpoint)?,
            token: safe(&self.token_endpoint)?.into(),
            revocation: safe(&self.revocation_endpoint)?.into(),
            keys: KeySet::at(safe(&self.jwks_uri)?.as_str()).ok()?,
            issuer: self.issuer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_well_known_part_goes_between_host_and_path() {
        for (issuer, expected) in [
            (
                "http://localhost:7081/banks/0001",
                "http://localhost:7081/.well-known/oauth-authorization-server/banks/0001",
            ),
            ("https://bank.example/", "https://bank.example/.well-known/oauth-authorization-server"),
            ("https://bank.example/a/", "https://bank.example/.well-known/oauth-authorization-server/a"),
        ] {
            let url = Url::parse(issuer).unwrap();
            assert_eq!(Discovered::new(&url).metadata_url(), expected);
        }
    }
}
