//! The registered client proves who it is: `private_key_jwt` (RFC 7523), as banks, verifier and provider ask it.

use crate::{Fault, Settings, clock, db::Db, pages::Lang};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};
use tokio::sync::Mutex;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS used_assertions (issuer TEXT, jti TEXT, expires_at INTEGER, PRIMARY KEY (issuer, jti)) STRICT;";

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const REFETCH_S: i64 = 5;
const LIFE_MAX_S: i64 = 600;
const JTI_MAX: usize = 200;

/// What a client gave as its name when it was registered.
#[derive(Deserialize)]
struct Named {
    client_id: String,
    name: String,
    name_en: String,
}

/// The name that people read on consent pages; a client that gave none has only its id.
pub(crate) fn display_name(client_id: &str, lang: Lang) -> &str {
    static NAMED: OnceLock<Vec<Named>> = OnceLock::new();
    let named = NAMED.get_or_init(|| serde_json::from_str(include_str!("clients.json")).unwrap_or_default());
    let found = named.iter().find(|named| named.client_id == client_id);
    found.map_or(client_id, |named| lang.pick(&named.name, &named.name_en))
}

/// The client's keys and its used assertions. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Clients {
    db: Db,
    http: reqwest::Client,
    settings: Arc<Settings>,
    known: Arc<Mutex<Known>>,
}

/// The client's keys as they were fetched last.
#[derive(Default)]
struct Known {
    fetched_at: i64,
    keys: Option<JwkSet>,
}

/// The client is not who it says.
#[derive(Debug)]
pub(crate) enum ClientRefused {
    Invalid(&'static str),
    Fault(Fault),
}

impl From<Fault> for ClientRefused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl IntoResponse for ClientRefused {
    fn into_response(self) -> Response {
        match self {
            Self::Fault(fault) => fault.into_response(),
            Self::Invalid(why) => {
                let body = serde_json::json!({ "error": "invalid_client", "error_description": why });
                (StatusCode::UNAUTHORIZED, Json(body)).into_response()
            }
        }
    }
}

#[derive(Deserialize)]
struct Assertion {
    /// One string: FAPI 2.0 §5.3.2.1 lets no list pass.
    aud: String,
    sub: String,
    jti: String,
    exp: i64,
}

impl Clients {
    pub(crate) fn new(db: Db, http: reqwest::Client, settings: Arc<Settings>) -> Self {
        Self { db, http, settings, known: Arc::default() }
    }

    /// Checks the client assertion of a form; `issuer` is the one that the assertion must be made for.
    pub(crate) async fn authenticate(
        &self,
        issuer: &str,
        form: &BTreeMap<String, String>,
    ) -> Result<(), ClientRefused> {
        if form.get("client_assertion_type").map(String::as_str) != Some(ASSERTION_TYPE) {
            return Err(ClientRefused::Invalid("client_assertion_type must be jwt-bearer"));
        }
        let token =
            form.get("client_assertion").ok_or(ClientRefused::Invalid("client_assertion is missing"))?;
        let header =
            decode_header(token).map_err(|_| ClientRefused::Invalid("client_assertion is no JWT"))?;
        let kid = header.kid.ok_or(ClientRefused::Invalid("the assertion names no key"))?;
        let key = self.key(&kid).await.ok_or(ClientRefused::Invalid("the assertion's key is not known"))?;
        let mut rules = Validation::new(Algorithm::ES256);
        // Compared below: the library would let a list pass that names others too.
        rules.validate_aud = false;
        rules.set_issuer(&[&self.settings.client_id]);
        rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        rules.validate_nbf = true;
        rules.leeway = 5;
        let claims = decode::<Assertion>(token, &key, &rules)
            .map_err(|_| {
                ClientRefused::Invalid("the assertion's signature, issuer, claims or time is wrong")
            })?
            .claims;
        let now = clock::now_s();
        if claims.aud != issuer || claims.sub != self.settings.client_id || claims.exp > now + LIFE_MAX_S {
            return Err(ClientRefused::Invalid("the assertion's audience, subject or life is wrong"));
        }
        if claims.jti.is_empty() || claims.jti.len() > JTI_MAX {
            return Err(ClientRefused::Invalid("the assertion's jti must have 1 to 200 characters"));
        }
        let issuer = issuer.to_owned();
        let fresh = self
            .db
            .write(move |tx| {
                tx.execute("DELETE FROM used_assertions WHERE expires_at < ?1", [now - LIFE_MAX_S])?;
                tx.execute(
                    "INSERT INTO used_assertions (issuer, jti, expires_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                    (&issuer, &claims.jti, claims.exp),
                )
            })
            .await?;
        if fresh == 1 { Ok(()) } else { Err(ClientRefused::Invalid("the assertion was used before")) }
    }

    /// The client's key; who asks while another fetches waits for what that one brings.
    async fn key(&self, kid: &str) -> Option<DecodingKey> {
        let mut known = self.known.lock().await;
        let now = clock::now_s();
        if known.key(kid).is_none() && (known.keys.is_none() || now >= known.fetched_at + REFETCH_S) {
            known.fetched_at = now;
            if let Some(keys) = self.fetch().await {
                known.keys = Some(keys);
            }
        }
        known.key(kid)
    }

    async fn fetch(&self) -> Option<JwkSet> {
        let answer = self.http.get(&self.settings.client_jwks_uri).send().await.ok()?;
        answer.error_for_status().ok()?.json().await.ok()
    }
}

impl Known {
    fn key(&self, kid: &str) -> Option<DecodingKey> {
        DecodingKey::from_jwk(self.keys.as_ref()?.find(kid)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_called_by_the_name_that_it_gave() {
        assert_eq!(display_name("tsugime-demo", Lang::Ja), "お財布アプリ「ツギメ」");
        assert_eq!(display_name("tsugime-demo", Lang::En), "the wallet Tsugime");
        assert_eq!(display_name("wallet", Lang::En), "wallet");
    }
}
