//! A key set that lives at a URL: fetched once, again for a new name, never more than once in five seconds.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod pretend;

use jose::{Algorithm, Expect, KeySet, SigningKey, TokenRefused, jwks, sign, verify};
use pretend::{answer, serve};
use serde_json::{Value, json};

const START_S: i64 = 1_790_000_000;

async fn look(key: &SigningKey, keys: &KeySet, now_s: i64) -> Result<(), TokenRefused> {
    let token = sign(key, "t+jwt", &json!({"iss":"i","aud":"a","iat":now_s}));
    let expect = Expect {
        typ: "t+jwt",
        issuer: "i",
        audience: "a",
        algorithms: &[Algorithm::Es256],
        now_s,
        leeway_s: 0,
        max_age_s: 60,
    };
    verify::<Value>(&token, keys, expect).await.map(|_| ())
}

#[tokio::test]
async fn a_life_of_a_key_set() {
    let (old, new) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let (url, asked) = serve(vec![
        answer(200, &[], &jwks(&[&old]).to_string()),
        answer(200, &[], &jwks(&[&old, &new]).to_string()),
        answer(500, &[], ""),
        answer(200, &[], &jwks(&[&new]).to_string()),
    ])
    .await;
    let keys = KeySet::at(&url).unwrap();
    let unknown = Err(TokenRefused::UnknownKey);
    // seconds after the start, key, answer, requests made so far
    let steps = [
        (0, &old, Ok(()), 1),
        (1, &old, Ok(()), 1),
        (4, &new, unknown, 1),
        (5, &new, Ok(()), 2),
        (6, &old, Ok(()), 2),
        (606, &old, Ok(()), 3),  // too old, renewal fails, the kept set serves
        (607, &old, Ok(()), 3),  // not asked again at once
        (611, &old, unknown, 4), // withdrawn
        (612, &new, Ok(()), 4),
    ];
    for (after_s, key, expected, requests) in steps {
        assert_eq!(look(key, &keys, START_S + after_s).await, expected, "after {after_s} s");
        assert_eq!(asked.lock().unwrap().len(), requests, "after {after_s} s");
    }
}

#[tokio::test]
async fn a_set_that_cannot_be_had_is_a_fault_not_a_forgery() {
    let key = SigningKey::generate().unwrap();
    let many: Vec<Value> = (0..65).map(|_| key.public_jwk()).collect();
    let good = jwks(&[&key]).to_string();
    let cases = [
        ("status", answer(404, &[], &good)),
        ("redirect", answer(302, &[("location", "http://127.0.0.1:9/")], &good)),
        ("not JSON", answer(200, &[], "<html>")),
        ("no keys member", answer(200, &[], "{}")),
        ("too long", answer(200, &[], &" ".repeat(64 * 1024 + 1))),
        ("too many keys", answer(200, &[], &json!({ "keys": many }).to_string())),
        ("hangs up", String::new()),
    ];
    for (name, text) in cases {
        let (url, asked) = serve(vec![text]).await;
        let keys = KeySet::at(&url).unwrap();
        for _ in 0..3 {
            let refused = look(&key, &keys, START_S).await.unwrap_err();
            assert!(refused.is_fault(), "{name}: {refused}");
        }
        assert_eq!(asked.lock().unwrap().len(), 1, "{name}: one request in five seconds");
    }
}

#[tokio::test]
async fn many_tokens_at_once_cause_one_request() {
    let key = SigningKey::generate().unwrap();
    let (url, asked) = serve(vec![answer(200, &[], &jwks(&[&key]).to_string())]).await;
    let keys = KeySet::at(&url).unwrap();
    let looks = tokio::join!(
        look(&key, &keys, START_S),
        look(&key, &keys, START_S),
        look(&key, &keys, START_S),
        look(&key, &keys, START_S)
    );
    assert_eq!(looks, (Ok(()), Ok(()), Ok(()), Ok(())));
    assert_eq!(asked.lock().unwrap().len(), 1);
}
