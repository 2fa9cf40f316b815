//! What customers asked their banks for, and whether wallet and bank agree on it to the yen.

use std::{collections::BTreeMap, time::Duration};

use player::{Customer, Link, Payment, Sandbox, Wallet};
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{load::insist, world::World};

/// Until everything that is open is settled: inquiries come in growing distances.
pub(crate) const SETTLE_LIMIT: Duration = Duration::from_secs(150);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What a customer asked for, as the wallet answered.
pub(crate) struct Asked {
    pub(crate) customer: Customer,
    pub(crate) link: Link,
    pub(crate) began_with: i64,
    /// Each under the id that the customer and the bank know it by; 1 for money in, -1 for money out.
    pub(crate) payments: Vec<(Uuid, i64, Payment)>,
}

impl Asked {
    /// Before anything is asked for.
    pub(crate) async fn nothing(outside: &Sandbox, customer: Customer, link: Link) -> Self {
        let account =
            customer.person.bank_accounts.iter().find(|account| account.bank == link.bank).expect("one");
        let began_with = insist("the account", async || outside.balance(account).await).await;
        Self { began_with: began_with.expect("a balance"), customer, link, payments: Vec::new() }
    }
}

/// The end of a payment: its state and amount.
pub(crate) async fn settled(wallet: &Wallet, id: &str) -> (String, i64) {
    let end = Instant::now() + SETTLE_LIMIT;
    loop {
        let path = format!("/v1/payments/{id}");
        let shown = insist(&path, async || wallet.get(&path).await).await.expect("it is there");
        let (state, amount) = (shown["payment"]["state"].as_str(), shown["payment"]["amount"].as_i64());
        let (state, amount) = (state.expect("a state"), amount.expect("whole yen"));
        if matches!(state, "completed" | "refused" | "returned") {
            return (state.to_owned(), amount);
        }
        assert!(Instant::now() < end, "{id} is still {state}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Each payment, each wallet, each account, and what each bank owes: the same on both sides.
pub(crate) async fn check_both_sides(
    world: &World,
    outside: &Sandbox,
    asked: Vec<Asked>,
) -> BTreeMap<(&'static str, String), u64> {
    let mut states = BTreeMap::new();
    for Asked { customer, link, began_with, payments } in &asked {
        let mut owned = 0;
        for (id, sign, payment) in payments {
            let (state, amount) = settled(&customer.wallet, &payment.id).await;
            let record = outside.payment(&link.bank, &id.to_string()).await.expect("an answer");
            let status = record.as_ref().map(|record| record["status"].clone());
            match state.as_str() {
                "completed" => assert_eq!(status, Some(Value::from("booked")), "{}", payment.id),
                _ => assert_ne!(status, Some(Value::from("booked")), "{} is {state}", payment.id),
            }
            let kind = if *sign > 0 { "in" } else { "out" };
            owned += if state == "completed" { sign * amount } else { 0 };
            *states.entry((kind, state)).or_default() += 1;
        }
        let account =
            customer.person.bank_accounts.iter().find(|account| account.bank == link.bank).expect("one");
        let balances = customer.wallet.balances().await.expect("an answer");
        assert_eq!((balances.balance, balances.held), (owned, 0), "the wallet at bank {}", link.bank);
        assert_eq!(
            outside.balance(account).await.expect("an answer"),
            began_with - owned,
            "bank {}",
            link.bank
        );
    }
    let token = std::fs::read_to_string(world.nodes[0].data.join("operator.token")).expect("a token");
    let operator = asked[0].customer.wallet.signed_out().with_token(token.trim());
    let banks = operator.get("/v1/operator/banks").await.expect("an answer");
    for bank in banks["banks"].as_array().expect("a list") {
        let owes = outside.books(bank["code"].as_str().expect("a code")).await.expect("books");
        assert_eq!(bank["clearing_balance"], -owes.settlement_balance, "{bank}");
        assert_eq!((&bank["in_doubt"], &bank["in_progress"]), (&0.into(), &0.into()), "{bank}");
    }
    states
}
