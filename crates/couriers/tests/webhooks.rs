//! Webhooks at the sandbox's shop, at endpoints that misbehave, and URLs that lead where they must not.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use couriers::{CourierSettings, Couriers, WebhookOutcome, new_webhook_secret};
use stage::pretend::{self, Does};
use stage::{Outside, couriers, now_s};
use std::sync::{Arc, Mutex};
use terms::Secret;
use url::Url;

fn failed(why: &str) -> WebhookOutcome {
    WebhookOutcome::Failed { why: why.to_owned() }
}

#[tokio::test]
async fn the_shop_finds_the_signature_right_and_a_foreign_one_wrong() {
    let outside = Outside::start().await;
    let (couriers, url) = (outside.couriers(), format!("{}/shop/hooks", outside.url));
    let body = r#"{"type":"payment.completed","data":{"amount":5000}}"#;
    let sent = couriers.webhook(&url, &outside.secret, "evt_1", now_s(), body).await;
    assert_eq!(sent, WebhookOutcome::Delivered);
    let wrong = failed("the endpoint answered with status 401");
    let foreign = new_webhook_secret([8; 32]);
    assert_eq!(couriers.webhook(&url, &foreign, "evt_2", now_s(), body).await, wrong);
    assert_eq!(
        couriers.webhook(&url, &outside.secret, "evt_3", now_s() - 3_600, body).await,
        wrong,
        "too old"
    );
    let received = outside.read("/shop/received").await;
    assert!(received.to_string().contains("evt_1"), "{received}");
}

#[tokio::test]
async fn an_endpoint_is_believed_its_status_only() {
    let (listener, url) = pretend::listen().await;
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let remembered = Arc::clone(&asked);
    pretend::serve(listener, move |_, path, _| {
        remembered.lock().unwrap().push(path.to_owned());
        match path {
            "/long" => Does::Answers(200, "x".repeat(1_000_000)),
            "/moved" => Does::Answers(302, String::new()),
            "/gone" => Does::HangsUp,
            _ => Does::Answers(410, String::new()),
        }
    });
    let (couriers, secret) = (couriers(&url, "t", true), new_webhook_secret([7; 32]));
    for (path, expected) in [
        ("/long", WebhookOutcome::Delivered),
        ("/moved", failed("the endpoint answered with status 302")),
        ("/gone", failed("the connection broke before an answer came")),
        ("/over", failed("the endpoint answered with status 410")),
    ] {
        let sent = couriers.webhook(&format!("{url}{path}"), &secret, "evt_1", now_s(), "{}").await;
        assert_eq!(sent, expected, "{path}");
    }
    assert_eq!(*asked.lock().unwrap(), ["/long", "/moved", "/gone", "/over"], "each is sent once");
    let url = format!("{url}/never");
    for (secret, id, body) in [
        (&Secret::new("whsec_AAAA"), "evt_1", "{}"),
        (&secret, "evt.1", "{}"),
        (&secret, "", "{}"),
        (&secret, "evt_1", &*"x".repeat(64 * 1024 + 1)),
    ] {
        let sent = couriers.webhook(&url, secret, id, now_s(), body).await;
        assert!(matches!(sent, WebhookOutcome::Failed { .. }), "{id}");
    }
    assert_eq!(asked.lock().unwrap().len(), 4, "what cannot be signed is not sent");
}

#[tokio::test]
async fn a_merchants_url_leads_nowhere_inside() {
    let (listener, loopback) = pretend::listen().await;
    let reached: Arc<Mutex<u32>> = Arc::default();
    let counted = Arc::clone(&reached);
    pretend::serve(listener, move |_, _, _| {
        *counted.lock().unwrap() += 1;
        Does::Answers(200, String::new())
    });
    let port = Url::parse(&loopback).unwrap().port().unwrap();
    let (strict, demo) = (couriers(&loopback, "t", false), couriers(&loopback, "t", true));
    let long = format!("https://shop.example/{}", "x".repeat(500));
    for (url, in_production, in_a_demo) in [
        ("https://shop.example/hooks", true, true),
        ("https://shop.example:8443/hooks?a=1", true, true),
        ("http://shop.example/hooks", false, false),
        ("https://user:word@shop.example/hooks", false, false),
        ("https://shop.example/hooks#part", false, false),
        ("https://10.0.0.1/hooks", false, false),
        ("https://169.254.169.254/latest/meta-data", false, false),
        ("https://[fd00::1]/hooks", false, false),
        ("https://0x7f.1/hooks", false, true),
        ("https://localhost/hooks", false, true),
        ("http://localhost:7081/shop/hooks", false, true),
        ("http://[::1]:7081/shop/hooks", false, true),
        ("ftp://shop.example/hooks", false, false),
        ("shop.example/hooks", false, false),
        ("", false, false),
        (&long, false, false),
    ] {
        assert_eq!(strict.check_webhook_url(url).is_ok(), in_production, "{url}");
        assert_eq!(demo.check_webhook_url(url).is_ok(), in_a_demo, "{url} in a demo");
    }
    let secret = new_webhook_secret([7; 32]);
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{port}/hooks");
            let sent = strict.webhook(&url, &secret, "evt_1", now_s(), "{}").await;
            assert!(matches!(sent, WebhookOutcome::Failed { .. }), "{url}");
        }
    }
    assert_eq!(*reached.lock().unwrap(), 0);
}

#[test]
fn settings_that_cannot_be_are_refused() {
    for (url, token, fine) in [
        ("https://carrier.example", "t", true),
        ("http://localhost:7081/carrier", "t", true),
        ("http://carrier.example", "t", false),
        ("https://carrier.example/?a=1", "t", false),
        ("https://carrier.example", "", false),
        ("https://carrier.example", "two words", false),
    ] {
        let couriers = Couriers::new(CourierSettings {
            carrier_url: Url::parse(url).unwrap(),
            carrier_token: Secret::new(token),
            carrier_limit_ms: 1_000,
            loopback_webhooks_allowed: false,
        });
        assert_eq!(couriers.is_ok(), fine, "{url} {token:?}");
    }
}
