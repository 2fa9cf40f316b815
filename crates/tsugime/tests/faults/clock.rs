//! The wall clock of the wallet jumps a day forward and an hour back under load, and is set right again.
//!
//! Goal: no jump loses or doubles money (promises: P1, P2, P3) or makes wallet and bank differ (promise: P8); ids stay
//! unique; sessions live on; a code that ran out stays so when the clock goes back; and after each jump customers still
//! pay one another, join, and move money in and out. Method: only the wallet's process sees another time
//! (`libfaketime`), banks and carriers see the right one; its monotonic clock goes on, as it does when somebody sets
//! the time. Once the server is killed, and starts with a clock far behind its book.

use std::{collections::BTreeSet, time::Duration};

use player::{Problem, Sandbox, SignUp, Stranger, Wallet};
use testbed::{FakeClock, or_skip};
use uuid::Uuid;

use crate::{
    check_all,
    dice::Dice,
    load::{self, Load, Sender, insist, newcomer},
    numbers, runtime,
    sides::{Asked, check_both_sides, settled},
    stage::folder,
    world::World,
};

const SENDERS: usize = 3;
/// Customers who move money in and out between the jumps.
const CUSTOMERS: usize = 2;
const JUMPS: u64 = 4;
/// Where the clock goes, one after the other: seconds off the right time.
const OFF_BY_S: [i64; 4] = [86_400, 0, -3_600, 0];
/// The next jump comes at most this long after everything went on.
const RUNS_MS: u64 = 500;
const GOES_ON: Duration = Duration::from_secs(30);
/// Before each jump of so many somebody asks for money: no account is debited a fourth time within two minutes.
const MOVES_ONE_OF: u64 = 2;
/// With this jump the server is killed and starts again.
const KILLED_AT: u64 = 2;
const PIECE: i64 = 1_000;

// promise: P1, P2, P3, P8
#[test]
fn a_clock_that_jumps_loses_nothing_and_opens_nothing_again() {
    let (seed, jumps) = numbers(JUMPS);
    for round in 0..jumps.div_ceil(JUMPS) {
        let Some(clock) = or_skip(FakeClock::new()) else { return };
        play(&clock, seed.wrapping_add(round), jumps.min(JUMPS));
    }
}

/// A new world whose clock jumps; the book stays a day ahead, so the next one needs another.
fn play(clock: &FakeClock, seed: u64, jumps: u64) {
    let mut dice = Dice::new(seed);
    let runtime = runtime();
    let ground = folder("faults-clock");
    let mut world = World::prepare(&runtime, &ground, &ground, None, 1);
    world.nodes[0].environment = clock.environment();
    world.run();
    let first = world.nodes[0].pid();
    let senders = runtime.block_on(Sender::several(SENDERS, world.door.port, world.outside.port));
    let before = runtime.block_on(load::balances(&senders));
    let outside = Sandbox::at(&world.outside.url()).expect("an address");
    let mut people = runtime.block_on(people(&world, &outside));
    let load = Load::start(&runtime, &senders, seed);
    let mut ran_out = Vec::new();
    for (number, off_by_s) in (0..jumps).zip(OFF_BY_S) {
        std::thread::sleep(Duration::from_millis(dice.below(RUNS_MS)));
        let begun = runtime.block_on(begin(&world, &outside));
        let codes = runtime.block_on(begun.read_codes()).expect("the codes");
        if number % MOVES_ONE_OF == 0 {
            people.iter_mut().for_each(|asked| runtime.block_on(move_money(asked, true)));
        }
        clock.move_to(off_by_s).expect("moved");
        let already = load.acknowledged();
        if number == KILLED_AT {
            world.nodes[0].kill();
            world.nodes[0].start();
        }
        assert!(load.goes_on(already, GOES_ON), "nobody can pay with a clock off by {off_by_s} s");
        let entered = runtime.block_on(enter(&begun, &codes));
        assert_eq!(entered.is_err(), off_by_s > 0, "codes with a clock off by {off_by_s} s: {entered:?}");
        ran_out.extend(entered.is_err().then_some((begun, codes)));
        for (begun, codes) in &ran_out {
            runtime.block_on(enter(begun, codes)).expect_err("what ran out stays so");
        }
        println!("off by {off_by_s} s: {} transfers acknowledged", load.acknowledged());
        world.prove("the proof after a jump");
    }
    clock.move_to(0).expect("moved");
    let sent = runtime.block_on(load.finish());
    assert_eq!(sent.refused, 0, "the sessions live on, and nobody was refused");
    let payments: BTreeSet<&str> = sent.payments().collect();
    assert_eq!(payments.len(), sent.acknowledged.len(), "each payment has an id of its own");
    check_all(&runtime, &senders, sent, &before);
    people.push(runtime.block_on(join(&world, &outside, CUSTOMERS)));
    people.iter_mut().for_each(|asked| runtime.block_on(end_well(asked)));
    let states = runtime.block_on(check_both_sides(&world, &outside, people));
    println!("{jumps} jumps: {states:?}");
    let pids = [first, world.nodes[0].pid()];
    world.end();
    pids.into_iter().for_each(FakeClock::clear_after);
}

async fn people(world: &World, outside: &Sandbox) -> Vec<Asked> {
    let mut people = Vec::new();
    for place in 0..CUSTOMERS {
        people.push(join(world, outside, place).await);
    }
    people
}

/// Somebody new, from the sign-up to a linked bank.
async fn join(world: &World, outside: &Sandbox, place: usize) -> Asked {
    let joined = newcomer(place, place, world.door.port, world.outside.port).await;
    let (customer, link) = joined.expect("a customer");
    Asked::nothing(outside, customer, link).await
}

/// Asks the bank for money in, or for money out; whether and when it comes is seen later.
async fn move_money(asked: &mut Asked, is_in: bool) {
    let Asked { customer, link, payments, .. } = asked;
    let id = Uuid::now_v7();
    let begun = match is_in {
        true => insist("money in", async || customer.top_up(id, link, PIECE).await).await,
        false => insist("money out", async || customer.payout(id, link, PIECE).await).await,
    };
    payments.push((id, if is_in { 1 } else { -1 }, begun.expect("begun")));
}

/// With the right time everything that is open settles, and money goes in and out as ever.
async fn end_well(asked: &mut Asked) {
    move_money(asked, true).await;
    for (_, _, payment) in &asked.payments {
        let (state, _) = settled(&asked.customer.wallet, &payment.id).await;
        assert_eq!(state, "completed", "money in, asked for with whatever time");
    }
    let Asked { customer, .. } = asked;
    insist("the value's age", async || customer.matured(PIECE, 60).await).await.expect("old");
    insist("a signature", async || customer.step_up().await).await.expect("signed");
    move_money(asked, false).await;
    let (state, _) = settled(&asked.customer.wallet, &asked.payments.last().expect("one").2.id).await;
    assert_eq!(state, "completed", "money out with the right time");
}

/// A sign-up whose codes are not entered yet.
async fn begin(world: &World, outside: &Sandbox) -> SignUp {
    let wallet = Wallet::at(&format!("http://localhost:{}", world.door.port)).expect("an address");
    let person = outside.new_person(&Stranger::new(0).expect("a stranger")).await.expect("somebody");
    insist("a sign-up", async || SignUp::begin(&wallet, outside, person.clone()).await).await.expect("begun")
}

/// The answer to the two codes.
async fn enter(begun: &SignUp, (phone, mail): &(String, String)) -> Result<(), Problem> {
    insist("codes", async || begun.enter_codes(phone, mail).await).await
}
