//! To a person: by handle and phone, over the API and by the pages.

use crate::stage::{Stage, hidden, phone, token};
use axum::http::Method;
use serde_json::json;
use uuid::Uuid;

// promise: P3
#[tokio::test]
async fn a_transfer_by_handle_and_its_replay() {
    let stage = Stage::new().await;
    let seen = stage.post("/v1/payees", &token(1), &json!({ "handle": "@person2" })).await.expect(200);
    assert_eq!(seen, json!({ "masked_name": "ス● タ●" }));
    let nobody = stage.post("/v1/payees", &token(1), &json!({ "handle": "nobody" })).await;
    nobody.refused(422, "payee_unavailable");
    let body = json!({ "id": Uuid::from_u128(7), "to": { "handle": "person2" }, "amount": 3_000 });
    let sent = stage.post("/v1/transfers", &token(1), &body).await;
    assert_eq!((sent.status, sent.body["payment"]["state"].as_str()), (201, Some("completed")));
    assert_eq!(stage.post("/v1/transfers", &token(1), &body).await, sent, "status and body again");
    assert_eq!((stage.balance(1).await, stage.balance(2).await), ((7_000, 0), (13_000, 0)));
    stage.post("/v1/transfers", &token(2), &body).await.refused(409, "id_reused");
    for (to, amount, status, code) in [
        (json!({ "handle": "person2", "phone": phone(2) }), json!(1), 422, "field_not_allowed"),
        (json!({}), json!(1), 422, "field_not_allowed"),
        (json!({ "handle": "person1" }), json!(1), 422, "same_person"),
        (json!({ "handle": "person2" }), json!(0), 422, "amount_not_allowed"),
        (json!({ "handle": "person2" }), json!(1_000_001), 422, "amount_not_allowed"),
        (json!({ "handle": "person2" }), json!(-1), 422, "field_not_allowed"),
        (json!({ "handle": "person2" }), json!("1"), 422, "field_not_allowed"),
        (json!({ "handle": "person2" }), json!(7_001), 422, "insufficient_funds"),
    ] {
        let body = json!({ "id": Uuid::now_v7(), "to": to, "amount": amount });
        stage.post("/v1/transfers", &token(1), &body).await.refused(status, code);
    }
    stage.post("/v1/transfers", "nobodys", &body).await.refused(401, "not_signed_in");
    let renamed =
        stage.ask(Method::PUT, "/v1/wallet/handle", &token(2), Some(&json!({ "handle": "taro" }))).await;
    assert_eq!(renamed.expect(200), json!({ "handle": "@taro" }));
    let taken =
        stage.ask(Method::PUT, "/v1/wallet/handle", &token(1), Some(&json!({ "handle": "taro" }))).await;
    taken.refused(409, "handle_taken");
}

// promise: P4
#[tokio::test]
async fn an_offer_is_seen_and_answered_by_its_payee_only() {
    let stage = Stage::new().await;
    let offer = |amount: i64| json!({ "id": Uuid::now_v7(), "to": { "phone": phone(2) }, "amount": amount, "message": "昼" });
    let sent = stage.post("/v1/transfers", &token(1), &offer(700)).await.expect(201);
    assert_eq!(sent["payment"]["state"], "waiting");
    assert_eq!(sent["payment"]["counterpart"], "090****0002");
    assert_eq!(stage.balance(1).await, (9_300, 700));
    let offers = stage.get("/v1/offers", &token(2)).await.expect(200);
    let seen = &offers["offers"][0];
    assert_eq!((seen["amount"].as_i64(), seen["message"].as_str()), (Some(700), Some("昼")));
    assert_eq!(seen["from"], "ヤ● ハ●");
    assert_eq!(stage.get("/v1/offers", &token(1)).await.expect(200), json!({ "offers": [] }));
    let id = sent["payment"]["id"].as_str().unwrap();
    for answer in ["accept", "decline"] {
        let path = format!("/v1/payments/{id}/{answer}");
        stage.post(&path, &token(1), &json!({})).await.refused(404, "not_found");
    }
    let path = format!("/v1/payments/{id}/accept");
    let taken = stage.post(&path, &token(2), &json!({})).await;
    assert_eq!(stage.post(&path, &token(2), &json!({})).await, taken, "the same answer again");
    let taken = taken.expect(200);
    assert_eq!(
        (taken["payment"]["direction"].as_str(), taken["payment"]["state"].as_str()),
        (Some("in"), Some("completed"))
    );
    let declined = stage.post(&format!("/v1/payments/{id}/decline"), &token(2), &json!({})).await;
    declined.refused(409, "wrong_state");
    let sent = stage.post("/v1/transfers", &token(1), &offer(800)).await.expect(201);
    let path = format!("/v1/payments/{}/decline", sent["payment"]["id"].as_str().unwrap());
    assert_eq!(stage.post(&path, &token(2), &json!({})).await.expect(200)["payment"]["state"], "returned");
    assert_eq!((stage.balance(1).await, stage.balance(2).await), ((9_300, 0), (10_700, 0)));
}

#[tokio::test]
async fn the_pages_show_the_masked_name_before_anything_moves() {
    let stage = Stage::new().await;
    let (status, _, page) = stage.page("/send", 1, None).await;
    assert!(status == 200 && page.contains("¥10,000"), "{page}");
    let form = "to=%40person2&amount=%EF%BC%91%2C200%E5%86%86&message=%E6%98%BC";
    let (status, _, page) = stage.page("/send/confirm", 1, Some(form)).await;
    assert!(status == 200 && page.contains("ス● タ●") && page.contains("¥1,200"), "{page}");
    assert_eq!(stage.balance(1).await, (10_000, 0));
    let switch = page.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(switch, "/send/confirm?lang=en");
    for (field, value) in [("to", "@person2"), ("amount", "１,200円"), ("message", "昼")] {
        assert_eq!(hidden(&page, field), value, "the switch takes along what was typed");
    }
    let (status, _, english) = stage.page(switch, 1, Some(form)).await;
    assert!(status == 200 && english.contains("lang=\"en\"") && english.contains("ス● タ●"), "{english}");
    assert_eq!(stage.balance(1).await, (10_000, 0), "nothing is sent by it");
    let id = hidden(&page, "id");
    let form = format!("id={id}&{form}");
    let (status, to, _) = stage.page("/send", 1, Some(&form)).await;
    assert_eq!((status, to.as_str()), (303, format!("/payments/{id}").as_str()));
    let (_, again, _) = stage.page("/send", 1, Some(&form)).await;
    assert_eq!((again, stage.balance(1).await), (to.clone(), (8_800, 0)), "a form sent twice is one payment");
    let (status, _, page) = stage.page(&to, 2, None).await;
    assert!(status == 200 && page.contains("ヤ● ハ●") && page.contains("+¥1,200"), "{page}");
    let (status, _, page) = stage.page("/send/confirm", 1, Some("to=nobody&amount=1&message=")).await;
    assert!(status == 422 && page.contains("role=\"alert\"") && page.contains("value=\"nobody\""), "{page}");
    let (_, _, page) = stage.page("/send/confirm", 1, Some("to=09012340002&amount=500&message=")).await;
    let form = format!("id={}&to=09012340002&amount=500&message=", hidden(&page, "id"));
    assert_eq!(stage.page("/send", 1, Some(&form)).await.0, 303);
    let (_, _, page) = stage.page("/offers", 2, None).await;
    let path = page.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let (status, to, _) = stage.page(&path, 2, Some("")).await;
    assert!(status == 303 && to.starts_with("/payments/pay_"), "{status} {to}");
    assert_eq!(stage.balance(2).await, (11_700, 0));
}
