//! A link that ends while the bank still works on an order: nothing moves under it any more.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod at_bank;
mod stage;

use at_bank::{AtBank, Form, payment_id};
use std::time::Duration;

#[tokio::test]
async fn what_comes_to_be_booked_after_the_end_of_a_link_is_refused() {
    let bank = AtBank::new("0001").await;
    let link = bank.link("hanako").await;
    let id = payment_id();
    bank.vice("slow", 3).await;
    let order = bank.order(&link, &id, "debit", 1_000).await;
    let sent = tokio::spawn(async move { order.send().await.unwrap().text().await.unwrap() });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut form: Form = [("token".to_owned(), link.refresh.clone())].into();
    bank.signed(&mut form);
    assert_eq!(bank.post("/revoke", &form, None).await.status, 200);
    assert!(!sent.is_finished(), "the order was taken before the link ended");
    let answer: serde_json::Value = serde_json::from_str(&sent.await.unwrap()).unwrap();
    assert_eq!(answer["reason"], "link_ended", "{answer}");
    assert_eq!(bank.settlement().await, 0);
}
