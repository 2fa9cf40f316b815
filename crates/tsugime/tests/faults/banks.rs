//! Banks answer late, twice or never, while the wallet and the banks themselves are killed.
//!
//! Goal: wallet and bank agree to the yen in every account and every payment, whatever was lost on the way (promises:
//! P1, P3, P8), and the banks' own books outlive their kills. Method: money in and money out under every vice, kill -9
//! of the wallet, of the sandbox, or of both at random instants; then both sides are compared.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use player::{Customer, Link, Sandbox, Vice};
use uuid::Uuid;

use crate::{
    dice::Dice,
    load::{insist, newcomer},
    numbers, runtime,
    sides::{Asked, SETTLE_LIMIT, check_both_sides, settled},
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
async fn play(outside: &Sandbox, customer: Customer, link: Link, mut dice: Dice) -> Asked {
    let mut asked = Asked::nothing(outside, customer, link).await;
    let Asked { customer, link, payments, .. } = &mut asked;
    for _ in 0..TOP_UPS {
        spoil(outside, link, &mut dice).await;
        let (id, amount) = (Uuid::now_v7(), 100 + i64::try_from(dice.below(5_000)).expect("small"));
        let begun = insist("money in", async || customer.top_up(id, link, amount).await).await;
        payments.push((id, 1, begun.expect("begun")));
    }
    let first = settled(&customer.wallet, &payments[0].2.id).await;
    assert!(first.0 != "refused", "there is money enough");
    let out = 1 + first.1 / 2;
    insist("the value's age", async || customer.matured(out, SETTLE_LIMIT.as_secs()).await)
        .await
        .expect("old");
    insist("a signature", async || customer.step_up().await).await.expect("signed");
    spoil(outside, link, &mut dice).await;
    let id = Uuid::now_v7();
    let begun = insist("money out", async || customer.payout(id, link, out).await).await;
    payments.push((id, -1, begun.expect("begun")));
    asked
}

/// The next order at this bank goes wrong.
async fn spoil(outside: &Sandbox, link: &Link, dice: &mut Dice) {
    let vice = VICES[usize::try_from(dice.below(VICES.len() as u64)).expect("small")];
    let seconds = 1 + u32::try_from(dice.below(LATE_S)).expect("small");
    insist("a vice", async || outside.set_vice(&link.bank, vice, 1, seconds).await).await.expect("set");
}
