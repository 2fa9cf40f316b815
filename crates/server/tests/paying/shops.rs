//! To a shop and back, and what an operator sees.

use crate::stage::{OPERATOR, Stage, hidden, token};
use axum::http::Method;
use serde_json::json;
use terms::Span;
use uuid::Uuid;

// promise: P1
// promise: P3
#[tokio::test]
async fn a_shop_is_paid_by_every_code_and_gives_back() {
    let stage = Stage::new().await;
    let key = stage.merchant().await;
    let shop = stage.get("/v1/merchant", &key).await.expect(200);
    let printed = shop["static_payload"].as_str().unwrap();
    let read = stage.post("/v1/qr/read", &token(1), &json!({ "payload": printed })).await.expect(200);
    assert_eq!(read, json!({ "kind": "static", "merchant_name": "豆の店" }));
    let torn = &printed[..printed.len() - 1];
    stage.post("/v1/qr/read", &token(1), &json!({ "payload": torn })).await.refused(422, "code_not_readable");
    let body = json!({ "id": Uuid::now_v7(), "payload": printed, "amount": 1_200 });
    let paid = stage.post("/v1/qr-payments", &token(1), &body).await;
    assert_eq!(stage.post("/v1/qr-payments", &token(1), &body).await, paid);
    let paid = paid.expect(201);
    let order = json!({ "id": Uuid::now_v7(), "amount": 880, "memo": "beans" });
    let placed = stage.post("/v1/merchant/orders", &key, &order).await.expect(201);
    let read =
        stage.post("/v1/qr/read", &token(2), &json!({ "payload": placed["payload"] })).await.expect(200);
    assert_eq!((read["kind"].as_str(), read["amount"].as_i64()), (Some("dynamic"), Some(880)));
    let pay = || json!({ "id": Uuid::now_v7(), "payload": placed["payload"] });
    stage.post("/v1/qr-payments", &token(2), &pay()).await.expect(201);
    stage.post("/v1/qr-payments", &token(1), &pay()).await.refused(409, "order_over");

    for form in ["payload", "digits"] {
        let code = stage.post("/v1/codes", &token(1), &json!({})).await.expect(201);
        let digits = code["code"]["digits"].as_str().unwrap();
        assert!(digits.len() == 24 && digits.starts_with("99990001"), "{digits}");
        let charge = || json!({ "id": Uuid::now_v7(), "code": code["code"][form], "amount": 640 });
        let charged = stage.post("/v1/merchant/charges", &key, &charge()).await.expect(201);
        assert_eq!(charged["payment"]["counterpart"], "", "a shop learns nothing about the customer");
        stage.post("/v1/merchant/charges", &key, &charge()).await.refused(409, "order_over");
    }
    let late = stage.post("/v1/codes", &token(1), &json!({})).await.expect(201);
    stage.wait(Span::minutes(5));
    let charge = json!({ "id": Uuid::now_v7(), "code": late["code"]["digits"], "amount": 1 });
    stage.post("/v1/merchant/charges", &key, &charge).await.refused(409, "order_over");

    let refund = |yen: i64| json!({ "id": Uuid::now_v7(), "payment": paid["payment"]["id"], "amount": yen });
    let given = stage.post("/v1/merchant/refunds", &key, &refund(500)).await.expect(201);
    assert_eq!(given["refund"]["original"], paid["payment"]["id"]);
    stage.post("/v1/merchant/refunds", &key, &refund(701)).await.refused(422, "above_original");
    let listed = stage.get("/v1/merchant/payments?limit=100", &key).await.expect(200);
    assert_eq!(listed["payments"].as_array().unwrap().len(), 5);
    let balance = stage.get("/v1/merchant", &key).await.expect(200)["balance"].as_i64();
    assert_eq!(balance, Some(1_200 + 880 + 640 + 640 - 500));
    assert_eq!((stage.balance(1).await, stage.balance(2).await), ((8_020, 0), (9_120, 0)));
    let proof = stage.get("/v1/operator/ledger/proof", OPERATOR).await.expect(200);
    assert_eq!((&proof["ok"], &proof["violation"]), (&json!(true), &json!(null)));
}

// promise: P3
#[tokio::test]
async fn orders_whose_ids_are_much_alike_are_two_orders() {
    let stage = Stage::new().await;
    let key = stage.merchant().await;
    let end = Uuid::now_v7().as_u128() >> 3;
    for (first_bits, yen) in [(0, 100), (1, 200), (7, 300)] {
        let id = Uuid::from_u128(first_bits << 125 | end);
        let order = json!({ "id": id, "amount": yen });
        let placed = stage.post("/v1/merchant/orders", &key, &order).await.expect(201);
        let payload = json!({ "payload": placed["payload"] });
        let read = stage.post("/v1/qr/read", &token(1), &payload).await.expect(200);
        assert_eq!(read["amount"], yen, "{id}");
    }
}

// promise: P6
#[tokio::test]
async fn keys_open_only_what_is_theirs() {
    let stage = Stage::new().await;
    let key = stage.merchant().await;
    for (path, wrong) in [
        ("/v1/operator/banks", key.as_str()),
        ("/v1/operator/ledger/proof", "the-operators-tokem"),
        ("/v1/merchant", OPERATOR),
        ("/v1/merchant/payments", "mk_nobodys"),
        ("/v1/merchant/webhooks", &token(1)),
        ("/v1/wallet", &key),
        ("/v1/offers", OPERATOR),
        ("/v1/events", &key),
    ] {
        stage.get(path, wrong).await.refused(401, "not_signed_in");
    }
    let banks = stage.get("/v1/operator/banks", OPERATOR).await.expect(200);
    let banks = banks["banks"].as_array().unwrap();
    assert_eq!(banks.len(), engine::directory::Directory::embedded().banks.len());
    assert_eq!((&banks[0]["clearing_balance"], &banks[0]["in_doubt"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn webhook_endpoints_are_added_listed_and_removed() {
    let stage = Stage::new().await;
    let (key, other) = (stage.merchant().await, stage.merchant().await);
    let add = |url: &'static str| json!({ "url": url });
    let refused = stage.post("/v1/merchant/webhooks", &key, &add("http://shop.example/")).await;
    refused.refused(422, "field_not_allowed");
    let added =
        stage.post("/v1/merchant/webhooks", &key, &add("https://shop.example/hooks")).await.expect(201);
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"));
    let listed = stage.get("/v1/merchant/webhooks", &key).await.expect(200);
    assert_eq!(listed["endpoints"][0]["endpoint"], added["endpoint"]);
    assert_eq!(listed["endpoints"][0].get("secret"), None, "shown once");
    let path = format!("/v1/merchant/webhooks/{}", added["endpoint"].as_str().unwrap());
    stage.ask(Method::DELETE, &path, &other, None).await.refused(404, "not_found");
    assert_eq!(stage.ask(Method::DELETE, &path, &key, None).await.status, 204);
    assert_eq!(stage.get("/v1/merchant/webhooks", &key).await.expect(200), json!({ "endpoints": [] }));
}

#[tokio::test]
async fn the_pages_pay_a_shop_and_show_a_code() {
    let stage = Stage::new().await;
    let key = stage.merchant().await;
    let shop = stage.get("/v1/merchant", &key).await.expect(200);
    let order = json!({ "id": Uuid::now_v7(), "amount": 880 });
    let placed = stage.post("/v1/merchant/orders", &key, &order).await.expect(201);
    let encoded = |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    assert_eq!(stage.page("/pay", 1, None).await.0, 200);
    let payload = encoded(placed["payload"].as_str().unwrap());
    let (_, _, page) = stage.page("/pay/confirm", 1, Some(&format!("payload={payload}"))).await;
    assert!(page.contains("豆の店") && page.contains("¥880"), "{page}");
    let form = format!("id={}&payload={payload}", hidden(&page, "id"));
    let (status, to, _) = stage.page("/pay", 1, Some(&form)).await;
    assert!(status == 303 && to.starts_with("/payments/pay_"), "{status} {to}");
    let (status, _, page) = stage.page("/pay/confirm", 1, Some(&format!("payload={payload}"))).await;
    assert!(status == 409 && page.contains("role=\"alert\""), "{page}");
    // A printed code: too much first, then an amount that is there, without reading the code again.
    let payload = encoded(shop["static_payload"].as_str().unwrap());
    let (_, _, page) = stage.page("/pay/confirm", 1, Some(&format!("payload={payload}"))).await;
    let form = format!("id={}&payload={payload}&amount=9%2C121", hidden(&page, "id"));
    let (status, _, page) = stage.page("/pay", 1, Some(&form)).await;
    assert!(status == 422 && page.contains("豆の店"), "{page}");
    let form = format!("id={}&payload={payload}&amount=9%2C120", hidden(&page, "id"));
    assert_eq!(stage.page("/pay", 1, Some(&form)).await.0, 303);
    assert_eq!(stage.balance(1).await, (0, 0));
    let (status, _, page) = stage.page("/pay/code", 2, Some("")).await;
    assert!(status == 200 && page.contains("data:image/svg+xml;base64,") && page.contains("9999"), "{page}");
}
