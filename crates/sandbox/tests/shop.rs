//! The shop over HTTP: it asks the wallet once per form, shows a code, and believes only what is signed.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use stage::{SHOP_KEY, SHOP_SECRET, Stage, now_s};

const PAYLOAD: &str = "00020101021226330015jp.or.paymentsjapan0110000000000152045812530339254045000";

fn answers(stage: &Stage, status: u16, body: Value) {
    *stage.answer.lock().unwrap() = (status, body);
}

/// A signature as another party makes it.
fn sign(secret: &str, id: &str, at: i64, body: &str) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

async fn deliver(stage: &Stage, id: &str, at: i64, signature: &str, body: &str) -> u16 {
    let request = stage
        .http
        .post(format!("{}/shop/hooks", stage.url))
        .header("webhook-id", id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature)
        .header("content-type", "application/json")
        .body(body.to_owned());
    stage.send(request).await.status
}

async fn received(stage: &Stage) -> Vec<(String, bool, Value)> {
    let came = stage.get("/shop/received").await.json();
    let list = came["received"].as_array().unwrap().clone();
    list.into_iter()
        .map(|hook| {
            (hook["id"].as_str().unwrap().to_owned(), hook["right"] == true, hook["body"]["data"].clone())
        })
        .collect()
}

fn completed(order: &str, amount: i64) -> String {
    let data = json!({ "payment": "pay-1", "order": order, "amount": amount, "state": "completed" });
    json!({ "type": "payment.completed", "timestamp": "2026-11-22T12:00:00Z", "data": data }).to_string()
}

/// The value of the first hidden field of this name on a page.
fn hidden(page: &str, step: &str, name: &str) -> String {
    let form = page.split_once(&format!("data-step=\"{step}\"")).unwrap().1;
    let field = form.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
    field.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_code_to_pay_is_a_picture_and_a_text_until_it_is_paid() {
    let stage = Stage::start().await;
    answers(
        &stage,
        201,
        json!({ "order": "ord-1", "payload": PAYLOAD, "expires_at": "2026-11-22T12:05:00Z" }),
    );
    let till = stage.get("/shop").await;
    let id = hidden(&till.text, "order", "id");
    for _ in 0..2 {
        let came = stage.post("/shop/orders", &[("id", &id), ("amount", "4500")]).await;
        assert_eq!((came.status, came.location.as_str()), (303, "/shop"));
    }
    let asked = stage.asked.lock().unwrap().clone();
    assert_eq!(
        asked[0],
        ("orders".to_owned(), format!("Bearer {SHOP_KEY}"), json!({ "id": id, "amount": 4500 }))
    );
    assert_eq!(asked[0], asked[1], "a form that is sent twice asks for the same thing");

    let till = stage.get("/shop?lang=en").await;
    let picture = format!("/shop/orders/{id}/qr.svg");
    till.has(&["¥4,500", PAYLOAD, &picture, "Waiting"]);
    let drawn = stage.get(&picture).await;
    assert_eq!((drawn.status, drawn.headers["content-type"].to_str().unwrap()), (200, "image/svg+xml"));
    drawn.has(&["<svg", "<path"]);
    assert_eq!(stage.get("/shop/orders/unknown/qr.svg").await.status, 404);

    let forged = completed("ord-1", 4500);
    assert_eq!(deliver(&stage, "msg_0", now_s(), "v1,AAAA", &forged).await, 401);
    let unmoved = stage.get("/shop?lang=en").await;
    unmoved.has(&["Waiting", "signature wrong", "Not believed"]);
    assert!(!unmoved.text.contains("Paid") && !unmoved.text.contains("pay-1"), "{}", unmoved.text);
    let body = completed("ord-1", 4500);
    assert_eq!(
        deliver(&stage, "msg_1", now_s(), &sign(SHOP_SECRET, "msg_1", now_s(), &body), &body).await,
        204
    );
    let paid = stage.get("/shop?lang=en").await;
    paid.has(&["signature right", "signature wrong", "data-step=\"refund\""]);
    assert!(!paid.text.contains("Waiting") && !paid.text.contains(&picture), "{}", paid.text);
    assert_eq!(paid.text.matches("data-step=\"refund\"").count(), 1, "only what is signed can be refunded");
}

#[tokio::test]
async fn a_customers_code_is_charged_and_a_payment_refunded() {
    let stage = Stage::start().await;
    let till = stage.get("/shop").await;
    let id = hidden(&till.text, "charge", "id");
    let came = stage.post("/shop/charges", &[("id", &id), ("code", " 2812345 "), ("amount", "300")]).await;
    assert_eq!(came.status, 303);
    let body = completed("", 300);
    assert_eq!(
        deliver(&stage, "msg_1", now_s(), &sign(SHOP_SECRET, "msg_1", now_s(), &body), &body).await,
        204
    );
    let till = stage.get("/shop").await;
    let refund = hidden(&till.text, "refund", "id");
    assert_eq!(hidden(&till.text, "refund", "payment"), "pay-1");
    let form = [("id", refund.as_str()), ("payment", "pay-1"), ("amount", "100")];
    assert_eq!(stage.post("/shop/refunds", &form).await.status, 303);
    let asked: Vec<_> =
        stage.asked.lock().unwrap().iter().map(|(to, _, body)| (to.clone(), body.clone())).collect();
    assert_eq!(
        asked,
        [
            ("charges".to_owned(), json!({ "id": id, "code": "2812345", "amount": 300 })),
            ("refunds".to_owned(), json!({ "id": refund, "payment": "pay-1", "amount": 100 })),
        ]
    );
}

#[tokio::test]
async fn what_goes_wrong_is_said_on_the_page() {
    let stage = Stage::start().await;
    let orders =
        [("amount", "0"), ("amount", "1000001"), ("amount", "1.5"), ("amount", ""), ("amount", "¥5")];
    for form in orders {
        let came = stage.post("/shop/orders", &[form]).await;
        assert_eq!(came.status, 422, "{form:?}");
        came.has(&["role=\"alert\"", "1,000,000"]);
    }
    assert_eq!(stage.post("/shop/orders", &[("id", "7"), ("amount", "5")]).await.status, 422);
    assert_eq!(stage.post("/shop/charges", &[("code", " "), ("amount", "5")]).await.status, 422);
    assert!(stage.asked.lock().unwrap().is_empty(), "none of these reached the wallet");

    let problem = json!({ "title": "No", "detail": "The code <is> over.", "code": "code_over" });
    answers(&stage, 409, problem);
    let came = stage.post("/shop/charges", &[("code", "1"), ("amount", "5")]).await;
    assert_eq!(came.status, 422);
    came.has(&["The code &#60;is&#62; over. (code_over)"]);
    answers(&stage, 201, json!({ "order": "ord-1" }));
    assert_eq!(stage.post("/shop/orders", &[("amount", "5")]).await.status, 422, "an order without a code");

    let alone =
        Stage::start_with(|settings| settings.shop_wallet_url = "http://127.0.0.1:9".to_owned()).await;
    let came = alone.post("/shop/orders", &[("amount", "5")]).await;
    came.has(&["ウォレットから返事がありません"]);
    assert!(!came.text.contains("127.0.0.1:9"), "{}", came.text);
}

#[tokio::test]
async fn only_signed_webhooks_are_right_and_each_counts_once() {
    let stage = Stage::start().await;
    let (body, now) = (completed("ord-1", 4500), now_s());
    let good = sign(SHOP_SECRET, "msg_1", now, &body);
    // A stranger takes the id first; the true delivery must still get through, once, and stay.
    for (what, at, signature, status) in [
        ("forged", now, "v1,AAAA", 401),
        ("old", now - 301, &sign(SHOP_SECRET, "msg_1", now - 301, &body), 401),
        ("of the longest ago", i64::MIN, &good, 401),
        ("another secret", now, &sign("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "msg_1", now, &body), 401),
        ("the true one", now, &good, 204),
        ("the true one again", now, &good, 204),
        ("forged again", now, "v1,AAAA", 401),
    ] {
        assert_eq!(deliver(&stage, "msg_1", at, signature, &body).await, status, "{what}");
    }
    let data = json!({ "payment": "pay-1", "order": "ord-1", "amount": 4500, "state": "completed" });
    assert_eq!(received(&stage).await, [("msg_1".to_owned(), true, data)]);

    assert_eq!(deliver(&stage, &"x".repeat(201), now, "", "{}").await, 400);
    let bare = stage.http.post(format!("{}/shop/hooks", stage.url)).body("not JSON");
    assert_eq!(stage.send(bare).await.status, 401);
    assert_eq!(received(&stage).await[0], (String::new(), false, Value::Null));
    stage.get("/shop").await.has(&["署名 誤", "署名 正"]);

    let open = Stage::start_with(|settings| settings.shop_webhook_secret.clear()).await;
    let unkeyed = sign("whsec_", "msg_1", now, &body);
    assert_eq!(deliver(&open, "msg_1", now, &unkeyed, &body).await, 401, "no secret is no key");
}
