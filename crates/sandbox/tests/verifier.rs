//! The verifier over HTTP: a card that is read is signed for once, and every other way ends in a clear no.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use jsonwebtoken::{Algorithm, Validation};
use serde_json::{Value, json};
use stage::{BACK, CLIENT, Stage, now_s};

const GOOD: [(&str, &str); 4] =
    [("method", "jpki_signature"), ("redirect_uri", BACK), ("state", "s-1"), ("nonce", "n-1")];

async fn push(stage: &Stage, method: &str) -> String {
    let mut form = GOOD;
    form[0].1 = method;
    let came = stage.post_as_client("/verifier", "/requests", &form).await;
    assert_eq!((came.status, &came.json()["expires_in"]), (201, &json!(300)));
    came.json()["request_uri"].as_str().unwrap().to_owned()
}

fn start_url(stage: &Stage, request_uri: &str) -> String {
    format!("{}/verifier/start?request_uri={request_uri}", stage.url)
}

async fn assertion(stage: &Stage, code: &str) -> Value {
    let came = stage.post_as_client("/verifier", "/assertions", &[("code", code)]).await;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[CLIENT]);
    rules.set_issuer(&[format!("{}/verifier", stage.url)]);
    rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    let token = came.json()["assertion"].as_str().unwrap().to_owned();
    let (header, claims) = stage.read("/verifier/jwks", &token, &rules).await.unwrap();
    assert_eq!(header.typ.as_deref(), Some("identity-assertion+jwt"));
    claims
}

#[tokio::test]
async fn a_card_is_read_in_a_browser_and_signed_for_once() {
    let stage = Stage::start().await;
    let request_uri = push(&stage, "jpki_signature").await;
    let page = stage.get(&format!("/verifier/start?request_uri={request_uri}&lang=en")).await;
    page.has(&["data-step=\"card\"", "Signing with a My Number card", "No photograph"]);
    assert_eq!(page.status, 200);

    let pin = stage.card_pin("hanako").await;
    let form =
        |pin| [("request_uri", request_uri.as_str()), ("person", "hanako"), ("pin", pin), ("say", "yes")];
    let wrong = stage.post("/verifier/card", &form("0000")).await;
    assert_eq!(wrong.status, 200);
    wrong.has(&["role=\"alert\"", "<option value=\"hanako\" selected>"]);
    let back = stage.post("/verifier/card", &form(&pin)).await;
    assert_eq!(back.status, 303);
    assert!(back.location.starts_with(&format!("{BACK}?")), "{}", back.location);
    assert_eq!(
        (back.query("state"), back.query("iss")),
        ("s-1".to_owned(), format!("{}/verifier", stage.url))
    );

    let code = back.query("code");
    let claims = assertion(&stage, &code).await;
    let said = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        [said("sub"), said("nonce"), said("method"), said("name"), said("name_kana"), said("birth_date")],
        ["hanako", "n-1", "jpki_signature", "山田 花子", "ヤマダ ハナコ", "1988-04-12"]
    );
    assert_eq!(claims["face_image"], json!(false));
    assert!(!said("jti").is_empty() && !said("address").is_empty());
    let at = |name: &str| claims[name].as_i64().unwrap();
    assert!((now_s() - 60..=now_s()).contains(&at("verified_at")) && at("exp") == at("iat") + 300);
    assert!(at("certificate_expires_at") > now_s());

    let again = stage.post_as_client("/verifier", "/assertions", &[("code", &code)]).await;
    assert_eq!((again.status, again.json()["error"].clone()), (400, json!("invalid_grant")));
    let after = stage.post("/verifier/card", &form(&pin)).await;
    assert_eq!(after.status, 410, "a request is answered once");
}

#[tokio::test]
async fn three_wrong_pins_end_the_request_whatever_card_they_were_for() {
    let stage = Stage::start().await;
    let request_uri = push(&stage, "ic_chip_licence").await;
    let pin = stage.card_pin("taro").await;
    let put = async |person: &str, pin: &str| {
        let form = [("request_uri", request_uri.as_str()), ("person", person), ("pin", pin), ("say", "yes")];
        stage.post("/verifier/card", &form).await
    };
    assert_eq!(put("taro", "1").await.status, 200);
    assert_eq!(put("nobody", "1").await.status, 200);
    let third = put("hanako", &pin).await;
    assert_eq!((third.status, third.query("error")), (303, "access_denied".to_owned()));
    assert_eq!((third.query("state"), third.query("code")), ("s-1".to_owned(), String::new()));
    let late = put("taro", &pin).await;
    assert_eq!(late.status, 410, "the right PIN comes too late");
    late.has(&["終わっています"]);
}

#[tokio::test]
async fn a_request_that_is_not_as_it_should_be_is_refused() {
    let stage = Stage::start().await;
    let long = "x".repeat(201);
    for (place, value) in [
        (0, ""),
        (0, "face_image"),
        (1, "http://wallet.test/other"),
        (1, "http://wallet.test/back/"),
        (2, ""),
        (3, ""),
        (3, long.as_str()),
    ] {
        let mut form = GOOD;
        form[place].1 = value;
        let came = stage.post_as_client("/verifier", "/requests", &form).await;
        assert_eq!((came.status, came.json()["error"].clone()), (400, json!("invalid_request")), "{form:?}");
    }
    stage.refuses_strangers("/verifier", "/requests", &GOOD).await;
    stage.refuses_strangers("/verifier", "/assertions", &[("code", "x")]).await;
}

#[tokio::test]
async fn an_unknown_request_is_a_page_in_both_languages() {
    let stage = Stage::start().await;
    for (lang, word) in [("ja", "終わっています"), ("en", "is over")] {
        let came = stage.get(&format!("/verifier/start?request_uri=urn:x&lang={lang}")).await;
        assert_eq!(came.status, 410);
        came.has(&[word, &format!("<html lang=\"{lang}\">")]);
    }
}

#[tokio::test]
async fn a_program_walks_the_same_way() {
    let stage = Stage::start().await;
    let mut subjects = Vec::new();
    for method in ["jpki_signature", "ic_chip_licence"] {
        let url = start_url(&stage, &push(&stage, method).await);
        let claims = assertion(&stage, &stage.walk(&url, "yuki", "yes", None).await.query("code")).await;
        assert_eq!(claims["method"], json!(method));
        subjects.push(claims["sub"].clone());
    }
    assert_eq!(subjects, [json!("yuki"), json!("yuki")], "a person has one name here");

    for (say, wrong) in [("no", None), ("yes", Some("pin"))] {
        let url = start_url(&stage, &push(&stage, "jpki_signature").await);
        let came = stage.walk(&url, "yuki", say, wrong).await;
        assert_eq!(came.query("error"), "access_denied", "{say} {wrong:?}");
        assert_eq!(stage.walk(&url, "yuki", "yes", None).await.status, 400, "the request is over");
    }
    let url = start_url(&stage, &push(&stage, "jpki_signature").await);
    let elsewhere = url.replace("/start", "/jwks");
    for (url, person, say, wrong) in [
        (url.as_str(), "nobody", "yes", None),
        (&elsewhere, "yuki", "yes", None),
        (&url, "yuki", "perhaps", None),
        (&url, "yuki", "yes", Some("face")),
    ] {
        assert_eq!(stage.walk(url, person, say, wrong).await.status, 400, "{url} {person} {say} {wrong:?}");
    }
    assert_eq!(stage.walk(&url, "yuki", "yes", None).await.status, 200, "none of these used the request up");
}
