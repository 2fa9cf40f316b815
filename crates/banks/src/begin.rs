//! Sends a person to a bank: the request is pushed to the bank first, so that the browser carries only its name.

use crate::{Asked, BankFault, Banks, clock};
use jose::{Answer, Body, ClientAuth, Exchange, Method};
use serde::Deserialize;
use serde_json::json;
use terms::{BankCode, Secret};

const STEP: &str = "pushed authorization request";
/// The longest request name, in bytes.
const REQUEST_URI_MAX: usize = 512;

/// What a consent begins with.
pub struct BeginConsent<'a> {
    /// What the person is asked to sign.
    pub asked: &'a Asked,
    /// The unguessable value that must come back with the browser.
    pub state: &'a Secret,
    /// The PKCE challenge (S256); its verifier stays with us until [`Banks::finish`].
    pub challenge: &'a str,
}

/// A consent that the bank knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the browser goes.
    pub authorize_url: String,
    /// How long the browser has to arrive there, in seconds.
    pub expires_in_s: i64,
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
    expires_in: i64,
}

/// An error of OAuth (RFC 6749 §5.2).
#[derive(Deserialize)]
struct OauthError {
    error: String,
}

impl Banks {
    /// Tells the bank what the person will be asked, and returns where to send the browser.
    ///
    /// # Errors
    /// [`BankFault`]; nothing that lasts was begun.
    pub async fn begin(&self, bank: BankCode, consent: BeginConsent<'_>) -> Result<Begun, BankFault> {
        let endpoints = self.endpoints(bank).await?;
        let details = json!([{
            "type": "jp_account_link",
            "method": consent.asked.method,
            "purpose": "wallet_charge",
            "per_debit_limit": consent.asked.per_debit_limit.get(),
            "per_day_limit": consent.asked.per_day_limit.get(),
        }])
        .to_string();
        let form = [
            ("response_type", "code"),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("scope", "account_link"),
            ("state", consent.state.expose()),
            ("code_challenge", consent.challenge),
            ("code_challenge_method", "S256"),
            ("dpop_jkt", self.dpop_key.kid()),
            ("authorization_details", details.as_str()),
        ];
        let exchange = Exchange {
            method: Method::Post,
            url: &endpoints.pushed_authorization,
            body: Body::Form(&form),
            client_auth: Some(self.client_auth(&endpoints.issuer)),
            possession: None,
            now_s: clock::now_s(),
        };
        let answer = self.http.send(&exchange).await;
        let answer = answer.map_err(|fault| BankFault::NoAnswer { bank, step: STEP, fault })?;
        let pushed = answer
            .json::<Pushed>()
            .ok()
            .filter(|pushed| {
                matches!(answer.status, 200 | 201) && pushed.request_uri.len() <= REQUEST_URI_MAX
            })
            .ok_or_else(|| said_no(bank, STEP, &answer))?;
        let mut url = endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("request_uri", &pushed.request_uri);
        tracing::info!(%bank, method = consent.asked.method, "a consent began at the bank");
        Ok(Begun { authorize_url: url.into(), expires_in_s: pushed.expires_in })
    }

    pub(crate) fn client_auth<'a>(&'a self, issuer: &'a str) -> ClientAuth<'a> {
        ClientAuth { key: &self.signing_key, client_id: &self.client_id, audience: issuer }
    }
}

/// What an answer without the hoped-for body means: a refusal where it carries an OAuth error, else it is not understood.
pub(crate) fn said_no(bank: BankCode, step: &'static str, answer: &Answer) -> BankFault {
    let is_code = |error: &str| {
        (1..=60).contains(&error.len()) && error.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    match answer.json::<OauthError>() {
        Ok(OauthError { error }) if (400..500).contains(&answer.status) && is_code(&error) => {
            BankFault::Refused { bank, step, error }
        }
        _ => BankFault::NotUnderstood { bank, step, status: answer.status },
    }
}
