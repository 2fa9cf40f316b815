//! The compact form of a signed token (RFC 7515 §3.1): made here, taken apart in `verify`.

use serde_json::{Map, Value, json};

use crate::base64url;
use crate::key::SigningKey;

/// A token with `claims`, signed with ES256; the header names `typ`, `alg` and the key's `kid`.
///
/// `typ` is the explicit type (RFC 8725 §3.11), for example `secevent+jwt`.
#[must_use]
pub fn sign(key: &SigningKey, typ: &str, claims: &Value) -> String {
    let mut header = Map::new();
    header.insert("alg".to_owned(), json!("ES256"));
    header.insert("kid".to_owned(), json!(key.kid()));
    header.insert("typ".to_owned(), json!(typ));
    compact(key, &Value::Object(header), claims)
}

/// The compact serialisation of a header and claims that the caller built.
pub(crate) fn compact(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let header = base64url::encode(header.to_string().as_bytes());
    let claims = base64url::encode(claims.to_string().as_bytes());
    let signed = format!("{header}.{claims}");
    let signature = base64url::encode(&key.signature(signed.as_bytes()));
    format!("{signed}.{signature}")
}
