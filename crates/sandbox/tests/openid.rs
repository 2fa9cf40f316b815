//! The provider over HTTP: the code flow as the standard has it, and each vice spoils exactly one thing.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use jsonwebtoken::{Algorithm, Validation, errors::ErrorKind};
use reqwest::header;
use serde_json::{Value, json};
use stage::{BACK, CLIENT, Came, Stage};
use std::collections::BTreeMap;

// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn asked() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("client_id", CLIENT),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "s-1"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ])
}

fn authorize_url(stage: &Stage, asked: &BTreeMap<&str, &str>) -> String {
    url::Url::parse_with_params(&format!("{}/openid/authorize", stage.url), asked).unwrap().into()
}

async fn code(stage: &Stage, person: &str) -> String {
    stage.walk(&authorize_url(stage, &asked()), person, "yes", None).await.query("code")
}

async fn exchange(stage: &Stage, code: &str) -> Came {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    stage.post_as_client("/openid", "/token", &form).await
}

async fn userinfo(stage: &Stage, token: &str) -> Came {
    stage.send(stage.http.get(format!("{}/openid/userinfo", stage.url)).bearer_auth(token)).await
}

/// What a careful relying party says of an ID token: nothing, or the first thing that is wrong.
async fn judge(stage: &Stage, token: &str) -> &'static str {
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[CLIENT]);
    rules.set_issuer(&[format!("{}/openid", stage.url)]);
    rules.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
    match stage.read("/openid/jwks", token, &rules).await {
        Ok((_, claims)) if claims["nonce"] != "n-1" => "nonce",
        Ok((_, claims)) if claims["sub"] != "oid-hanako" => "subject",
        Ok(_) => "",
        Err(error) => match error.kind() {
            ErrorKind::InvalidIssuer => "issuer",
            ErrorKind::InvalidAudience => "audience",
            ErrorKind::ExpiredSignature => "expired",
            ErrorKind::InvalidSignature => "signature",
            // What the stage says of a key that is not published.
            ErrorKind::InvalidKeyFormat => "key",
            // A header with `alg: none` cannot even be read.
            _ => "header",
        },
    }
}

#[tokio::test]
async fn a_person_signs_in_in_a_browser() {
    let stage = Stage::start().await;
    let found = stage.get("/openid/.well-known/openid-configuration").await.json();
    let at = |name: &str| found[name].as_str().unwrap().strip_prefix(&stage.url).unwrap().to_owned();
    assert_eq!(at("issuer"), "/openid");
    assert_eq!(found["code_challenge_methods_supported"], json!(["S256"]));

    let query = authorize_url(&stage, &asked());
    let page = stage.get(query.strip_prefix(&stage.url).unwrap()).await;
    page.has(&["data-step=\"choose\"", "name=\"code_challenge\"", "<option value=\"hanako\">"]);
    let mut form: Vec<(&str, &str)> = asked().into_iter().collect();
    form.extend([("person", "hanako"), ("say", "yes")]);
    let back = stage.post(&at("authorization_endpoint"), &form).await;
    assert_eq!(back.status, 303);
    assert!(back.location.starts_with(&format!("{BACK}?")), "{}", back.location);
    assert_eq!([back.query("state"), back.query("iss")], ["s-1".to_owned(), format!("{}/openid", stage.url)]);

    let came = exchange(&stage, &back.query("code")).await;
    let body = came.json();
    assert_eq!((came.status, &body["token_type"]), (200, &json!("Bearer")));
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[CLIENT]);
    let token = body["id_token"].as_str().unwrap();
    let (_, claims) = stage.read(&at("jwks_uri"), token, &rules).await.unwrap();
    let parts = ["sub", "nonce", "email", "email_verified", "iss", "aud"].map(|name| claims[name].clone());
    let issuer = format!("{}/openid", stage.url);
    assert_eq!(json!(parts), json!(["oid-hanako", "n-1", "hanako@example.jp", true, issuer, CLIENT]));
    assert!(claims["auth_time"].is_i64() && claims["exp"].as_i64() > claims["iat"].as_i64());

    let access = body["access_token"].as_str().unwrap();
    let told = userinfo(&stage, access).await;
    assert_eq!((told.status, told.json()["sub"].clone()), (200, json!("oid-hanako")));
    for token in ["", "another"] {
        let came = userinfo(&stage, token).await;
        assert_eq!(came.status, 401);
        assert!(came.headers.contains_key(header::WWW_AUTHENTICATE));
    }
}

#[tokio::test]
async fn a_code_that_is_used_twice_ends_what_it_gave() {
    let stage = Stage::start().await;
    let code = code(&stage, "hanako").await;
    let first = exchange(&stage, &code).await.json();
    let access = first["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&stage, access).await.status, 200);
    let second = exchange(&stage, &code).await;
    assert_eq!((second.status, second.json()["error"].clone()), (400, json!("invalid_grant")));
    assert_eq!(userinfo(&stage, access).await.status, 401);
}

#[tokio::test]
async fn each_vice_spoils_one_thing_once() {
    let stage = Stage::start().await;
    let vices = [
        ("none", ""),
        ("wrong_iss", "issuer"),
        ("wrong_aud", "audience"),
        ("wrong_nonce", "nonce"),
        ("expired", "expired"),
        ("wrong_key", "key"),
        ("wrong_signature", "signature"),
        ("alg_none", "header"),
        ("other_subject", "subject"),
    ];
    for (vice, wrong) in vices {
        assert_eq!(stage.put("/control/openid/vice", &json!({ "vice": vice })).await.status, 204);
        for expected in [wrong, ""] {
            let came = exchange(&stage, &code(&stage, "hanako").await).await.json();
            let token = came["id_token"].as_str().unwrap();
            assert_eq!(judge(&stage, token).await, expected, "{vice}");
        }
    }
    for body in [json!({ "vice": "kind" }), json!({ "vice": "expired", "time": 1 }), json!({})] {
        let status = stage.put("/control/openid/vice", &body).await.status;
        assert!((400..500).contains(&status), "{body}: {status}");
    }
    let twice: Value = json!({ "vice": "wrong_aud", "times": 2 });
    assert_eq!(stage.put("/control/openid/vice", &twice).await.status, 204);
    for expected in ["audience", "audience", ""] {
        let came = exchange(&stage, &code(&stage, "hanako").await).await.json();
        assert_eq!(judge(&stage, came["id_token"].as_str().unwrap()).await, expected);
    }
}

#[tokio::test]
async fn a_browser_is_sent_back_only_to_whom_it_is_certain_to_come_from() {
    let stage = Stage::start().await;
    let long = "x".repeat(201);
    let cases = [
        ("client_id", "stranger", None),
        ("client_id", "", None),
        ("redirect_uri", "http://thief.test/back", None),
        ("redirect_uri", "http://wallet.test/back?more", None),
        ("response_type", "token", Some("unsupported_response_type")),
        ("response_type", "code id_token", Some("unsupported_response_type")),
        ("scope", "email", Some("invalid_scope")),
        ("code_challenge_method", "plain", Some("invalid_request")),
        ("code_challenge", "", Some("invalid_request")),
        ("nonce", "", Some("invalid_request")),
        ("state", &long, Some("invalid_request")),
    ];
    for (name, value, error) in cases {
        let mut asked = asked();
        asked.insert(name, value);
        let url = authorize_url(&stage, &asked);
        let shown = stage.get(url.strip_prefix(&stage.url).unwrap()).await;
        let mut form: Vec<(&str, &str)> = asked.clone().into_iter().collect();
        form.extend([("person", "hanako"), ("say", "yes")]);
        let posted = stage.post("/openid/authorize", &form).await;
        for came in [shown, posted] {
            match error {
                None => assert_eq!((came.status, came.location.as_str()), (400, ""), "{name}={value}"),
                Some(error) => {
                    assert_eq!((came.status, came.query("error").as_str()), (303, error), "{name}={value}");
                    assert_eq!(came.query("code"), "");
                    assert_eq!(came.query("iss"), format!("{}/openid", stage.url));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_code_is_only_for_who_asked_for_it() {
    let stage = Stage::start().await;
    let other = "x".repeat(43);
    let good = [
        ("grant_type", "authorization_code"),
        ("code", ""),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    let cases = [
        (0, "refresh_token", "unsupported_grant_type"),
        (1, "unknown", "invalid_grant"),
        (2, "http://wallet.test/other", "invalid_grant"),
        (3, &other, "invalid_grant"),
        (3, "", "invalid_grant"),
    ];
    for (place, value, error) in cases {
        let code = code(&stage, "ken").await;
        let mut form = good;
        form[1].1 = &code;
        form[place].1 = value;
        let came = stage.post_as_client("/openid", "/token", &form).await;
        assert_eq!((came.status, came.json()["error"].clone()), (400, json!(error)), "{form:?}");
    }
    stage.refuses_strangers("/openid", "/token", &good).await;
}

#[tokio::test]
async fn a_person_who_says_no_is_not_named() {
    let stage = Stage::start().await;
    let url = authorize_url(&stage, &asked());
    let came = stage.walk(&url, "hanako", "no", None).await;
    assert_eq!([came.query("error"), came.query("code")], ["access_denied", ""]);
    assert_eq!(stage.walk(&url, "nobody", "yes", None).await.status, 400);
    let elsewhere = url.replace("/openid/authorize", "/openid/token");
    assert_eq!(stage.walk(&elsewhere, "hanako", "yes", None).await.status, 400);
    let mut form: Vec<(&str, &str)> = asked().into_iter().collect();
    form.push(("person", "hanako"));
    let silent = stage.post("/openid/authorize", &form).await;
    assert_eq!(silent.query("error"), "access_denied", "only a yes is a yes");
}
