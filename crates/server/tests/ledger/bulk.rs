//! Batches: applied once whatever is sent again, whole up to 8,190 items, and refused as a whole with the place.

use crate::{
    desk::{Desk, item, with},
    stage::LEDGER,
};
use axum::{
    body::Body,
    http::{Request, header},
};
use gate::Step;
use serde_json::{Value, json};
use uuid::Uuid;

// promise: P1, P3
#[tokio::test]
async fn a_batch_of_8190_is_applied_once_and_8191_are_too_many() {
    let desk = Desk::new().await;
    let mut transfers: Vec<Value> = (0..8_190).map(|_| desk.transfer(2)).collect();
    let first = desk.post(&transfers).await.expect(200);
    assert_eq!((&first["applied"], &first["refused"]), (&json!(8_190), &json!(0)));
    assert_eq!((desk.balance(desk.shop).await, desk.balance(desk.outside).await), (16_380, -16_380));
    let again = desk.post(&transfers).await.expect(200);
    assert_eq!((&again["applied"], &again["applied_before"]), (&json!(0), &json!(8_190)));
    assert_eq!(desk.balance(desk.shop).await, 16_380);
    transfers.push(desk.transfer(2));
    desk.post(&transfers).await.refused(413, "batch_too_large");
    assert_eq!(desk.balance(desk.shop).await, 16_380, "not even one of them");
    desk.prove();
}

#[tokio::test]
async fn a_transfer_is_found_as_it_was_posted() {
    let desk = Desk::new().await;
    let first = with(&desk.transfer(500), json!({ "at": "2026-03-31T23:59:59.5+09:00" }));
    let back = with(&item(desk.shop, desk.outside, 200), json!({ "reverses": first["id"] }));
    assert_eq!(desk.statuses(&[first.clone(), back.clone()]).await, ["applied", "applied"]);
    let path = |item: &Value| format!("/v1/ledger/transfers/{}", item["id"].as_str().unwrap());
    let found = desk.stage.get(&path(&first), LEDGER).await.expect(200)["transfer"].clone();
    assert_eq!((&found["amount"], &found["currency"]), (&json!(500), &json!("JPY")));
    assert_eq!(found["at"], "2026-03-31T14:59:59.500Z", "an import keeps its time");
    let reversal = desk.stage.get(&path(&back), LEDGER).await.expect(200)["transfer"].clone();
    assert_eq!(reversal["reverses"], found["id"]);
    // Its own form of the id leads to it as well.
    let ours = format!("/v1/ledger/transfers/{}", found["id"].as_str().unwrap());
    assert_eq!(desk.stage.get(&ours, LEDGER).await.expect(200)["transfer"], found);
    for nobody in [Uuid::now_v7().to_string(), "trf_0".to_owned(), "x".to_owned()] {
        desk.stage.get(&format!("/v1/ledger/transfers/{nobody}"), LEDGER).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_with_its_place() {
    let desk = Desk::new().await;
    let good = desk.transfer(1);
    for (spoiled, field) in [
        (json!({ "amount": "1" }), "transfers.1.amount"),
        (json!({ "amount": 1.5 }), "transfers.1.amount"),
        (json!({ "amount": null }), "transfers.1.amount"),
        (json!({ "amount": 9_223_372_036_854_775_808_u64 }), "transfers.1.amount"),
        (json!({ "debit": "acc_0" }), "transfers.1.debit"),
        (json!({ "credit": 7 }), "transfers.1.credit"),
        (json!({ "id": "geheim4071" }), "transfers.1.id"),
        (json!({ "currency": "yen" }), "transfers.1.currency"),
        (json!({ "at": "yesterday" }), "transfers.1.at"),
        (json!({ "reverses": "pay_0" }), "transfers.1.reverses"),
        (json!({ "linked": 1 }), "transfers.1.linked"),
        (json!({ "memo": "x" }), "transfers.1.memo"),
    ] {
        let answer = desk.post(&[good.clone(), with(&good, spoiled), good.clone()]).await;
        assert_eq!((answer.status, answer.body["field"].as_str()), (422, Some(field)), "{}", answer.body);
        assert_eq!(answer.body["code"], "field_not_allowed");
        assert!(!answer.body.to_string().contains("4071"), "{}", answer.body);
    }
    let mut without = good.clone();
    without.as_object_mut().unwrap().remove("credit");
    let answer = desk.post(&[good.clone(), good.clone(), without]).await;
    assert_eq!((answer.status, &answer.body["field"]), (422, &json!("transfers.2.credit")));
    desk.post(&[]).await.refused(422, "field_not_allowed");
    assert_eq!(desk.balance(desk.shop).await, 0, "nothing was applied");
}

#[tokio::test]
async fn a_body_that_is_too_large_or_of_another_type_is_not_read() {
    let desk = Desk::new().await;
    for (kind, size, status, code) in [
        ("application/json", 5 << 20, 413, "too_large"),
        ("text/csv", 10, 415, "wrong_content_type"),
        ("application/json", 10, 400, "malformed_json"),
    ] {
        let request = Request::post("/v1/ledger/transfers")
            .header(header::AUTHORIZATION, format!("Bearer {LEDGER}"))
            .header(header::CONTENT_TYPE, kind);
        let response = desk.stage.send(request.body(Body::from("x".repeat(size))).unwrap()).await;
        assert_eq!(response.status().as_u16(), status, "{kind} {size}");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(body["code"], code, "{body}");
    }
    // Indented and with every field, the largest batch still fits.
    let full = json!({ "currency": "JPY", "at": "2026-03-31T23:59:59.999+09:00", "linked": false });
    let transfers: Vec<Value> = (0..8_190).map(|_| with(&desk.transfer(1), full.clone())).collect();
    let text = serde_json::to_string_pretty(&json!({ "transfers": transfers })).unwrap();
    let request = Request::post("/v1/ledger/transfers")
        .header(header::AUTHORIZATION, format!("Bearer {LEDGER}"))
        .header(header::CONTENT_TYPE, "application/json");
    let response = desk.stage.send(request.body(Body::from(text)).unwrap()).await;
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(desk.balance(desk.shop).await, 8_190);
}

// promise: P6
#[tokio::test]
async fn every_batch_is_remembered_also_one_that_was_refused() {
    let desk = Desk::new().await;
    // Taken and refused.
    let remembered = || async {
        let attempts = desk.stage.teller.look(|shelf| shelf.attempts_of(Step::LedgerPosting)).await.unwrap();
        let refused = attempts.iter().filter(|(_, refused)| *refused).count();
        (attempts.len() - refused, refused)
    };
    assert_eq!(remembered().await, (2, 0), "the two accounts");
    desk.post(&[desk.transfer(1), desk.transfer(0)]).await.expect(200);
    assert_eq!(remembered().await, (3, 0), "one of them was applied");
    desk.post(&[desk.transfer(0)]).await.expect(200);
    assert_eq!(remembered().await, (3, 1));
    desk.post(&[item(crate::desk::purse(), desk.shop, 1)]).await.expect(200);
    assert_eq!(remembered().await, (3, 2));
    desk.post(&vec![desk.transfer(1); 8_191]).await.refused(413, "batch_too_large");
    assert_eq!(remembered().await, (3, 3));
}
