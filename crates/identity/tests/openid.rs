//! Sign-in through the sandbox's provider, and through providers that lie: every vice is refused.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use identity::{AssertionWrong, IdentityFault, OpenIdProvider, OutsideIdentity};
use jose::{SigningKey, TokenRefused, jwks, sign};
use serde_json::{Value, json};
use stage::pretend::{self, Does};
use stage::{CLIENT, Outside, now_s, party, pkce, returned};
use std::sync::Arc;
use terms::Secret;

/// One sign-in of `person`, with the nonce and verifier that the wallet kept.
async fn sign_in(
    outside: &Outside,
    provider: &OpenIdProvider,
    person: &str,
) -> Result<OutsideIdentity, IdentityFault> {
    let (pkce, state) = (pkce(), Secret::new("the-state"));
    let url = provider.begin(&state, "the-nonce", &pkce.challenge).await?;
    let code = outside.code(&url, person).await;
    provider.finish(&code, &Secret::new(pkce.verifier), "the-nonce").await
}

#[tokio::test]
async fn the_same_account_is_the_same_pair_of_issuer_and_subject() {
    let outside = Outside::start().await;
    let provider = OpenIdProvider::new(outside.party("openid")).unwrap();
    let first = sign_in(&outside, &provider, "hanako").await.unwrap();
    assert_eq!(first.issuer, format!("{}/openid", outside.url));
    assert_eq!(sign_in(&outside, &provider, "hanako").await.unwrap(), first);
    assert_ne!(sign_in(&outside, &provider, "taro").await.unwrap().subject, first.subject);
}

#[tokio::test]
async fn each_vice_is_refused() {
    let outside = Outside::start().await;
    let provider = OpenIdProvider::new(outside.party("openid")).unwrap();
    for (vice, why) in [
        ("wrong_iss", AssertionWrong::Token(TokenRefused::WrongIssuer)),
        ("wrong_aud", AssertionWrong::Token(TokenRefused::WrongAudience)),
        ("wrong_nonce", AssertionWrong::Nonce),
        ("expired", AssertionWrong::Token(TokenRefused::Expired)),
        ("wrong_key", AssertionWrong::Token(TokenRefused::UnknownKey)),
        ("alg_none", AssertionWrong::Token(TokenRefused::WrongAlgorithm)),
        ("other_subject", AssertionWrong::Subject),
    ] {
        outside.control("PUT", "openid/vice", &json!({ "vice": vice, "times": 1 })).await;
        let refused = sign_in(&outside, &provider, "hanako").await;
        let issuer = provider.issuer().to_owned();
        assert_eq!(refused, Err(IdentityFault::WordRefused { issuer, why }), "{vice}");
        assert!(sign_in(&outside, &provider, "hanako").await.is_ok(), "after {vice}");
    }
}

#[tokio::test]
async fn a_code_is_good_for_one_browser_once() {
    let outside = Outside::start().await;
    let provider = OpenIdProvider::new(outside.party("openid")).unwrap();
    let state = Secret::new("the-state");
    let pkce_of_one = pkce();
    let url = provider.begin(&state, "n", &pkce_of_one.challenge).await.unwrap();
    let no = outside.walk(&url, "hanako", "no", None).await;
    assert_eq!(returned(&no, "error").as_deref(), Some("access_denied"));
    assert_eq!(returned(&no, "iss").as_deref(), Some(provider.issuer()));
    let code = outside.code(&url, "hanako").await;
    let refused = provider.finish(&code, &Secret::new(pkce().verifier), "n").await;
    let issuer = provider.issuer().to_owned();
    let error = "invalid_grant".to_owned();
    assert_eq!(refused, Err(IdentityFault::Refused { issuer, step: "token request", error }));
    let code = outside.code(&url, "hanako").await;
    let verifier = Secret::new(pkce_of_one.verifier);
    assert!(provider.finish(&code, &verifier, "n").await.is_ok());
    assert!(provider.finish(&code, &verifier, "n").await.is_err(), "a code works once");
}

/// What a finish says at a provider whose ID token and discovery document a test changes.
async fn at_pretended(change: impl FnOnce(&mut Value, &mut Value)) -> Result<OutsideIdentity, IdentityFault> {
    let (listener, url) = pretend::listen().await;
    let key = SigningKey::generate().unwrap();
    let mut claims = json!({
        "iss": url, "aud": CLIENT, "sub": "s", "iat": now_s(), "exp": now_s() + 300, "nonce": "n",
    });
    let mut about = json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/jwks"),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    });
    change(&mut claims, &mut about);
    let tokens = json!({ "id_token": sign(&key, "JWT", &claims), "token_type": "Bearer" }).to_string();
    let published = jwks(&[&key]).to_string();
    pretend::serve(listener, move |_, path, _| match path {
        "/.well-known/openid-configuration" => Does::Answers(200, about.to_string()),
        "/token" => Does::Answers(200, tokens.clone()),
        _ => Does::Answers(200, published.clone()),
    });
    let provider = OpenIdProvider::new(party(&url, &Arc::new(SigningKey::generate().unwrap()))).unwrap();
    provider.finish(&Secret::new("c"), &Secret::new("v"), "n").await
}

#[tokio::test]
async fn claims_that_the_sandbox_cannot_bend_are_checked_too() {
    assert!(at_pretended(|_, _| {}).await.is_ok());
    assert!(at_pretended(|claims, _| claims["azp"] = json!(CLIENT)).await.is_ok());
    type Change = fn(&mut Value);
    let forgeries: [(&str, Change, AssertionWrong); 8] = [
        ("azp", |claims| claims["azp"] = json!("another"), AssertionWrong::AuthorizedParty),
        (
            "two audiences",
            |claims| claims["aud"] = json!([CLIENT, "another"]),
            AssertionWrong::Token(TokenRefused::WrongAudience),
        ),
        (
            "no exp",
            |claims| drop(claims.as_object_mut().unwrap().remove("exp")),
            AssertionWrong::Token(TokenRefused::WrongClaims),
        ),
        (
            "no nonce",
            |claims| drop(claims.as_object_mut().unwrap().remove("nonce")),
            AssertionWrong::Token(TokenRefused::WrongClaims),
        ),
        ("old", |claims| claims["iat"] = json!(now_s() - 400), AssertionWrong::Token(TokenRefused::TooOld)),
        (
            "to come",
            |claims| claims["iat"] = json!(now_s() + 60),
            AssertionWrong::Token(TokenRefused::NotYetValid),
        ),
        ("no subject", |claims| claims["sub"] = json!(""), AssertionWrong::Claim),
        ("a long subject", |claims| claims["sub"] = json!("s".repeat(256)), AssertionWrong::Claim),
    ];
    for (name, change, expected) in forgeries {
        match at_pretended(|claims, _| change(claims)).await {
            Err(IdentityFault::WordRefused { why, .. }) => assert_eq!(why, expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    for (member, value) in [
        ("issuer", json!("http://127.0.0.1:1")),
        ("token_endpoint", json!("http://elsewhere.example/token")),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("token_endpoint_auth_methods_supported", json!(["client_secret_post"])),
    ] {
        let refused = at_pretended(|_, about| about[member] = value).await;
        assert!(
            matches!(refused, Err(IdentityFault::NotUnderstood { step: "discovery", .. })),
            "{member}: {refused:?}"
        );
    }
}
