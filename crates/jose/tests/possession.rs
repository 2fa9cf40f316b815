//! The client that proves possession: nonces, the one retry, limits, and what is certain after a failure.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod pretend;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use jose::{
    Body, ClientAuth, DpopClient, Exchange, ExchangeFault, Method, Possession, SigningKey, TimeLimits,
};
use pretend::{answer, serve};
use serde_json::{Value, json};

const CHALLENGE: (&str, &str) = ("www-authenticate", r#"DPoP error="use_dpop_nonce""#);

fn client() -> DpopClient {
    DpopClient::new(TimeLimits { connect_ms: 1_000, answer_ms: 1_000 }).unwrap()
}

fn payment<'a>(url: &'a str, key: &'a SigningKey, body: &'a Value) -> Exchange<'a> {
    Exchange {
        method: Method::Post,
        url,
        body: Body::Json(body),
        client_auth: None,
        possession: Some(Possession { key, access_token: Some("token") }),
        now_s: 1_790_000_000,
    }
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let head = request.split("\r\n\r\n").next().unwrap();
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(found, _)| found.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value)
}

fn proof(request: &str) -> Value {
    let claims = header(request, "dpop").unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&B64.decode(claims).unwrap()).unwrap()
}

#[tokio::test]
async fn a_nonce_is_used_after_one_retry_and_the_newest_is_kept() {
    let (url, asked) = serve(vec![
        answer(401, &[CHALLENGE, ("dpop-nonce", "n1")], ""),
        answer(201, &[("dpop-nonce", "n2")], r#"{"ok":1}"#),
        answer(200, &[], "{}"),
    ])
    .await;
    let (key, body, client) = (SigningKey::generate().unwrap(), json!({"amount": 5000}), client());
    let url = format!("{url}/api/payments");
    let first = client.send(&payment(&url, &key, &body)).await.unwrap();
    assert_eq!((first.status, first.json::<Value>().unwrap()), (201, json!({"ok":1})));
    assert_eq!(client.send(&payment(&url, &key, &body)).await.unwrap().status, 200);
    let asked = asked.lock().unwrap();
    let nonces: Vec<Value> = asked.iter().map(|request| proof(request)["nonce"].clone()).collect();
    assert_eq!(nonces, [Value::Null, json!("n1"), json!("n2")]);
    assert_ne!(proof(&asked[0])["jti"], proof(&asked[1])["jti"], "a proof is used once");
    for request in asked.iter() {
        assert_eq!(header(request, "authorization"), Some("DPoP token"));
        assert_eq!(
            (proof(request)["htm"].as_str(), proof(request)["htu"].as_str()),
            (Some("POST"), Some(&*url))
        );
        assert!(request.ends_with(r#"{"amount":5000}"#));
    }
}

#[tokio::test]
async fn when_it_tries_again() {
    let body = r#"{"error":"use_dpop_nonce"}"#;
    let nonce = ("dpop-nonce", "n");
    // first answer for ever, requests made, status returned
    let cases = [
        ("a server that always asks for another nonce", answer(401, &[CHALLENGE, nonce], ""), 2, 401),
        ("the token endpoint's way", answer(400, &[nonce], body), 2, 400),
        ("asks but gives none", answer(401, &[CHALLENGE], body), 1, 401),
        (
            "another refusal",
            answer(401, &[("www-authenticate", r#"DPoP error="invalid_token""#), nonce], ""),
            1,
            401,
        ),
        ("a refusal of the payment", answer(422, &[nonce], body), 1, 422),
        ("a redirect", answer(307, &[("location", "http://127.0.0.1:9/"), nonce], ""), 1, 307),
        ("a fault of the server", answer(500, &[nonce], body), 1, 500),
    ];
    for (name, text, requests, status) in cases {
        let (url, asked) = serve(vec![text]).await;
        let (key, body) = (SigningKey::generate().unwrap(), json!({}));
        let found = client().send(&payment(&url, &key, &body)).await.unwrap();
        assert_eq!((found.status, asked.lock().unwrap().len()), (status, requests), "{name}");
    }
}

#[tokio::test]
async fn a_retry_makes_a_new_assertion() {
    let (url, asked) = serve(vec![
        answer(400, &[("dpop-nonce", "n")], r#"{"error":"use_dpop_nonce"}"#),
        answer(200, &[], "{}"),
    ])
    .await;
    let key = SigningKey::generate().unwrap();
    let exchange = Exchange {
        method: Method::Post,
        url: &url,
        body: Body::Form(&[("grant_type", "authorization_code"), ("code", "a&b=c")]),
        client_auth: Some(ClientAuth { key: &key, client_id: "tsugime", audience: "https://bank.example" }),
        possession: Some(Possession { key: &key, access_token: None }),
        now_s: 7,
    };
    assert_eq!(client().send(&exchange).await.unwrap().status, 200);
    let asked = asked.lock().unwrap();
    let forms: Vec<Vec<(String, String)>> = asked
        .iter()
        .map(|request| {
            let body = request.split("\r\n\r\n").nth(1).unwrap();
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
        })
        .collect();
    for form in &forms {
        assert_eq!(form[1], ("code".to_owned(), "a&b=c".to_owned()));
        assert_eq!(form[2], ("client_id".to_owned(), "tsugime".to_owned()));
        assert_eq!(form[3].1, jose::CLIENT_ASSERTION_TYPE);
    }
    assert_ne!(forms[0][4].1, forms[1][4].1, "an assertion is used once");
}

#[tokio::test]
async fn what_is_certain_after_a_failure() {
    let (silent, _asked) = serve(vec![String::new()]).await;
    let (endless, _asked) = serve(vec![answer(200, &[], &"x".repeat(64 * 1024 + 1))]).await;
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hangs = format!("http://{}", hanging.local_addr().unwrap());
    let long = json!({ "x": "y".repeat(64 * 1024) });
    let short = json!({});
    let key = SigningKey::generate().unwrap();
    // URL, body, whether it certainly had no effect
    let cases = [
        ("hangs up without an answer", &silent, &short, false),
        ("answer too long", &endless, &short, false),
        ("never answers", &hangs, &short, false),
        ("nobody listens", &closed, &short, true),
        ("request too long", &silent, &long, true),
        ("not a URL", &"ftp://x".to_owned(), &short, true),
    ];
    for (name, url, body, no_effect) in cases {
        let Err(fault) = client().send(&payment(url, &key, body)).await else { panic!("{name}: answered") };
        assert_eq!(fault.had_no_effect(), no_effect, "{name}: {fault}");
        if let ExchangeFault::NotSent { origin, .. } | ExchangeFault::NoAnswer { origin, .. } = &fault {
            assert_eq!(origin, url, "{name}");
        }
    }
}
