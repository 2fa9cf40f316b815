//! Whether a token is what it must be: type, algorithm, key, signature, issuer, audience, time, shape; in that order.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::algorithm::Algorithm;
use crate::base64url;
use crate::key_set::KeySet;
use crate::refused::TokenRefused;

/// The longest token looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What a token must be to be accepted. Every member is a check; none can be left out.
#[derive(Clone, Copy, Debug)]
pub struct Expect<'a> {
    /// The `typ` header (RFC 7515 §4.1.9), compared without case and without `application/`.
    /// `"JWT"` also accepts a token without `typ`, because OpenID providers send such ID tokens.
    pub typ: &'a str,
    /// The exact `iss`.
    pub issuer: &'a str,
    /// The exact and only `aud`: a token that is also meant for somebody else could be replayed by them.
    pub audience: &'a str,
    /// The algorithms allowed here.
    pub algorithms: &'a [Algorithm],
    /// Now, in seconds since 1970.
    pub now_s: i64,
    /// How far the issuer's clock may be off, in seconds, from 0 to 120.
    pub leeway_s: i64,
    /// How long ago `iat` may be, in seconds. `iat` is required; `exp` and `nbf` are obeyed where present.
    pub max_age_s: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Registered {
    iss: String,
    aud: Audience,
    iat: Seconds,
    exp: Option<Seconds>,
    nbf: Option<Seconds>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// RFC 7519 §2 allows fractions of a second; they are cut off.
#[derive(Deserialize, Clone, Copy)]
#[serde(untagged)]
enum Seconds {
    Whole(i64),
    Fraction(f64),
}

impl Seconds {
    const fn whole(self) -> i64 {
        match self {
            Self::Whole(seconds) => seconds,
            #[expect(clippy::cast_possible_truncation, reason = "a cast from float to integer saturates")]
            Self::Fraction(seconds) => seconds as i64,
        }
    }
}

/// The claims of `token`, when it is a compact JWS (RFC 7515) signed by a key of `keys` and is all that `expect` says.
///
/// # Errors
/// [`TokenRefused`] with the first check that failed, in the order of its variants.
///
/// # Panics
/// When `expect.leeway_s` is not within 0 to 120: that is a mistake of the caller's program.
pub async fn verify<T: DeserializeOwned>(
    token: &str,
    keys: &KeySet,
    expect: Expect<'_>,
) -> Result<T, TokenRefused> {
    assert!((0..=120).contains(&expect.leeway_s), "bug: leeway_s must be from 0 to 120");
    let parts = Parts::of(token)?;
    if !is_type(parts.header.typ.as_deref(), expect.typ) {
        return Err(TokenRefused::WrongType);
    }
    let algorithm = Algorithm::named(&parts.header.alg)
        .filter(|algorithm| expect.algorithms.contains(algorithm))
        .ok_or(TokenRefused::WrongAlgorithm)?;
    let key = keys.key(parts.header.kid.as_deref(), algorithm, expect.now_s).await?;
    if !key.signed(algorithm, parts.signed.as_bytes(), &parts.signature) {
        return Err(TokenRefused::WrongSignature);
    }
    let claims: Registered = serde_json::from_slice(&parts.claims)
        .map_err(|_| TokenRefused::Malformed("iss, aud and iat are required, once each"))?;
    check_claims(&claims, &expect)?;
    serde_json::from_slice(&parts.claims).map_err(|_| TokenRefused::WrongClaims)
}

struct Parts<'a> {
    header: Header,
    claims: Vec<u8>,
    signature: Vec<u8>,
    signed: &'a str,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Result<Self, TokenRefused> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefused::Malformed("longer than 16 KiB"));
        }
        let three = TokenRefused::Malformed("not three parts with dots between");
        let (signed, signature) = token.rsplit_once('.').ok_or(three)?;
        let (header, claims) = signed.split_once('.').ok_or(three)?;
        if claims.contains('.') {
            return Err(three);
        }
        let decoded =
            |part| base64url::decode(part).ok_or(TokenRefused::Malformed("a part is not base64url"));
        let (header, claims, signature) = (decoded(header)?, decoded(claims)?, decoded(signature)?);
        let header: Header = serde_json::from_slice(&header)
            .map_err(|_| TokenRefused::Malformed("the header is not understood"))?;
        if header.crit.is_some() {
            return Err(TokenRefused::Malformed("the header has critical extensions, none is known here"));
        }
        Ok(Self { header, claims, signature, signed })
    }
}

fn is_type(found: Option<&str>, expected: &str) -> bool {
    let Some(found) = found else { return expected.eq_ignore_ascii_case("JWT") };
    let bare = match found.get(..12) {
        Some(prefix) if prefix.eq_ignore_ascii_case("application/") => &found[12..],
        _ => found,
    };
    bare.eq_ignore_ascii_case(expected)
}

fn check_claims(claims: &Registered, expect: &Expect<'_>) -> Result<(), TokenRefused> {
    if claims.iss != expect.issuer {
        return Err(TokenRefused::WrongIssuer);
    }
    let for_us = match &claims.aud {
        Audience::One(audience) => audience == expect.audience,
        Audience::Several(audiences) => audiences.len() == 1 && audiences[0] == expect.audience,
    };
    if !for_us {
        return Err(TokenRefused::WrongAudience);
    }
    let (now_s, leeway_s) = (expect.now_s, expect.leeway_s);
    let latest_s = now_s.saturating_add(leeway_s);
    let earliest_s = now_s.saturating_sub(leeway_s);
    if claims.exp.is_some_and(|exp| exp.whole() <= earliest_s) {
        return Err(TokenRefused::Expired);
    }
    if claims.iat.whole() > latest_s || claims.nbf.is_some_and(|nbf| nbf.whole() > latest_s) {
        return Err(TokenRefused::NotYetValid);
    }
    if claims.iat.whole() < earliest_s.saturating_sub(expect.max_age_s) {
        return Err(TokenRefused::TooOld);
    }
    Ok(())
}
