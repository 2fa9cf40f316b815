//! One form to one party, signed by us, and the answer read or refused.

use crate::{IdentityFault, PartySettings, SettingsWrong, clock};
use jose::{Answer, Body, ClientAuth, DpopClient, Exchange, Method, SigningKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A party that knows us by `private_key_jwt`.
pub(crate) struct Party {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    signing_key: Arc<SigningKey>,
    http: DpopClient,
}

/// An error of OAuth (RFC 6749 §5.2).
#[derive(Deserialize)]
struct OauthError {
    error: String,
}

impl Party {
    pub(crate) fn new(settings: PartySettings) -> Result<Self, SettingsWrong> {
        let issuer = settings.checked_issuer()?;
        let http = DpopClient::new(settings.time_limits)
            .map_err(|fault| SettingsWrong::NoHttpClient(fault.to_string()))?;
        let PartySettings { client_id, redirect_uri, signing_key, .. } = settings;
        Ok(Self { issuer, client_id, redirect_uri, signing_key, http })
    }

    /// Posts a form with our client assertion; the answer has one of `statuses` and the shape `T`.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        step: &'static str,
        url: &str,
        form: &[(&str, &str)],
        statuses: &[u16],
    ) -> Result<T, IdentityFault> {
        let client_auth =
            ClientAuth { key: &self.signing_key, client_id: &self.client_id, audience: &self.issuer };
        let exchange = Exchange {
            method: Method::Post,
            url,
            body: Body::Form(form),
            client_auth: Some(client_auth),
            possession: None,
            now_s: clock::now_s(),
        };
        self.send(step, &exchange, statuses).await
    }

    /// Reads a public document.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        step: &'static str,
        url: &str,
    ) -> Result<T, IdentityFault> {
        let exchange = Exchange {
            method: Method::Get,
            url,
            body: Body::Empty,
            client_auth: None,
            possession: None,
            now_s: clock::now_s(),
        };
        self.send(step, &exchange, &[200]).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        step: &'static str,
        exchange: &Exchange<'_>,
        statuses: &[u16],
    ) -> Result<T, IdentityFault> {
        let issuer = || self.issuer.clone();
        let answer = self.http.send(exchange).await;
        let answer = answer.map_err(|fault| IdentityFault::NoAnswer { issuer: issuer(), step, fault })?;
        let read = answer.json::<T>().ok().filter(|_| statuses.contains(&answer.status));
        read.ok_or_else(|| said_no(issuer(), step, &answer))
    }
}

fn said_no(issuer: String, step: &'static str, answer: &Answer) -> IdentityFault {
    let is_code = |error: &str| {
        (1..=60).contains(&error.len()) && error.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    match answer.json::<OauthError>() {
        Ok(OauthError { error }) if (400..500).contains(&answer.status) && is_code(&error) => {
            IdentityFault::Refused { issuer, step, error }
        }
        _ => IdentityFault::NotUnderstood { issuer, step, status: answer.status },
    }
}
