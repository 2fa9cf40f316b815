//! Banks answer late, twice or never, while the wallet and the banks themselves are killed.
//!
//! Goal: wallet and bank agree to the yen in every account and every payment, whatever was lost on the way (promises:
//! P1, P3, P8), and the banks' own books outlive their kills. Method: money in and money out under every vice, kill -9
//! of the wallet, of the sandbox, or of both at random instants; then both sides are compared.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use player::{Customer, Link, Payment, Sandbox, Vice, Wallet};
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    dice::Dice,
    load::{insist, newcomer},
    numbers, runtime,
    world::World,
};

/// Customers of a round, each at a bank of their own; nobody debits one account a fourth time within two minutes.
const CUSTOMERS: usize = 4;
const TOP_UPS: u64 = 3;
/// Kills in one round, and the most between two of them.
const KILLS: u64 = 6;
const ROUND: u64 = 6;
const RUNS_MS: u64 = 1_500;
const AWAY_MS: u64 = 400;
const VICES: [Vice; 6] = [
    Vice::TimeoutAfterDebit,
    Vice::TimeoutBeforeDebit,
    Vice::LostReply,
    Vice::AnswersTwice,
    Vice::BooksLate,
    Vice::None,
];
/// How long a bank hangs or is late, in seconds, at most; longer than the wallet waits for it.
const LATE_S: u64 = 3;
/// Until everything that is open is settled: inquiries come in growing distances.
const SETTLE_LIMIT: Duration = Duration::from_secs(150);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What a customer asked for, as the wallet answered.
struct Asked {
    customer: Customer,
    link: Link,
    began_with: i64,
    /// Each under the id that the customer and the bank know it by.
    payments: Vec<(Uuid, Payment)>,
}

// promise: P1, P3, P8
#[test]
fn wallet_and_banks_agree_whoever_was_killed() {
    let (seed, kills) = numbers(KILLS);
    let runtime = runtime();
    let mut world = World::start(&runtime, "faults-banks", None, 1);
    for round in 0..kills.div_ceil(ROUND) {
        let mut dice = Dice::new(seed.wrapping_add(round));
        let (wallet, sandbox) = (world.door.port, world.outside.port);
        let people = (0..CUSTOMERS).map(|place| newcomer(place, place, wallet, sandbox));
        let people = runtime.block_on(join_all(people));
        let outside = Sandbox::at(&world.outside.url()).expect("an address");
        let over = AtomicBool::new(false);
        let asked = std::thread::scope(|scope| {
            let plays = people.into_iter().zip(0_u64..).map(|(person, place)| {
                let (customer, link) = person.expect("a customer");
                let dice = Dice::new(seed.wrapping_mul(31).wrapping_add(round * 100 + place));
                play(&outside, customer, link, dice)
            });
            let killing = scope.spawn(|| kill_until(&mut world, &over, &mut dice, kills.min(ROUND)));
            let ends = Ends(&over);
            let asked = runtime.block_on(join_all(plays));
            drop(ends);
            killing.join().expect("no panic");
            asked
        });
        let states = runtime.block_on(check_both_sides(&world, &outside, asked));
        println!("round {round}: {states:?}");
        world.prove("the proof after a round");
    }
    world.end();
}

/// Says that it is over, also when a play panics: else the killing would go on for ever.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Kills one or both, at least so often, until everybody has asked for everything.
fn kill_until(world: &mut World, over: &AtomicBool, dice: &mut Dice, kills: u64) {
    for number in 0.. {
        if number >= kills && over.load(Ordering::SeqCst) {
            return;
        }
        std::thread::sleep(Duration::from_millis(dice.below(RUNS_MS)));
        let both = dice.below(3);
        if both != 0 {
            world.nodes[0].kill();
        }
        if both != 1 {
            world.outside.kill();
        }
        std::thread::sleep(Duration::from_millis(dice.below(AWAY_MS)));
        if both != 1 {
            world.outside.start();
        }
        if both != 0 {
            world.nodes[0].start();
        }
    }
}

/// Money in under one vice after the other, then a part of it out again.
async fn play(outside: &Sandbox, mut customer: Customer, link: Link, mut dice: Dice) -> Asked {
    let account =
        customer.person.bank_accounts.iter().find(|account| account.bank == link.bank).expect("one");
    let began_with = insist("the account", async || outside.balance(account).await).await.expect("a balance");
    let mut payments = Vec::new();
    for _ in 0..TOP_UPS {
        spoil(outside, &link, &mut dice).await;
        let (id, amount) = (Uuid::now_v7(), 100 + i64::try_from(dice.below(5_000)).expect("small"));
        let asked = insist("money in", async || customer.top_up(id, &link, amount).await).await;
        payments.push((id, asked.expect("begun")));
    }
    let first = settled(&customer.wallet, &payments[0].1.id).await;
    assert!(first.0 != "refused", "there is money enough");
    let out = 1 + first.1 / 2;
    insist("the value's age", async || customer.matured(out, SETTLE_LIMIT.as_secs()).await)
        .await
        .expect("old");
    insist("a signature", async || customer.step_up().await).await.expect("signed");
    spoil(outside, &link, &mut dice).await;
    let id = Uuid::now_v7();
    let asked = insist("money out", async || customer.payout(id, &link, out).await).await;
    payments.push((id, asked.expect("begun")));
    Asked { customer, link, began_with, payments }
}

/// The next order at this bank goes wrong.
async fn spoil(outside: &Sandbox, link: &Link, dice: &mut Dice) {
    let vice = VICES[usize::try_from(dice.below(VICES.len() as u64)).expect("small")];
    let seconds = 1 + u32::try_from(dice.below(LATE_S)).expect("small");
    insist("a vice", async || outside.set_vice(&link.bank, vice, 1, seconds).await).await.expect("set");
}

/// The end of a payment: its state and amount.
async fn settled(wallet: &Wallet, id: &str) -> (String, i64) {
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
async fn check_both_sides(
    world: &World,
    outside: &Sandbox,
    asked: Vec<Asked>,
) -> BTreeMap<(&'static str, String), u64> {
    let mut states = BTreeMap::new();
    for Asked { customer, link, began_with, payments } in &asked {
        let mut owned = 0;
        for ((id, payment), place) in payments.iter().zip(0..) {
            let (state, amount) = settled(&customer.wallet, &payment.id).await;
            let record = outside.payment(&link.bank, &id.to_string()).await.expect("an answer");
            let status = record.as_ref().map(|record| record["status"].clone());
            match state.as_str() {
                "completed" => assert_eq!(status, Some(Value::from("booked")), "{}", payment.id),
                _ => assert_ne!(status, Some(Value::from("booked")), "{} is {state}", payment.id),
            }
            let (kind, sign) = if place < TOP_UPS { ("in", 1) } else { ("out", -1) };
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
