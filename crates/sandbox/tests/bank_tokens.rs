//! Each rule of FAPI 2.0 that a bank keeps, broken by one word at a time: only what keeps them all gets in.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod at_bank;
mod stage;

use at_bank::{AtBank, Draft, Form, Signer, VERIFIER, once, payment_id, sha256};
use serde_json::{Value, json};
use stage::{CLIENT, Came, now_s};

fn error(came: &Came) -> (u16, String) {
    (came.status, came.json()["error"].as_str().unwrap_or_default().to_owned())
}

fn put(form: &mut Form, name: &str, value: &str) {
    form.insert(name.to_owned(), value.to_owned());
}

/// Changes a word of the one authorization detail.
fn detail(form: &mut Form, name: &str, value: Value) {
    let mut details: Value = serde_json::from_str(&form["authorization_details"]).unwrap();
    details[0][name] = value;
    put(form, "authorization_details", &details.to_string());
}

type Push = (&'static str, fn(&mut Form), &'static str);

const PUSHES: [Push; 22] = [
    ("no type", |f| drop(f.remove("response_type")), "invalid_request"),
    ("token type", |f| put(f, "response_type", "token"), "invalid_request"),
    ("client_id", |f| put(f, "client_id", "another"), "invalid_request"),
    ("redirect_uri", |f| put(f, "redirect_uri", "https://thief.example/back"), "invalid_request"),
    ("redirect_uri with more", |f| put(f, "redirect_uri", "http://wallet.test/back/"), "invalid_request"),
    ("request_uri inside", |f| put(f, "request_uri", "urn:x"), "invalid_request"),
    ("scope", |f| put(f, "scope", "openid"), "invalid_scope"),
    ("no challenge", |f| drop(f.remove("code_challenge")), "invalid_request"),
    ("plain challenge", |f| put(f, "code_challenge_method", "plain"), "invalid_request"),
    ("43 letters that are no hash", |f| put(f, "code_challenge", &"!".repeat(43)), "invalid_request"),
    ("no state", |f| drop(f.remove("state")), "invalid_request"),
    ("long state", |f| put(f, "state", &"s".repeat(201)), "invalid_request"),
    ("dpop_jkt", |f| put(f, "dpop_jkt", "short"), "invalid_request"),
    ("no details", |f| drop(f.remove("authorization_details")), "invalid_authorization_details"),
    ("two details", |f| put(f, "authorization_details", "[{},{}]"), "invalid_authorization_details"),
    ("type", |f| detail(f, "type", json!("payment")), "invalid_authorization_details"),
    (
        "method not offered",
        |f| detail(f, "method", json!("account_pin_2020")),
        "invalid_authorization_details",
    ),
    ("purpose", |f| detail(f, "purpose", json!("anything")), "invalid_authorization_details"),
    ("limit of nothing", |f| detail(f, "per_debit_limit", json!(0)), "invalid_authorization_details"),
    (
        "limit above the bank's",
        |f| detail(f, "per_day_limit", json!(1_000_001)),
        "invalid_authorization_details",
    ),
    ("day below one debit", |f| detail(f, "per_day_limit", json!(1)), "invalid_authorization_details"),
    ("an unknown word", |f| detail(f, "forever", json!(true)), "invalid_authorization_details"),
];

#[tokio::test]
async fn a_request_that_is_not_as_it_should_be_is_not_taken() {
    let bank = AtBank::new("0009").await;
    for (what, change, expected) in PUSHES {
        let came = bank.push("online_banking_otp", change).await;
        assert_eq!(error(&came), (400, expected.to_owned()), "{what}");
    }
    assert_eq!(bank.push("online_banking_otp", |_| {}).await.status, 201, "the same request unchanged");
}

type Changed = (&'static str, fn(&mut Draft));

const ASSERTIONS: [Changed; 12] = [
    ("aud", |d| d.claims["aud"] = json!("https://elsewhere.example")),
    ("aud in a list", |d| d.claims["aud"] = json!([d.claims["aud"].clone()])),
    ("iss", |d| d.claims["iss"] = json!("another")),
    ("sub", |d| d.claims["sub"] = json!("another")),
    ("over", |d| d.claims["exp"] = json!(now_s() - 60)),
    ("for a year", |d| d.claims["exp"] = json!(now_s() + 31_536_000)),
    ("from tomorrow", |d| d.claims["nbf"] = json!(now_s() + 86_400)),
    ("no exp", |d| drop(d.claims.as_object_mut().unwrap().remove("exp"))),
    ("no jti", |d| drop(d.claims.as_object_mut().unwrap().remove("jti"))),
    ("long jti", |d| d.claims["jti"] = json!("j".repeat(201))),
    ("unknown kid", |d| d.header["kid"] = json!("another")),
    ("alg", |d| d.header["alg"] = json!("none")),
];

#[tokio::test]
async fn a_client_that_does_not_prove_itself_is_a_stranger() {
    let bank = AtBank::new("0001").await;
    for (what, change) in ASSERTIONS {
        let assertion = bank.assertion(change);
        let came = bank.push("online_banking_otp", |f| put(f, "client_assertion", &assertion)).await;
        assert_eq!(error(&came), (401, "invalid_client".to_owned()), "{what}");
    }
    let assertion = bank.assertion(|_| {});
    let push = || bank.push("online_banking_otp", |f| put(f, "client_assertion", &assertion));
    assert_eq!(push().await.status, 201);
    assert_eq!(error(&push().await), (401, "invalid_client".to_owned()), "an assertion is good once");
    let came = bank.push("online_banking_otp", |f| drop(f.remove("client_assertion"))).await;
    assert_eq!(error(&came), (401, "invalid_client".to_owned()), "none");
    let mut thief = bank;
    thief.client = Signer::new();
    let came = thief.push("online_banking_otp", |_| {}).await;
    assert_eq!(error(&came), (401, "invalid_client".to_owned()), "another key under the client's name");
}

const PROOFS: [Changed; 16] = [
    ("typ", |d| d.header["typ"] = json!("JWT")),
    ("alg", |d| d.header["alg"] = json!("HS256")),
    ("no key", |d| drop(d.header.as_object_mut().unwrap().remove("jwk"))),
    ("another key", |d| d.header["jwk"] = Signer::new().jwk()),
    ("the private key too", |d| d.header["jwk"]["d"] = json!("c2VjcmV0")),
    ("another curve", |d| d.header["jwk"]["crv"] = json!("P-384")),
    ("htm", |d| d.claims["htm"] = json!("PUT")),
    ("htu of another bank", |d| {
        let htu = d.claims["htu"].as_str().unwrap().replace("/banks/0001", "/banks/0009");
        d.claims["htu"] = json!(htu);
    }),
    ("htu of another route", |d| d.claims["htu"] = json!(format!("{}/x", d.claims["htu"].as_str().unwrap()))),
    ("too old", |d| d.claims["iat"] = json!(now_s() - 120)),
    ("of the future", |d| d.claims["iat"] = json!(now_s() + 120)),
    ("before all time", |d| d.claims["iat"] = json!(i64::MIN)),
    ("no jti", |d| drop(d.claims.as_object_mut().unwrap().remove("jti"))),
    ("empty jti", |d| d.claims["jti"] = json!("")),
    ("ath of another token", |d| d.claims["ath"] = json!(sha256("another"))),
    ("made-up nonce", |d| d.claims["nonce"] = json!("bm9uY2U")),
];

/// What a broken proof is called; a nonce that is not fresh asks for a new try.
fn name_of(what: &str) -> &'static str {
    if what == "made-up nonce" { "use_dpop_nonce" } else { "invalid_dpop_proof" }
}

#[tokio::test]
async fn a_proof_that_is_not_of_this_request_gets_no_token() {
    let bank = AtBank::new("0001").await;
    let (code, nonce) = (bank.consent("hanako").await, bank.nonce().await);
    for (what, change) in PROOFS {
        let proof = bank.proof("POST", "/token", None, &nonce, change);
        let came = bank.post("/token", &bank.code_form(&code), Some(&proof)).await;
        assert_eq!(error(&came), (400, name_of(what).to_owned()), "{what}");
        assert!(came.headers.contains_key("dpop-nonce"), "{what}");
    }
    let came = bank.post("/token", &bank.code_form(&code), None).await;
    assert_eq!(error(&came), (400, "invalid_dpop_proof".to_owned()), "no proof");

    // None of these used up the code; and a proof is good once.
    let proof = bank.proof("POST", "/token", None, &nonce, |_| {});
    let came = bank.post("/token", &bank.code_form(&code), Some(&proof)).await;
    assert_eq!(came.status, 200, "{}", came.text);
    let refresh = came.json()["refresh_token"].as_str().unwrap().to_owned();
    let came = bank.post("/token", &bank.refresh_form(&refresh), Some(&proof)).await;
    assert_eq!(error(&came), (400, "invalid_dpop_proof".to_owned()), "the same proof again");
}

#[tokio::test]
async fn a_proof_that_is_not_of_this_call_moves_no_money() {
    let bank = AtBank::new("0001").await;
    let (link, nonce) = (bank.link("hanako").await, bank.nonce().await);
    let body = json!({
        "id": payment_id(), "direction": "debit", "amount": 1_000, "account_id": link.account_id, "reference": "r",
    });
    let send = |authorization: String, proof: Option<String>| {
        let mut request = bank.stage.http.post(format!("{}/api/payments", bank.issuer())).json(&body);
        request = request.header("authorization", authorization);
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        bank.stage.send(request)
    };
    let bound = || format!("DPoP {}", link.access);
    let prove =
        |change: fn(&mut Draft)| bank.proof("POST", "/api/payments", Some(&link.access), &nonce, change);
    let mut tries: Vec<(&str, &str, Came)> = Vec::new();
    for (what, change) in PROOFS {
        tries.push((what, name_of(what), send(bound(), Some(prove(change))).await));
    }
    tries.push(("no proof", "invalid_dpop_proof", send(bound(), None).await));
    let no_ath = prove(|d| drop(d.claims.as_object_mut().unwrap().remove("ath")));
    tries.push(("no ath", "invalid_dpop_proof", send(bound(), Some(no_ath)).await));
    let bearer = send(format!("Bearer {}", link.access), Some(prove(|_| {}))).await;
    tries.push(("as a bearer token", "invalid_token", bearer));
    let unknown = bank.proof("POST", "/api/payments", Some("unknown"), &nonce, |_| {});
    tries.push(("an unknown token", "invalid_token", send("DPoP unknown".to_owned(), Some(unknown)).await));
    for (what, expected, came) in tries {
        assert_eq!(error(&came), (401, expected.to_owned()), "{what}");
        let challenge = came.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with(&format!("DPoP error=\"{expected}\"")), "{what}: {challenge}");
        assert!(came.headers.contains_key("dpop-nonce"), "{what}");
    }
    assert_eq!(bank.books().await["payments"], 0);

    let good = prove(|_| {});
    assert_eq!(send(bound(), Some(good.clone())).await.status, 201);
    assert_eq!(error(&send(bound(), Some(good)).await), (401, "invalid_dpop_proof".to_owned()), "replayed");
}

#[tokio::test]
async fn tokens_belong_to_one_key_and_one_bank_and_end() {
    let mut bank = AtBank::new("0001").await;
    let link = bank.link("hanako").await;
    let again = bank.token(&bank.refresh_form(&link.refresh)).await;
    assert_eq!((again.status, &again.json()["token_type"]), (200, &json!("DPoP")), "{}", again.text);
    let renewed = again.json()["access_token"].as_str().unwrap().to_owned();
    assert_ne!(renewed, link.access);

    let own = std::mem::replace(&mut bank.dpop, Signer::new());
    let came = bank.book(&link, &payment_id(), "debit", 1_000).await;
    assert_eq!(error(&came), (401, "invalid_token".to_owned()), "an access token with another key");
    let came = bank.token(&bank.refresh_form(&link.refresh)).await;
    assert_eq!(error(&came), (400, "invalid_grant".to_owned()), "a refresh token with another key");
    bank.dpop = own;

    bank.code = "0009";
    let came = bank.book(&link, &payment_id(), "debit", 1_000).await;
    assert_eq!(error(&came), (401, "invalid_token".to_owned()), "at another bank");
    let came = bank.token(&bank.refresh_form(&link.refresh)).await;
    assert_eq!(error(&came), (400, "invalid_grant".to_owned()), "a refresh token at another bank");
    bank.code = "0001";

    bank.meddle("UPDATE bank_access SET expires_at = expires_at - 301");
    let came = bank.book(&link, &payment_id(), "debit", 1_000).await;
    assert_eq!(error(&came), (401, "invalid_token".to_owned()), "after five minutes");
    assert_eq!(bank.settlement().await, 0);
}

#[tokio::test]
async fn a_code_is_for_one_request_and_a_second_use_takes_all_back() {
    let bank = AtBank::new("0001").await;
    let refused = |came: &Came, what: &str| {
        assert_eq!(error(came), (400, "invalid_grant".to_owned()), "{what}");
    };
    for (what, name, value) in [
        ("another code", "code", "unknown"),
        ("another verifier", "code_verifier", "another-verifier-that-is-long-enough-for-rfc-7636"),
        ("the challenge instead", "code_verifier", sha256(VERIFIER).as_str()),
        ("another redirect_uri", "redirect_uri", "http://wallet.test/other"),
    ] {
        let mut form = bank.code_form(&bank.consent("hanako").await);
        put(&mut form, name, value);
        refused(&bank.token(&form).await, what);
    }
    let code = bank.consent("hanako").await;
    bank.meddle("UPDATE bank_codes SET expires_at = expires_at - 61");
    refused(&bank.token(&bank.code_form(&code)).await, "after a minute");

    let bound = bank.push("online_banking_otp", |f| put(f, "dpop_jkt", &Signer::new().thumbprint())).await;
    let url = bank.authorize_url(bound.json()["request_uri"].as_str().unwrap());
    let code = bank.stage.walk(&url, "hanako", "yes", None).await.query("code");
    refused(&bank.token(&bank.code_form(&code)).await, "bound to another key");

    let code = bank.consent("hanako").await;
    let came = bank.token(&bank.code_form(&code)).await;
    let text = |name: &str| came.json()[name].as_str().unwrap().to_owned();
    let account_id = came.json()["authorization_details"][0]["account_id"].as_str().unwrap().to_owned();
    let (access, refresh) = (text("access_token"), text("refresh_token"));
    let link = at_bank::Link { access, refresh, account_id, answer: came.json() };
    assert_eq!(bank.book(&link, &payment_id(), "debit", 1_000).await.status, 201);
    refused(&bank.token(&bank.code_form(&code)).await, "used twice");
    let came = bank.book(&link, &payment_id(), "debit", 1_000).await;
    assert_eq!(error(&came), (401, "invalid_token".to_owned()), "the access token is taken back");
    refused(&bank.token(&bank.refresh_form(&link.refresh)).await, "and so is the refresh token");
    assert!(bank.texts("hanako").await[0].contains("終わりました"), "the depositor is told");
}

#[tokio::test]
async fn a_pushed_request_is_opened_once_within_a_minute_at_its_bank() {
    let mut bank = AtBank::new("0001").await;
    let url = bank.begin("online_banking_otp").await;
    let opened = bank.stage.send(bank.stage.http.get(&url)).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    assert_eq!(bank.stage.send(bank.stage.http.get(&url)).await.status, 410, "a second time");
    assert_eq!(bank.stage.walk(&url, "hanako", "yes", None).await.status, 400, "a second time by a program");

    let late = bank.begin("online_banking_otp").await;
    bank.meddle("UPDATE bank_flows SET expires_at = expires_at - 61 WHERE step = 'pushed'");
    assert_eq!(bank.stage.send(bank.stage.http.get(&late)).await.status, 410, "after a minute");

    let url = bank.begin("online_banking_otp").await;
    let elsewhere = url.replace("/banks/0001/", "/banks/0009/");
    assert_eq!(bank.stage.send(bank.stage.http.get(&elsewhere)).await.status, 410, "at another bank");
    let stranger = url.replace(&format!("client_id={CLIENT}"), "client_id=stranger");
    assert_eq!(bank.stage.send(bank.stage.http.get(&stranger)).await.status, 400, "in another's name");
    let unpushed = format!("{}/authorize?client_id={CLIENT}&response_type=code", bank.issuer());
    assert_eq!(bank.stage.send(bank.stage.http.get(&unpushed)).await.status, 400, "not pushed");
    assert_eq!(bank.stage.send(bank.stage.http.get(&url)).await.status, 200, "none of these used it up");
    bank.code = "7777";
    assert_eq!(bank.push("online_banking_otp", |_| {}).await.status, 404, "no such bank");
}

#[tokio::test]
async fn a_link_that_the_client_gives_back_is_over_and_the_depositor_is_told() {
    let bank = AtBank::new("0001").await;
    for by in ["refresh", "access"] {
        let link = bank.link("hanako").await;
        let mut form = Form::new();
        put(&mut form, "token", if by == "refresh" { &link.refresh } else { &link.access });
        assert_eq!(bank.post("/revoke", &form, None).await.status, 401, "{by}: not by a stranger");
        assert_eq!(bank.inquire(&link, &payment_id()).await.status, 404, "{by}: still good");
        for _ in 0..2 {
            bank.signed(&mut form);
            assert_eq!(bank.post("/revoke", &form, None).await.status, 200, "{by}");
        }
        assert_eq!(bank.book(&link, &payment_id(), "debit", 1).await.status, 401, "{by}");
        let came = bank.token(&bank.refresh_form(&link.refresh)).await;
        assert_eq!(error(&came), (400, "invalid_grant".to_owned()), "{by}");
    }
    let told = bank.texts("hanako").await;
    assert_eq!(told.iter().filter(|text| text.contains("終わりました")).count(), 2, "once per link");
    let mut unknown = Form::new();
    put(&mut unknown, "token", &once());
    bank.signed(&mut unknown);
    assert_eq!(bank.post("/revoke", &unknown, None).await.status, 200, "RFC 7009: the same answer");
}

#[tokio::test]
async fn every_bank_says_what_it_is_in_two_places() {
    let bank = AtBank::new("0001").await;
    let front = bank.stage.get("/").await.text;
    let codes: Vec<&str> =
        front.split("/control/banks/").skip(1).map(|rest| rest.split('/').next().unwrap()).collect();
    assert_eq!(codes.len(), 35);
    for code in codes {
        let here =
            bank.stage.get(&format!("/banks/{code}/.well-known/oauth-authorization-server")).await.json();
        let there =
            bank.stage.get(&format!("/.well-known/oauth-authorization-server/banks/{code}")).await.json();
        assert_eq!(here, there, "{code}");
        let issuer = format!("{}/banks/{code}", bank.stage.url);
        assert_eq!(here["issuer"], issuer);
        for (name, value) in [
            ("require_pushed_authorization_requests", json!(true)),
            ("authorization_response_iss_parameter_supported", json!(true)),
            ("code_challenge_methods_supported", json!(["S256"])),
            ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
            ("dpop_signing_alg_values_supported", json!(["ES256"])),
            ("authorization_details_types_supported", json!(["jp_account_link"])),
        ] {
            assert_eq!(here[name], value, "{code} {name}");
        }
        for name in ["pushed_authorization_request", "authorization", "token", "revocation"] {
            assert!(here[format!("{name}_endpoint")].as_str().unwrap().starts_with(&issuer), "{code} {name}");
        }
    }
    let (one, other) = (bank.stage.get("/banks/0001/jwks").await, bank.stage.get("/banks/0009/jwks").await);
    assert_eq!(bank.stage.get("/banks/0001/jwks").await.text, one.text, "a bank keeps its key");
    assert_ne!(one.text, other.text, "each bank has its own key");
    assert!(!one.text.contains("\"d\""));
}
