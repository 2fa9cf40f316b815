//! Every kind of forged, stale, foreign or garbled token, one line each, through one check.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use aws_lc_rs::{hmac, rand::SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use jose::{Algorithm, Expect, KeySet, SigningKey, TokenRefused, jwks, sign, verify};
use serde::Deserialize;
use serde_json::{Value, json};

const NOW_S: i64 = 1_790_000_000;

#[derive(Deserialize, Debug, PartialEq)]
struct Claims {
    jti: String,
}

fn good() -> Value {
    json!({"iss": "https://bank.example", "aud": "tsugime", "iat": NOW_S, "exp": NOW_S + 300, "jti": "one"})
}

fn good_with(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims
}

fn good_without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn expect() -> Expect<'static> {
    Expect {
        typ: "link-attestation+jwt",
        issuer: "https://bank.example",
        audience: "tsugime",
        algorithms: &[Algorithm::Es256],
        now_s: NOW_S,
        leeway_s: 10,
        max_age_s: 300,
    }
}

/// header.claims of any texts, without the signature.
fn unsigned(header: &str, claims: &str) -> String {
    format!("{}.{}", B64.encode(header), B64.encode(claims))
}

/// A token with a header of the forger's choosing, signed by `key` all the same.
fn with_header(key: &SigningKey, header: &Value, claims: &str) -> String {
    // The signer here is a second implementation, so that `verify` is not checked against `sign` alone.
    let signed = unsigned(&header.to_string(), claims);
    let theirs = jsonwebtoken::EncodingKey::from_ec_der(key.to_pkcs8().expose());
    let signature =
        jsonwebtoken::crypto::sign(signed.as_bytes(), &theirs, jsonwebtoken::Algorithm::ES256).unwrap();
    format!("{signed}.{signature}")
}

fn turned(token: &str, part: usize) -> String {
    let mut parts: Vec<Vec<u8>> = token.split('.').map(|part| B64.decode(part).unwrap()).collect();
    let last = parts[part].len() - 2;
    parts[part][last] ^= 1;
    parts.iter().map(|part| B64.encode(part)).collect::<Vec<_>>().join(".")
}

#[tokio::test]
async fn tokens_and_their_answers() {
    let key = SigningKey::generate().unwrap();
    let stranger = SigningKey::generate().unwrap();
    let keys = KeySet::fixed(&jwks(&[&key])).unwrap();
    let typ = "link-attestation+jwt";
    let kid = key.kid();
    let fine = sign(&key, typ, &good());
    let hs256 = |secret: &[u8]| {
        let signed = unsigned(&json!({"alg":"HS256","typ":typ,"kid":kid}).to_string(), &good().to_string());
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        format!("{signed}.{}", B64.encode(tag))
    };
    let header = |members: Value| {
        let mut header = json!({"alg":"ES256","typ":typ,"kid":kid});
        header.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        header
    };
    let good_text = good().to_string();
    let none =
        |alg: &str| format!("{}.", unsigned(&json!({"alg":alg,"typ":typ,"kid":kid}).to_string(), &good_text));
    let swapped = {
        let (_, signature) = fine.rsplit_once('.').unwrap();
        let other = good_with("jti", json!("two")).to_string();
        format!("{}.{signature}", unsigned(&header(json!({})).to_string(), &other))
    };
    let zero_signature = {
        let (signed, _) = fine.rsplit_once('.').unwrap();
        format!("{signed}.{}", B64.encode([0_u8; 64]))
    };
    let malformed = |why| Err(TokenRefused::Malformed(why));
    let shape = malformed("iss, aud and iat are required, once each");
    let header_shape = malformed("the header is not understood");
    let three = malformed("not three parts with dots between");

    let cases: Vec<(&str, String, Result<(), TokenRefused>)> = vec![
        ("good", fine.clone(), Ok(())),
        ("good, signed by another library", with_header(&key, &header(json!({})), &good_text), Ok(())),
        (
            "good, application/ before typ",
            with_header(&key, &header(json!({"typ": format!("application/{typ}")})), &good_text),
            Ok(()),
        ),
        ("good, without kid", with_header(&key, &json!({"alg":"ES256","typ":typ}), &good_text), Ok(())),
        ("good, audience in a list of one", sign(&key, typ, &good_with("aud", json!(["tsugime"]))), Ok(())),
        ("good, without exp", sign(&key, typ, &good_without("exp")), Ok(())),
        ("good, expired within leeway", sign(&key, typ, &good_with("exp", json!(NOW_S - 9))), Ok(())),
        ("good, clock ahead within leeway", sign(&key, typ, &good_with("iat", json!(NOW_S + 10))), Ok(())),
        ("good, fraction of a second", sign(&key, typ, &good_with("iat", json!(1_790_000_000.5))), Ok(())),
        // malformed
        ("empty", String::new(), three),
        ("one part", "abc".to_owned(), three),
        ("two parts", "abc.def".to_owned(), three),
        ("five parts, as an encrypted token has", "a.b.c.d.e".to_owned(), three),
        ("padding", format!("{fine}=="), malformed("a part is not base64url")),
        ("standard alphabet", fine.replacen('e', "+", 1), malformed("a part is not base64url")),
        ("too long", "a".repeat(16 * 1024 + 1), malformed("longer than 16 KiB")),
        ("header not JSON", format!("{}.{}", B64.encode("{"), "e30.AA"), header_shape),
        ("header without alg", with_header(&key, &json!({"typ":typ,"kid":kid}), &good_text), header_shape),
        ("alg twice", format!("{}.AA", unsigned(r#"{"alg":"none","alg":"ES256"}"#, "{}")), header_shape),
        (
            "critical extension",
            with_header(&key, &header(json!({"crit":["b64"],"b64":false})), &good_text),
            malformed("the header has critical extensions, none is known here"),
        ),
        ("claims not JSON", with_header(&key, &header(json!({})), "hello"), shape),
        ("claims are a list", with_header(&key, &header(json!({})), "[1,2]"), shape),
        (
            "iss twice",
            with_header(&key, &header(json!({})), &good_text.replacen("\"iss\"", "\"iss\":\"x\",\"iss\"", 1)),
            shape,
        ),
        ("iss missing", sign(&key, typ, &good_without("iss")), shape),
        ("aud missing", sign(&key, typ, &good_without("aud")), shape),
        ("iat missing", sign(&key, typ, &good_without("iat")), shape),
        ("iat is a text", sign(&key, typ, &good_with("iat", json!("1790000000"))), shape),
        // type
        ("another typ", sign(&key, "identity-assertion+jwt", &good()), Err(TokenRefused::WrongType)),
        ("plain JWT", sign(&key, "JWT", &good()), Err(TokenRefused::WrongType)),
        (
            "no typ",
            with_header(&key, &json!({"alg":"ES256","kid":kid}), &good_text),
            Err(TokenRefused::WrongType),
        ),
        // algorithm
        ("alg none", none("none"), Err(TokenRefused::WrongAlgorithm)),
        ("alg None", none("None"), Err(TokenRefused::WrongAlgorithm)),
        ("alg NONE", none("NONE"), Err(TokenRefused::WrongAlgorithm)),
        ("alg empty", none(""), Err(TokenRefused::WrongAlgorithm)),
        (
            "HS256 with the public key as secret",
            hs256(key.public_jwk().to_string().as_bytes()),
            Err(TokenRefused::WrongAlgorithm),
        ),
        ("HS256 with an empty secret", hs256(b""), Err(TokenRefused::WrongAlgorithm)),
        (
            "right algorithm in lower case",
            with_header(&key, &header(json!({"alg":"es256"})), &good_text),
            Err(TokenRefused::WrongAlgorithm),
        ),
        (
            "an algorithm not allowed here",
            with_header(&key, &header(json!({"alg":"PS256"})), &good_text),
            Err(TokenRefused::WrongAlgorithm),
        ),
        // key
        (
            "signed by a stranger under his own name",
            sign(&stranger, typ, &good()),
            Err(TokenRefused::UnknownKey),
        ),
        (
            "kid empty",
            with_header(&key, &header(json!({"kid":""})), &good_text),
            Err(TokenRefused::UnknownKey),
        ),
        (
            "kid as a path",
            with_header(&key, &header(json!({"kid":"../../dev/null"})), &good_text),
            Err(TokenRefused::UnknownKey),
        ),
        (
            "key brought along",
            with_header(
                &stranger,
                &header(json!({"kid":stranger.kid(),"jwk":stranger.public_jwk()})),
                &good_text,
            ),
            Err(TokenRefused::UnknownKey),
        ),
        // signature
        (
            "signed by a stranger under our name",
            with_header(&stranger, &header(json!({})), &good_text),
            Err(TokenRefused::WrongSignature),
        ),
        (
            "stranger, key brought along, our name",
            with_header(&stranger, &header(json!({"jwk":stranger.public_jwk()})), &good_text),
            Err(TokenRefused::WrongSignature),
        ),
        ("other claims under a good signature", swapped, Err(TokenRefused::WrongSignature)),
        ("one bit of the signature", turned(&fine, 2), Err(TokenRefused::WrongSignature)),
        ("one bit of the claims", turned(&fine, 1), Err(TokenRefused::WrongSignature)),
        ("no signature", format!("{}.", fine.rsplit_once('.').unwrap().0), Err(TokenRefused::WrongSignature)),
        ("signature of zeros (CVE-2022-21449)", zero_signature, Err(TokenRefused::WrongSignature)),
        // issuer, audience
        (
            "another issuer",
            sign(&key, typ, &good_with("iss", json!("https://other.example"))),
            Err(TokenRefused::WrongIssuer),
        ),
        (
            "issuer with a slash more",
            sign(&key, typ, &good_with("iss", json!("https://bank.example/"))),
            Err(TokenRefused::WrongIssuer),
        ),
        (
            "another audience",
            sign(&key, typ, &good_with("aud", json!("else"))),
            Err(TokenRefused::WrongAudience),
        ),
        (
            "us and somebody else",
            sign(&key, typ, &good_with("aud", json!(["tsugime", "else"]))),
            Err(TokenRefused::WrongAudience),
        ),
        ("an empty list", sign(&key, typ, &good_with("aud", json!([]))), Err(TokenRefused::WrongAudience)),
        // time
        ("expired", sign(&key, typ, &good_with("exp", json!(NOW_S - 10))), Err(TokenRefused::Expired)),
        ("expired since 1970", sign(&key, typ, &good_with("exp", json!(0))), Err(TokenRefused::Expired)),
        (
            "issued tomorrow",
            sign(&key, typ, &good_with("iat", json!(NOW_S + 11))),
            Err(TokenRefused::NotYetValid),
        ),
        (
            "not before tomorrow",
            sign(&key, typ, &good_with("nbf", json!(NOW_S + 86_400))),
            Err(TokenRefused::NotYetValid),
        ),
        (
            "issued too long ago",
            sign(&key, typ, &good_with("iat", json!(NOW_S - 311))),
            Err(TokenRefused::TooOld),
        ),
        (
            "issued at the smallest number",
            sign(&key, typ, &good_with("iat", json!(i64::MIN))),
            Err(TokenRefused::TooOld),
        ),
        // shape
        (
            "claim of another kind",
            sign(&key, typ, &good_with("jti", json!(7))),
            Err(TokenRefused::WrongClaims),
        ),
        ("claim missing", sign(&key, typ, &good_without("jti")), Err(TokenRefused::WrongClaims)),
    ];
    for (name, token, expected) in cases {
        let found = verify::<Claims>(&token, &keys, expect()).await;
        let expected = expected.map(|()| Claims { jti: "one".to_owned() });
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn a_token_without_typ_is_a_plain_jwt() {
    let key = SigningKey::generate().unwrap();
    let keys = KeySet::fixed(&jwks(&[&key])).unwrap();
    let bare = with_header(&key, &json!({"alg":"ES256","kid":key.kid()}), &good().to_string());
    let plain = Expect { typ: "JWT", ..expect() };
    assert!(verify::<Claims>(&bare, &keys, plain).await.is_ok());
}

fn rsa_token(pair: &RsaKeyPair, alg: &str, encoding: &'static dyn RsaEncoding) -> String {
    let signed = unsigned(&json!({"alg":alg,"kid":"r"}).to_string(), &good().to_string());
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", B64.encode(signature))
}

#[tokio::test]
async fn the_kind_of_key_decides_the_algorithm() {
    let edwards = Ed25519KeyPair::generate().unwrap();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let curve = SigningKey::generate().unwrap();
    let (n, e) = {
        let public = rsa.public_key();
        (
            B64.encode(public.modulus().big_endian_without_leading_zero()),
            B64.encode(public.exponent().big_endian_without_leading_zero()),
        )
    };
    let edwards_token = |alg: &str| {
        let signed = unsigned(&json!({"alg":alg,"kid":"e"}).to_string(), &good().to_string());
        let signature = edwards.sign(signed.as_bytes());
        format!("{signed}.{}", B64.encode(signature))
    };
    let set = |rsa_alg: Value| {
        KeySet::fixed(&json!({"keys": [
            {"kty":"OKP","crv":"Ed25519","kid":"e","x":B64.encode(edwards.public_key())},
            {"kty":"RSA","kid":"r","n":n,"e":e,"use":"sig","alg":rsa_alg},
            {"kty":"EC","crv":"P-256","kid":"enc","use":"enc","x":curve.public_jwk()["x"],"y":curve.public_jwk()["y"]},
            {"kty":"oct","kid":"o","k":"c2VjcmV0"},
            {"kty":"quantum","kid":7},
        ]}))
        .unwrap()
    };
    let any = set(Value::Null);
    let pinned = set(json!("PS256"));
    let cases = [
        ("EdDSA", &any, edwards_token("EdDSA"), Ok(())),
        ("PS256", &any, rsa_token(&rsa, "PS256", &RSA_PSS_SHA256), Ok(())),
        ("RS256", &any, rsa_token(&rsa, "RS256", &RSA_PKCS1_SHA256), Ok(())),
        (
            "PKCS#1 signature called PS256",
            &any,
            rsa_token(&rsa, "PS256", &RSA_PKCS1_SHA256),
            Err(TokenRefused::WrongSignature),
        ),
        (
            "RS256 where the key says PS256",
            &pinned,
            rsa_token(&rsa, "RS256", &RSA_PKCS1_SHA256),
            Err(TokenRefused::UnknownKey),
        ),
        ("Edwards key called ES256", &any, edwards_token("ES256"), Err(TokenRefused::UnknownKey)),
        (
            "key for encryption",
            &any,
            with_header(&curve, &json!({"alg":"ES256","kid":"enc"}), &good().to_string()),
            Err(TokenRefused::UnknownKey),
        ),
    ];
    for (name, keys, token, expected) in cases {
        let expect = Expect { typ: "JWT", algorithms: &Algorithm::ALL, ..expect() };
        let found = verify::<Claims>(&token, keys, expect).await.map(|_| ());
        assert_eq!(found, expected, "{name}");
    }
}
