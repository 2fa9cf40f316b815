//! The ES256 keys of banks, verifier and provider: made at first use, kept in the database.

use crate::{Fault, db::Db};
use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::OptionalExtension;
use serde_json::{Value, json};

pub(crate) const SCHEMA: &str =
    "CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, pkcs8 BLOB NOT NULL) STRICT;";

/// Keys by name. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Keys(Db);

/// A private key.
pub(crate) struct SigningKey(EcdsaKeyPair);

impl Keys {
    pub(crate) const fn new(db: Db) -> Self {
        Self(db)
    }

    /// The key of this name, such as `bank:0001`.
    pub(crate) async fn get(&self, name: &str) -> Result<SigningKey, Fault> {
        let name = name.to_owned();
        let made = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(Fault::outside)?;
        let made = made.to_pkcs8v1().map_err(Fault::outside)?.as_ref().to_vec();
        let find = "SELECT pkcs8 FROM keys WHERE name = ?1";
        let pkcs8: Vec<u8> = self
            .0
            .write(move |tx| match tx.query_row(find, [&name], |row| row.get(0)).optional()? {
                Some(known) => Ok(known),
                None => {
                    tx.execute("INSERT INTO keys (name, pkcs8) VALUES (?1, ?2)", (&name, &made))?;
                    Ok(made)
                }
            })
            .await?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).map_err(Fault::outside)?;
        Ok(SigningKey(pair))
    }
}

impl SigningKey {
    /// A key that nobody knows, for a forged signature.
    pub(crate) fn unknown() -> Result<Self, Fault> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self).map_err(Fault::outside)
    }

    fn coordinates(&self) -> (String, String) {
        let point = self.0.public_key().as_ref();
        (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]))
    }

    /// RFC 7638 thumbprint.
    pub(crate) fn kid(&self) -> String {
        let (x, y) = self.coordinates();
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
    }

    /// The public key as a set of one (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        let (x, y) = self.coordinates();
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid(), "x": x, "y": y }] })
    }

    /// Signs claims (RFC 7515, ES256).
    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> Result<String, Fault> {
        self.sign_as(&self.kid(), typ, claims)
    }

    /// Signs claims under the name of a key that may be another one: a forgery.
    pub(crate) fn sign_as(&self, kid: &str, typ: &str, claims: &Value) -> Result<String, Fault> {
        let header = json!({ "typ": typ, "alg": "ES256", "kid": kid });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).map_err(Fault::outside)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
