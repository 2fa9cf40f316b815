//! One public key of somebody else, read from a JWK (RFC 7517), that checks signatures.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use crate::algorithm::Algorithm;
use crate::base64url;

/// The largest RSA modulus read: 8192 bits.
const MODULUS_MAX_BYTES: usize = 1024;

/// The members of a JWK that matter to a verifier.
#[derive(Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

#[derive(Clone)]
enum Material {
    /// An uncompressed point (SEC 1 §2.3.3).
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

/// A public key with the name and the algorithm that its owner gave it.
#[derive(Clone)]
pub(crate) struct PublicKey {
    pub(crate) kid: Option<String>,
    only: Option<Algorithm>,
    material: Material,
}

impl PublicKey {
    /// The key in `jwk`, or nothing when it is of a kind that we do not verify with (encryption, symmetric, other
    /// curves); a set may hold such keys for other readers (RFC 7517 §5).
    pub(crate) fn read(jwk: &Jwk) -> Option<Self> {
        if jwk.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let only = match jwk.alg.as_deref() {
            Some(name) => Some(Algorithm::named(name)?),
            None => None,
        };
        let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("EC", Some("P-256")) => {
                let (x, y) = (member(jwk.x.as_deref())?, member(jwk.y.as_deref())?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                Material::P256([&[4_u8][..], &x, &y].concat())
            }
            ("OKP", Some("Ed25519")) => {
                Material::Ed25519(member(jwk.x.as_deref()).filter(|x| x.len() == 32)?)
            }
            ("RSA", _) => {
                let (n, e) = (member(jwk.n.as_deref())?, member(jwk.e.as_deref())?);
                if n.len() > MODULUS_MAX_BYTES || e.len() > 8 {
                    return None;
                }
                Material::Rsa { n, e }
            }
            _ => return None,
        };
        Some(Self { kid: jwk.kid.clone(), only, material })
    }

    /// Whether this key may check signatures of `algorithm`: the kind of key decides, never the token (RFC 8725 §3.1).
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        let kind = match (&self.material, algorithm) {
            (Material::P256(_), Algorithm::Es256)
            | (Material::Ed25519(_), Algorithm::EdDsa)
            | (Material::Rsa { .. }, Algorithm::Ps256 | Algorithm::Rs256) => true,
            (Material::P256(_) | Material::Ed25519(_) | Material::Rsa { .. }, _) => false,
        };
        kind && self.only.is_none_or(|only| only == algorithm)
    }

    /// Whether `signature` over `message` is this key's under `algorithm`.
    pub(crate) fn signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (&self.material, algorithm) {
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
            (Material::Ed25519(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature).is_ok()
            }
            (Material::Rsa { n, e }, Algorithm::Ps256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature).is_ok()
            }
            (Material::Rsa { n, e }, Algorithm::Rs256) => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            (Material::P256(_) | Material::Ed25519(_) | Material::Rsa { .. }, _) => false,
        }
    }
}

fn member(text: Option<&str>) -> Option<Vec<u8>> {
    base64url::decode(text?)
}
