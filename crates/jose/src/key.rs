//! A private P-256 key that signs, and the public half that others may see.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::base64url;

/// Length of one coordinate of a P-256 point, in bytes.
const COORDINATE_BYTES: usize = 32;

/// A private key for ES256 (RFC 7518 §3.4). It has no `Debug` and no `Display`.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    kid: String,
    x: String,
    y: String,
}

/// A private key as PKCS#8 (RFC 5208) bytes, wiped when dropped. It has no `Debug` and no `Display`.
pub struct PrivateKeyBytes(Zeroizing<Vec<u8>>);

impl PrivateKeyBytes {
    /// The bytes, to be encrypted or written to a file that only the service can read.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Why bytes did not become a [`SigningKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// The operating system gave no randomness.
    #[error("no key could be generated: the operating system gave no random bytes")]
    NoRandomness,
    /// The bytes are not an unencrypted PKCS#8 private key on the curve P-256.
    #[error(
        "not a private key: expected unencrypted PKCS#8 (DER) on the curve P-256; make one with SigningKey::generate"
    )]
    NotP256Pkcs8,
}

impl SigningKey {
    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// [`KeyRefused::NoRandomness`] when the system has none.
    pub fn generate() -> Result<Self, KeyRefused> {
        let pair =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyRefused::NoRandomness)?;
        Ok(Self::of_pair(pair))
    }

    /// The key in `pkcs8` (DER, unencrypted), as [`SigningKey::to_pkcs8`] wrote it.
    ///
    /// # Errors
    /// [`KeyRefused::NotP256Pkcs8`] for anything else.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyRefused> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| KeyRefused::NotP256Pkcs8)?;
        Ok(Self::of_pair(pair))
    }

    /// The private key as PKCS#8 (DER) bytes.
    ///
    /// # Panics
    /// When a key that exists cannot be written, which would be a bug.
    #[must_use]
    pub fn to_pkcs8(&self) -> PrivateKeyBytes {
        let Ok(document) = self.pair.to_pkcs8v1() else {
            panic!("bug: a P-256 key that exists cannot be written as PKCS#8")
        };
        PrivateKeyBytes(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The key's name: its RFC 7638 thumbprint (SHA-256, base64url), which is also DPoP's `jkt` (RFC 9449 §6).
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JWK (RFC 7517) with `kid`, `use` and `alg`: what a JWKS publishes.
    #[must_use]
    pub fn public_jwk(&self) -> Value {
        json!({
            "kty": "EC", "crv": "P-256", "x": self.x, "y": self.y,
            "kid": self.kid, "use": "sig", "alg": "ES256",
        })
    }

    /// The public half with its required members only: what a DPoP header carries (RFC 9449 §4.2).
    pub(crate) fn bare_jwk(&self) -> Value {
        json!({ "kty": "EC", "crv": "P-256", "x": self.x, "y": self.y })
    }

    /// The raw signature r ‖ s, 64 bytes (RFC 7518 §3.4).
    pub(crate) fn signature(&self, message: &[u8]) -> Vec<u8> {
        let Ok(signature) = self.pair.sign(&SystemRandom::new(), message) else {
            panic!("bug: a P-256 key that exists did not sign")
        };
        signature.as_ref().to_vec()
    }

    fn of_pair(pair: EcdsaKeyPair) -> Self {
        let point = pair.public_key().as_ref();
        // SEC 1 §2.3.3: an uncompressed point is 0x04, x, y.
        assert_eq!(point.len(), 1 + 2 * COORDINATE_BYTES, "bug: a P-256 point is 65 bytes");
        let x = base64url::encode(&point[1..=COORDINATE_BYTES]);
        let y = base64url::encode(&point[1 + COORDINATE_BYTES..]);
        let kid = thumbprint(&x, &y);
        Self { pair, kid, x, y }
    }
}

/// RFC 7638 §3: the required members in the order of their names, without white space, hashed.
fn thumbprint(x: &str, y: &str) -> String {
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    base64url::encode(digest::digest(&digest::SHA256, members.as_bytes()).as_ref())
}

/// The JWK Set (RFC 7517 §5) that publishes `keys`, public halves only, newest first if the caller keeps that order.
#[must_use]
pub fn jwks(keys: &[&SigningKey]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.public_jwk()).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;

    #[test]
    fn a_key_survives_being_written() {
        let key = SigningKey::generate().unwrap();
        let again = SigningKey::from_pkcs8(key.to_pkcs8().expose()).unwrap();
        assert_eq!(key.public_jwk(), again.public_jwk());
        assert_ne!(key.kid(), SigningKey::generate().unwrap().kid());
    }

    #[test]
    fn only_p256_pkcs8_is_a_key() {
        let p384 = aws_lc_rs::signature::EcdsaKeyPair::generate(
            &aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        )
        .unwrap();
        let p384 = p384.to_pkcs8v1().unwrap();
        let cases: [(&str, &[u8]); 3] = [("empty", b""), ("text", b"-----BEGIN"), ("P-384", p384.as_ref())];
        for (name, bytes) in cases {
            let refused = SigningKey::from_pkcs8(bytes).err();
            assert_eq!(refused, Some(KeyRefused::NotP256Pkcs8), "{name}");
        }
    }

    #[test]
    fn the_thumbprint_is_that_of_a_second_opinion() {
        let key = SigningKey::generate().unwrap();
        let theirs: jsonwebtoken::jwk::Jwk = serde_json::from_value(key.public_jwk()).unwrap();
        assert_eq!(theirs.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap(), key.kid());
    }

    #[test]
    fn a_key_set_holds_public_halves_only() {
        let (one, two) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let set = jwks(&[&one, &two]);
        assert_eq!(set["keys"][0], one.public_jwk());
        assert_eq!(set["keys"][1]["kid"], two.kid());
        assert!(set["keys"][0].get("d").is_none());
    }
}
