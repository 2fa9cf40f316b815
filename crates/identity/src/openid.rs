//! A relying party of OpenID Connect: the code flow with PKCE, and every claim of the ID token checked.

use crate::exchange::Party;
use crate::metadata::{Discovered, Endpoints};
use crate::{AssertionWrong, IdentityFault, PartySettings, SettingsWrong, clock};
use jose::{Algorithm, Expect, verify};
use serde::Deserialize;
use std::time::Duration;
use terms::Secret;

/// How far the provider's clock may be off, in seconds.
const LEEWAY_S: i64 = 10;
/// How old an ID token may be, in seconds.
const MAX_AGE_S: i64 = 300;
/// OpenID Connect Core §2: a subject has at most 255 ASCII characters.
const SUBJECT_MAX: usize = 255;
/// The longest answer of the userinfo endpoint, in bytes.
const USERINFO_MAX: usize = 16 * 1024;
const TOKEN: &str = "token request";
const USERINFO: &str = "userinfo";

/// An outside OpenID provider.
pub struct OpenIdProvider {
    party: Party,
    discovered: Discovered,
    /// The userinfo endpoint takes a bearer token, which the client that proves possession does not send.
    http: reqwest::Client,
}

/// Who signed in outside: the pair is the key (H9). There is no mail address in it on purpose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutsideIdentity {
    /// The provider.
    pub issuer: String,
    /// The provider's name of the account: unique there, never given to another.
    pub subject: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    #[expect(
        dead_code,
        reason = "its presence is the check: the verification obeys `exp` only where there is one"
    )]
    exp: i64,
    sub: String,
    nonce: String,
    azp: Option<String>,
}

#[derive(Deserialize)]
struct Userinfo {
    sub: String,
}

impl OpenIdProvider {
    /// A provider at `settings.issuer`. Nothing is sent until it is needed.
    ///
    /// # Errors
    /// [`SettingsWrong`] says which setting, and what is allowed.
    pub fn new(settings: PartySettings) -> Result<Self, SettingsWrong> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_millis(settings.time_limits.connect_ms))
            .timeout(Duration::from_millis(settings.time_limits.answer_ms))
            .build()
            .map_err(|error| SettingsWrong::NoHttpClient(error.to_string()))?;
        Ok(Self { party: Party::new(settings)?, discovered: Discovered::default(), http })
    }

    /// The issuer identifier: what `iss` must be when a browser comes back (RFC 9207).
    pub fn issuer(&self) -> &str {
        &self.party.issuer
    }

    /// Where to send the browser. `challenge` is the PKCE challenge (S256); its verifier stays with us.
    ///
    /// # Errors
    /// [`IdentityFault`] when the provider's endpoints cannot be had.
    pub async fn begin(&self, state: &Secret, nonce: &str, challenge: &str) -> Result<String, IdentityFault> {
        let mut url = self.discovered.endpoints(&self.party).await?.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.party.client_id)
            .append_pair("redirect_uri", &self.party.redirect_uri)
            .append_pair("scope", "openid")
            .append_pair("state", state.expose())
            .append_pair("nonce", nonce)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Exchanges the code, and checks the ID token (OpenID Connect Core §3.1.3.7) and that the access token is of the
    /// same subject (§5.3.2).
    ///
    /// # Errors
    /// [`IdentityFault`]. A code works once, so after any of them the sign-in has to begin again.
    pub async fn finish(
        &self,
        code: &Secret,
        verifier: &Secret,
        nonce: &str,
    ) -> Result<OutsideIdentity, IdentityFault> {
        let endpoints = self.discovered.endpoints(&self.party).await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", self.party.redirect_uri.as_str()),
            ("code_verifier", verifier.expose()),
        ];
        let tokens: Tokens = self.party.post(TOKEN, &endpoints.token, &form, &[200]).await?;
        let refused = |why| IdentityFault::WordRefused { issuer: self.party.issuer.clone(), why };
        let subject = self.check(&tokens.id_token, &endpoints, nonce).await.map_err(refused)?;
        if let (Some(url), Some(access_token)) = (&endpoints.userinfo, tokens.access_token) {
            let userinfo = self.userinfo(url, &Secret::new(access_token)).await?;
            if userinfo.sub != subject {
                return Err(refused(AssertionWrong::Subject));
            }
        }
        Ok(OutsideIdentity { issuer: self.party.issuer.clone(), subject })
    }

    async fn check(
        &self,
        id_token: &str,
        endpoints: &Endpoints,
        nonce: &str,
    ) -> Result<String, AssertionWrong> {
        let expect = Expect {
            typ: "JWT",
            issuer: &self.party.issuer,
            audience: &self.party.client_id,
            algorithms: &Algorithm::ALL,
            now_s: clock::now_s(),
            leeway_s: LEEWAY_S,
            max_age_s: MAX_AGE_S,
        };
        let claims: Claims = verify(id_token, &endpoints.keys, expect).await?;
        if claims.nonce != nonce {
            return Err(AssertionWrong::Nonce);
        }
        if claims.azp.is_some_and(|party| party != self.party.client_id) {
            return Err(AssertionWrong::AuthorizedParty);
        }
        let fine = (1..=SUBJECT_MAX).contains(&claims.sub.len())
            && claims.sub.bytes().all(|b| b.is_ascii() && !b.is_ascii_control());
        if fine { Ok(claims.sub) } else { Err(AssertionWrong::Claim) }
    }

    async fn userinfo(&self, url: &str, access_token: &Secret) -> Result<Userinfo, IdentityFault> {
        let issuer = || self.party.issuer.clone();
        let no_answer = |_| {
            let why = "the connection failed or the time limit passed".to_owned();
            let fault = jose::ExchangeFault::NoAnswer { origin: issuer(), why };
            IdentityFault::NoAnswer { issuer: issuer(), step: USERINFO, fault }
        };
        let asked =
            self.http.get(url).bearer_auth(access_token.expose()).header("accept", "application/json");
        let mut answer = asked.send().await.map_err(no_answer)?;
        let status = answer.status().as_u16();
        let not_understood = || IdentityFault::NotUnderstood { issuer: issuer(), step: USERINFO, status };
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(no_answer)? {
            if body.len() + chunk.len() > USERINFO_MAX {
                return Err(not_understood());
            }
            body.extend_from_slice(&chunk);
        }
        let userinfo = serde_json::from_slice(&body).ok().filter(|_| status == 200);
        userinfo.ok_or_else(not_understood)
    }
}
