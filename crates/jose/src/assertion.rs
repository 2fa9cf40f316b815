//! `private_key_jwt`: a client proves who it is by signing (RFC 7523 §2.2, OpenID Connect Core §9).

use serde_json::json;

use crate::jws;
use crate::key::SigningKey;

/// The value of `client_assertion_type` that goes with [`client_assertion`] (RFC 7523 §2.2).
pub const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How long an assertion lives, in seconds: long enough for a slow network and a clock a little off.
const LIFE_S: i64 = 60;

/// The assertion of `client_id` for `audience`, valid for 60 seconds from `now_s`.
///
/// `audience` is the authorization server's issuer identifier, alone and as a string, as FAPI 2.0 (§5.3.3.1) asks.
/// `jti` must be new for each assertion: a server accepts it once.
#[must_use]
pub fn client_assertion(key: &SigningKey, client_id: &str, audience: &str, now_s: i64, jti: &str) -> String {
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": audience,
        "iat": now_s, "exp": now_s.saturating_add(LIFE_S), "jti": jti,
    });
    jws::sign(key, "JWT", &claims)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;
    use jsonwebtoken as theirs;

    #[test]
    fn a_second_opinion_accepts_the_assertion() {
        let key = SigningKey::generate().unwrap();
        let token = client_assertion(&key, "tsugime", "https://bank.example", 1_790_000_000, "once");
        let jwk: theirs::jwk::Jwk = serde_json::from_value(key.public_jwk()).unwrap();
        let mut validation = theirs::Validation::new(theirs::Algorithm::ES256);
        validation.set_audience(&["https://bank.example"]);
        validation.set_issuer(&["tsugime"]);
        validation.validate_exp = false;
        let read = theirs::decode::<serde_json::Value>(
            &token,
            &theirs::DecodingKey::from_jwk(&jwk).unwrap(),
            &validation,
        )
        .unwrap();
        assert_eq!(read.header.kid.as_deref(), Some(key.kid()));
        assert_eq!(
            read.claims,
            json!({"iss": "tsugime", "sub": "tsugime", "aud": "https://bank.example",
                   "iat": 1_790_000_000, "exp": 1_790_000_060, "jti": "once"})
        );
    }
}
