//! Accounts: opened once, frozen, thawed, closed; what they had then, and page by page.

use crate::{
    desk::{Desk, acc, item, purse},
    stage::{LEDGER, OPERATOR},
};
use serde_json::{Value, json};
use terms::{Span, Time};
use uuid::Uuid;

#[tokio::test]
async fn an_account_is_opened_once() {
    let desk = Desk::new().await;
    let id = Uuid::now_v7();
    let body = json!({ "id": id, "currency": "USD", "floor": -500 });
    let opened = desk.open(body.clone()).await.expect(201);
    let account = &opened["account"];
    assert_eq!((&account["id"], &account["state"]), (&json!(acc(id)), &json!("open")));
    assert_eq!((&account["floor"], &account["available"]), (&json!(-500), &json!(500)));
    assert_eq!(desk.open(body).await.expect(201), opened, "the same again");
    let unlimited = desk.account(desk.outside).await;
    assert!(unlimited.get("floor").is_none() && unlimited.get("available").is_none(), "{unlimited}");
    assert_eq!(desk.account(desk.shop).await["floor"], 0, "a floor of zero if nothing is said");
    for other in
        [json!({ "id": id }), json!({ "id": id, "currency": "USD" }), json!({ "id": id, "floor": -500 })]
    {
        desk.open(other).await.refused(409, "id_taken");
    }
    desk.open(json!({ "id": purse() })).await.refused(403, "customer_account");
    for (body, field) in [
        (json!({ "id": "x" }), "id"),
        (json!({ "id": id, "currency": "usd" }), "currency"),
        (json!({ "id": id, "floor": "0" }), "floor"),
        (json!({}), "id"),
    ] {
        let answer = desk.open(body).await;
        assert_eq!((answer.status, &answer.body["field"]), (422, &json!(field)), "{}", answer.body);
    }
}

#[tokio::test]
async fn an_account_is_frozen_thawed_and_closed() {
    let desk = Desk::new().await;
    desk.post(&[desk.transfer(5)]).await.expect(200);
    for (state, out, into) in [
        ("frozen_out", "debit_frozen", "applied"),
        ("frozen_in", "applied", "credit_frozen"),
        ("frozen", "debit_frozen", "credit_frozen"),
        ("open", "applied", "applied"),
    ] {
        let answer = desk.set_state(desk.shop, state).await.expect(200);
        assert_eq!(answer["account"]["state"], state);
        desk.set_state(desk.shop, state).await.expect(200);
        let statuses = desk.statuses(&[desk.transfer(1), item(desk.shop, desk.outside, 1)]).await;
        assert_eq!(statuses, [into, out], "{state}");
    }
    desk.set_state(desk.shop, "closed").await.refused(409, "account_not_empty");
    let rest = desk.balance(desk.shop).await;
    desk.post(&[item(desk.shop, desk.outside, rest)]).await.expect(200);
    desk.set_state(desk.shop, "closed").await.expect(200);
    desk.set_state(desk.shop, "open").await.refused(409, "account_closed");
    desk.set_state(Uuid::now_v7(), "frozen").await.refused(404, "account_unknown");
    desk.set_state(purse(), "frozen").await.refused(403, "customer_account");
    desk.set_state(desk.outside, "asleep").await.refused(422, "field_not_allowed");
    desk.prove();
}

#[tokio::test]
async fn what_an_account_had_then_can_be_asked() {
    let desk = Desk::new().await;
    let mut known = Vec::new();
    for amount in [100, 20, 3] {
        desk.stage.wait(Span::minutes(1));
        desk.post(&[desk.transfer(amount)]).await.expect(200);
        known.push((desk.stage.teller.now(), desk.balance(desk.shop).await));
    }
    assert_eq!(known.iter().map(|(_, balance)| *balance).collect::<Vec<_>>(), [100, 120, 123]);
    let then = |at: Time| {
        let path = format!("/v1/ledger/accounts/{}?at={at}", desk.shop);
        let desk = &desk;
        async move { desk.stage.get(&path, OPERATOR).await.expect(200) }
    };
    for (at, balance) in &known {
        let answer = then(*at).await;
        assert_eq!(answer["then"], json!({ "at": at.to_string(), "balance": balance }));
        assert_eq!(answer["account"]["balance"], 123, "and what it has now");
    }
    assert_eq!(then(known[0].0.minus(Span::millis(1))).await["then"]["balance"], 0);
    assert_eq!(then(known[1].0.minus(Span::millis(1))).await["then"]["balance"], 100);
    assert_eq!(then(known[2].0.plus(Span::days(900))).await["then"]["balance"], 123);
    let path = format!("/v1/ledger/accounts/{}?at=yesterday", desk.shop);
    desk.stage.get(&path, OPERATOR).await.refused(422, "field_not_allowed");
    let nobody = format!("/v1/ledger/accounts/{}?at=2026-01-01T00:00:00Z", Uuid::now_v7());
    desk.stage.get(&nobody, OPERATOR).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_history_is_read_page_by_page_and_each_line_once() {
    let desk = Desk::new().await;
    let transfers: Vec<Value> = (1..=25).map(|amount| desk.transfer(amount)).collect();
    desk.post(&transfers).await.expect(200);
    let mut seen = Vec::new();
    let mut path = format!("/v1/ledger/accounts/{}/transfers?limit=10", desk.shop);
    let first = path.clone();
    loop {
        let page = desk.stage.get(&path, LEDGER).await.expect(200);
        for line in page["transfers"].as_array().unwrap() {
            seen.push((line["transfer"]["amount"].as_i64().unwrap(), line["balance"].as_i64().unwrap()));
        }
        match page["next"].as_str() {
            Some(next) => path = format!("{first}&before={next}"),
            None => break,
        }
    }
    let expected: Vec<(i64, i64)> = (1..=25).rev().map(|n| (n, n * (n + 1) / 2)).collect();
    assert_eq!(seen, expected);
    for (query, field) in
        [("limit=0", "limit"), ("limit=1001", "limit"), ("before=x", "before"), ("before=-1", "before")]
    {
        let path = format!("/v1/ledger/accounts/{}/transfers?{query}", desk.shop);
        let answer = desk.stage.get(&path, LEDGER).await;
        assert_eq!((answer.status, &answer.body["field"]), (422, &json!(field)), "{query}");
    }
    let nobody = format!("/v1/ledger/accounts/{}/transfers", Uuid::now_v7());
    desk.stage.get(&nobody, LEDGER).await.refused(404, "not_found");
    // A customer's purse can be looked at, and its history too.
    let purse = format!("/v1/ledger/accounts/{}/transfers", purse());
    let page = desk.stage.get(&purse, OPERATOR).await.expect(200);
    assert_eq!(page["transfers"][0]["balance"], 10_000);
}
