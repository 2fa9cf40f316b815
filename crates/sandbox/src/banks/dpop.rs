//! Proof of possession (RFC 9449): checked at the token endpoint and on every API call, with the bank's nonce.

use crate::{AppState, Fault, clock};
use aws_lc_rs::digest;
use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk},
};
use serde::Deserialize;
use serde_json::{Value, json};

const SKEW_S: i64 = 60;
const JTI_MAX: usize = 200;

/// Why a proof is not taken.
#[derive(Debug)]
pub(super) enum ProofRefused {
    Invalid(&'static str),
    NonceNeeded,
    Fault(Fault),
}

impl From<Fault> for ProofRefused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl ProofRefused {
    /// As the token endpoint answers it (400), or an API (401 with a challenge).
    pub(super) fn into_answer(self, status: StatusCode) -> Response {
        let (error, why) = match self {
            Self::Fault(fault) => return fault.into_response(),
            Self::NonceNeeded => ("use_dpop_nonce", "the proof needs the nonce of the header DPoP-Nonce"),
            Self::Invalid(why) => ("invalid_dpop_proof", why),
        };
        let mut response =
            (status, Json(json!({ "error": error, "error_description": why }))).into_response();
        if status == StatusCode::UNAUTHORIZED
            && let Ok(challenge) = HeaderValue::from_str(&format!("DPoP error=\"{error}\", algs=\"ES256\""))
        {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

#[derive(Deserialize)]
struct Proof {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    nonce: Option<String>,
    ath: Option<String>,
}

/// SHA-256, base64url.
pub(super) fn sha256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// Checks the proof of a request and gives the thumbprint of its key.
pub(super) async fn check(
    state: &AppState,
    bank: &str,
    headers: &HeaderMap,
    method: &str,
    path: &str,
    access_token: Option<&str>,
) -> Result<String, ProofRefused> {
    let mut proofs = headers.get_all("dpop").iter();
    let token = proofs
        .next()
        .and_then(|value| value.to_str().ok())
        .ok_or(ProofRefused::Invalid("the header DPoP is missing"))?;
    if proofs.next().is_some() {
        return Err(ProofRefused::Invalid("more than one proof"));
    }
    let (jwk, proof) = read(token)?;
    let now = clock::now_s();
    if proof.htm != method || proof.htu != format!("{}{path}", state.settings.public_url) {
        return Err(ProofRefused::Invalid("htm or htu is of another request"));
    }
    if now.abs_diff(proof.iat) > SKEW_S.unsigned_abs() {
        return Err(ProofRefused::Invalid("iat is too old or in the future"));
    }
    if proof.ath.as_deref() != access_token.map(sha256).as_deref() {
        return Err(ProofRefused::Invalid("ath is not of this access token"));
    }
    if !proof.nonce.as_deref().is_some_and(|nonce| state.nonces.is_fresh(bank, nonce)) {
        return Err(ProofRefused::NonceNeeded);
    }
    let jkt = thumbprint(&jwk).ok_or(ProofRefused::Invalid("the key is not usable"))?;
    let jti = format!("{jkt}.{}", proof.jti);
    let new = state
        .db
        .write(move |tx| {
            tx.execute("DELETE FROM bank_proofs WHERE at < ?1", [now - 2 * SKEW_S])?;
            tx.execute(
                "INSERT INTO bank_proofs (jti, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                (&jti, now),
            )
        })
        .await?;
    if new == 1 { Ok(jkt) } else { Err(ProofRefused::Invalid("the proof was used before")) }
}

/// The key and the claims of a proof whose signature is that key's.
fn read(token: &str) -> Result<(Jwk, Proof), ProofRefused> {
    let jose = decode_header(token).map_err(|_| ProofRefused::Invalid("the proof is no JWT"))?;
    let jwk = jose.jwk.ok_or(ProofRefused::Invalid("the proof holds no key"))?;
    if jose.typ.as_deref() != Some("dpop+jwt") || jose.alg != Algorithm::ES256 {
        return Err(ProofRefused::Invalid("typ must be dpop+jwt, alg ES256"));
    }
    if holds_private_key(token) {
        return Err(ProofRefused::Invalid("the proof shows its private key"));
    }
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| ProofRefused::Invalid("the key is not usable"))?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let proof = decode::<Proof>(token, &key, &rules)
        .map_err(|_| ProofRefused::Invalid("the proof's signature or claims are wrong"))?
        .claims;
    if proof.jti.is_empty() || proof.jti.len() > JTI_MAX {
        return Err(ProofRefused::Invalid("jti must have 1 to 200 characters"));
    }
    Ok((jwk, proof))
}

/// RFC 9449 §4.3 (7); the typed key has no place for the private part, so it is looked for in the text.
fn holds_private_key(token: &str) -> bool {
    let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    header.is_none_or(|header| header["jwk"].get("d").is_some())
}

/// RFC 7638, for a key on P-256 and no other.
fn thumbprint(jwk: &Jwk) -> Option<String> {
    let AlgorithmParameters::EllipticCurve(point) = &jwk.algorithm else { return None };
    if point.curve != EllipticCurve::P256 {
        return None;
    }
    let (x, y) = (&point.x, &point.y);
    Some(sha256(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)))
}
