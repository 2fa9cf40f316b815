//! Every refusal of the book that a transfer over HTTP can meet, and chains that hold together.

use crate::{
    desk::{Desk, acc, item, purse, with},
    stage::LEDGER,
};
use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};
use uuid::Uuid;

async fn check(desk: &Desk, what: &str, transfers: &[Value], expected: &[&str]) {
    let before = (desk.balance(desk.outside).await, desk.balance(desk.shop).await);
    assert_eq!(desk.statuses(transfers).await, expected, "{what}");
    let applied = expected.contains(&"applied");
    let after = (desk.balance(desk.outside).await, desk.balance(desk.shop).await);
    assert_eq!(before != after, applied, "{what}");
}

// promise: P1, P5
#[tokio::test]
async fn each_refusal_has_its_code_and_changes_nothing() {
    let desk = Desk::new().await;
    let (outside, shop) = (desk.outside, desk.shop);
    let dollars = desk.opened_in("USD").await;
    let mut states = Vec::new();
    for state in ["closed", "frozen", "frozen_out", "frozen_in"] {
        let account = desk.opened_in("JPY").await;
        desk.set_state(account, state).await.expect(200);
        states.push(account);
    }
    let [closed, frozen, frozen_out, frozen_in] = states[..] else { panic!("four") };
    let original = desk.transfer(100);
    let reversal = with(&item(shop, outside, 40), json!({ "reverses": original["id"] }));
    desk.post(&[original.clone(), reversal.clone()]).await.expect(200);
    let back =
        |debit, credit, amount, of: &Value| with(&item(debit, credit, amount), json!({ "reverses": of }));
    let nobody = Uuid::now_v7();
    let imported = with(&desk.transfer(1), json!({ "at": "2026-01-01T00:00:00Z" }));
    assert_eq!(desk.statuses(std::slice::from_ref(&imported)).await, ["applied"]);
    for (transfer, code) in [
        (desk.transfer(0), "amount_zero"),
        (desk.transfer(-1), "amount_negative"),
        (desk.transfer(i64::MIN), "amount_negative"),
        (desk.transfer(1_000_000_000_000_001), "amount_above_cap"),
        (desk.transfer(1_000_000_000_000_000_001), "amount_above_cap"),
        (desk.transfer(i64::MAX), "amount_above_cap"),
        (with(&desk.transfer(1), json!({ "at": "2099-01-01T00:00:00Z" })), "time_in_future"),
        (item(shop, shop, 1), "same_account"),
        (item(nobody, shop, 1), "debit_unknown"),
        (item(outside, nobody, 1), "credit_unknown"),
        (with(&desk.transfer(1), json!({ "currency": "USD" })), "wrong_currency"),
        (item(outside, dollars, 1), "wrong_currency"),
        (item(closed, shop, 1), "debit_closed"),
        (item(outside, closed, 1), "credit_closed"),
        (item(frozen, shop, 1), "debit_frozen"),
        (item(outside, frozen, 1), "credit_frozen"),
        (item(frozen_out, shop, 1), "debit_frozen"),
        (item(outside, frozen_in, 1), "credit_frozen"),
        (item(shop, outside, 62), "below_floor"),
        (back(shop, outside, 1, &json!(nobody)), "original_unknown"),
        (back(outside, shop, 1, &reversal["id"]), "original_is_reversal"),
        (back(outside, shop, 1, &original["id"]), "not_the_originals_accounts"),
        (back(shop, outside, 61, &original["id"]), "above_original"),
        (with(&original, json!({ "amount": 101 })), "id_taken"),
        (with(&original, json!({ "credit": dollars })), "id_taken"),
        (with(&original, json!({ "at": "2026-01-01T00:00:00Z" })), "id_taken"),
        (with(&imported, json!({ "at": "2026-01-01T00:00:00.001Z" })), "id_taken"),
        (item(purse(), shop, 1), "customer_account"),
        (item(outside, purse(), 1), "customer_account"),
        (with(&item(outside, shop, 1), json!({ "credit": acc(purse()) })), "customer_account"),
    ] {
        check(&desk, &transfer.to_string(), std::slice::from_ref(&transfer), &[code]).await;
    }
    check(&desk, "the same again", &[original, reversal, imported], &["applied_before"; 3]).await;
    assert_eq!(desk.stage.balance(1).await, (10_000, 0), "the customer has what was there before");
    desk.prove();
}

#[tokio::test]
async fn a_total_does_not_grow_beyond_its_type() {
    let desk = Desk::new().await;
    let most = 1_000_000_000_000_000;
    let transfers: Vec<Value> = (0..1_001).map(|_| desk.transfer(most)).collect();
    let statuses = desk.statuses(&transfers).await;
    assert!(statuses[..1_000].iter().all(|status| status == "applied"));
    assert_eq!(statuses[1_000], "total_too_large");
    assert_eq!(desk.balance(desk.shop).await, 1_000_000_000_000_000_000);
    desk.prove();
}

#[tokio::test]
async fn a_chain_is_applied_whole_or_not_at_all() {
    let desk = Desk::new().await;
    let good = || desk.transfer(10);
    let linked = |transfer: Value| with(&transfer, json!({ "linked": true }));
    let barred = || item(purse(), desk.shop, 1);
    for (what, transfers, expected) in [
        ("a whole chain", vec![linked(good()), good()], vec!["applied", "applied"]),
        (
            "the book refuses the second",
            vec![linked(good()), linked(desk.transfer(0)), good(), good()],
            vec!["chain_broken", "amount_zero", "chain_broken", "applied"],
        ),
        (
            "a purse in the middle",
            vec![good(), linked(good()), linked(barred()), good(), good()],
            vec!["applied", "chain_broken", "customer_account", "chain_broken", "applied"],
        ),
        (
            "an amount below zero at the beginning",
            vec![linked(desk.transfer(-5)), linked(good()), good()],
            vec!["amount_negative", "chain_broken", "chain_broken"],
        ),
        ("left open", vec![linked(good()), linked(good())], vec!["chain_broken", "chain_open"]),
        ("one left open", vec![linked(good())], vec!["chain_open"]),
        (
            "left open with a purse",
            vec![linked(barred()), linked(good())],
            vec!["chain_broken", "chain_open"],
        ),
    ] {
        check(&desk, what, &transfers, &expected).await;
    }
    desk.prove();
}

#[tokio::test]
async fn a_refusal_says_why_in_the_askers_language() {
    let desk = Desk::new().await;
    for (language, title) in
        [("ja", "残高が下限を下回ります"), ("en", "The balance would fall below what is allowed")]
    {
        let body = json!({ "transfers": [item(desk.shop, desk.outside, 1)] });
        let request = Request::post("/v1/ledger/transfers")
            .header(header::AUTHORIZATION, format!("Bearer {LEDGER}"))
            .header(header::ACCEPT_LANGUAGE, language)
            .header(header::CONTENT_TYPE, "application/json");
        let response = desk.stage.send(request.body(Body::from(body.to_string())).unwrap()).await;
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(answer["outcomes"][0]["title"], title, "{answer}");
        assert_eq!(answer["outcomes"][0]["status"], "below_floor");
    }
}
