//! DPoP (RFC 9449): each request proves that its sender holds the key that the token is bound to.

use aws_lc_rs::digest;
use serde_json::{Map, Value, json};

use crate::base64url;
use crate::jws;
use crate::key::SigningKey;

/// The proof for one request (RFC 9449 §4.2).
///
/// * `htm` is the HTTP method, `htu` the request's URL; query and fragment are cut off, as the standard asks.
/// * `jti` must be new for each proof.
/// * `ath` is the access token that goes with the request, where there is one; the proof carries its SHA-256.
/// * `nonce` is the newest value that the server gave in `DPoP-Nonce`, where it gave one.
#[must_use]
pub fn dpop_proof(
    key: &SigningKey,
    htm: &str,
    htu: &str,
    now_s: i64,
    jti: &str,
    ath: Option<&str>,
    nonce: Option<&str>,
) -> String {
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.bare_jwk() });
    let mut claims = Map::new();
    claims.insert("jti".to_owned(), json!(jti));
    claims.insert("htm".to_owned(), json!(htm));
    claims.insert("htu".to_owned(), json!(without_query(htu)));
    claims.insert("iat".to_owned(), json!(now_s));
    if let Some(access_token) = ath {
        let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
        claims.insert("ath".to_owned(), json!(base64url::encode(hash.as_ref())));
    }
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    jws::compact(key, &header, &Value::Object(claims))
}

fn without_query(url: &str) -> &str {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    &url[..end]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;
    use jsonwebtoken as theirs;

    fn read(token: &str) -> theirs::TokenData<Value> {
        let header = theirs::decode_header(token).unwrap();
        let mut validation = theirs::Validation::new(theirs::Algorithm::ES256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        let key = theirs::DecodingKey::from_jwk(&header.jwk.unwrap()).unwrap();
        theirs::decode(token, &key, &validation).unwrap()
    }

    #[test]
    fn a_proof_says_exactly_what_was_asked() {
        let key = SigningKey::generate().unwrap();
        // RFC 9449 §7.1 gives this pair of token and hash.
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        let hash = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";
        let cases = [
            (
                "https://b.example/t?x=1#y",
                None,
                None,
                json!({"jti":"j","htm":"POST","htu":"https://b.example/t","iat":7}),
            ),
            (
                "https://b.example/t",
                Some(token),
                None,
                json!({"jti":"j","htm":"POST","htu":"https://b.example/t","iat":7,"ath":hash}),
            ),
            (
                "https://b.example/t",
                Some(token),
                Some("n-1"),
                json!({"jti":"j","htm":"POST","htu":"https://b.example/t","iat":7,"ath":hash,"nonce":"n-1"}),
            ),
        ];
        for (url, ath, nonce, expected) in cases {
            let proof = dpop_proof(&key, "POST", url, 7, "j", ath, nonce);
            let data = read(&proof);
            assert_eq!(data.claims, expected);
            assert_eq!(data.header.typ.as_deref(), Some("dpop+jwt"));
            assert_eq!(data.header.kid, None);
            let thumbprint =
                data.header.jwk.unwrap().thumbprint(theirs::jwk::ThumbprintHash::SHA256).unwrap();
            assert_eq!(thumbprint, key.kid());
        }
    }
}
