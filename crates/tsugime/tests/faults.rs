//! The server is killed again and again under load, and nobody loses a yen.
//!
//! Goal: whatever was acknowledged is there once (promise: P2), an ask that got no answer may be sent again under its
//! id (promise: P3), and the book is right after every kill (promise: P1). Method: customers with real passkeys send
//! one another money over HTTP under ids of their own; kill -9 at random instants, also while it starts; unanswered
//! asks are sent again until they are answered; at the end everything is looked up and counted.
//!
//! `TSUGIME_FAULTS=1000` is the long version; `TSUGIME_SEED` plays the same instants again.

mod dice;
mod load;
mod stage;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use dice::Dice;
use load::{Load, Sender, Sent};
use stage::{Demo, folder, free_port, must_succeed, prove};
use tokio::runtime::Runtime;

const SENDERS: usize = 3;
const KILLS: u64 = 20;
/// A kill comes at most this long after the server answers, or after its start, in milliseconds.
const RUNS_MS: u64 = 1_200;
const STARTS_MS: u64 = 300;
/// Far more than the books of a few seconds take.
const DISK_BYTES: u64 = 100_000_000;
/// One kill of so many comes while the server starts.
const IN_START: u64 = 5;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Waits for a random instant of the server's life and kills it there.
fn live_and_die(mut demo: Option<Demo>, begin: impl Fn() -> Demo, start: impl Fn() -> Demo, dice: &mut Dice) {
    if dice.below(IN_START) == 0 && demo.is_none() {
        let starting = begin();
        std::thread::sleep(Duration::from_millis(dice.below(STARTS_MS)));
        starting.kill();
        return;
    }
    let running = demo.take().unwrap_or_else(start);
    std::thread::sleep(Duration::from_millis(dice.below(RUNS_MS)));
    running.kill();
}

// promise: P1, P2, P3
#[test]
fn kills_at_random_instants_lose_nothing_and_double_nothing() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seed = from_environment("TSUGIME_SEED", now.subsec_nanos().into());
    let kills = from_environment("TSUGIME_FAULTS", KILLS);
    println!("TSUGIME_SEED={seed} TSUGIME_FAULTS={kills}");
    let mut dice = Dice::new(seed);

    let data = folder("faults");
    let (wallet, sandbox) = (free_port(), free_port());
    let begin = || Demo::begin(&data, wallet, sandbox);
    let start = || Demo::start(&data, wallet, sandbox);
    let runtime = runtime();

    let mut demo = Some(start());
    let began = Instant::now();
    let senders = runtime.block_on(Sender::several(SENDERS, wallet, sandbox));
    println!("{SENDERS} customers can send after {:.1} s", began.elapsed().as_secs_f64());
    let before = runtime.block_on(load::balances(&senders));

    let load = {
        let _inside = runtime.enter();
        Load::start(&senders, seed)
    };
    for _ in 0..kills {
        live_and_die(demo.take(), begin, start, &mut dice);
        must_succeed("the proof after kill -9", &prove(&data));
    }
    let demo = start();
    let sent = runtime.block_on(load.finish());
    println!(
        "{kills} kills in {:.1} s: {} transfers acknowledged, {} refused, {} asks sent again",
        began.elapsed().as_secs_f64(),
        sent.acknowledged.len(),
        sent.refused,
        sent.again
    );
    assert!(sent.acknowledged.len() as u64 > kills, "there was no load");

    check_all(&runtime, &senders, sent, &before);
    must_succeed("the proof beside a running server", &prove(&demo.data));
    demo.kill();
    must_succeed("the proof after the last kill", &prove(&data));
    std::fs::remove_dir_all(&data).expect("removed");
}

/// What was acknowledged is there once, and the balances follow from it.
fn check_all(runtime: &Runtime, senders: &[Arc<Sender>], sent: Sent, before: &[i64]) {
    let sent = Arc::new(sent);
    runtime.block_on(load::check_each_is_there_once(senders, &sent));
    runtime.block_on(load::check_sending_again_changes_nothing(senders, &sent));
    let after = runtime.block_on(load::balances(senders));
    assert_eq!(after, sent.balances_from(before), "balances follow from what was acknowledged");
    assert_eq!(after.iter().sum::<i64>(), before.iter().sum::<i64>());
}

fn runtime() -> Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime")
}

// promise: P1, P2, P3
#[test]
fn a_full_disk_stops_the_money_and_loses_none_of_it() {
    let Some(disk) = testbed::or_skip(testbed::FullDisk::new(DISK_BYTES)) else { return };
    let data = disk.path().join("wallet");
    let demo = Demo::start(&data, free_port(), free_port());
    let runtime = runtime();
    let senders = runtime.block_on(Sender::several(SENDERS, demo.wallet, demo.sandbox));
    let before = runtime.block_on(load::balances(&senders));
    let load = {
        let _inside = runtime.enter();
        Load::start(&senders, 1)
    };
    for _ in 0..2 {
        std::thread::sleep(Duration::from_secs(1));
        disk.fill().expect("filled");
        std::thread::sleep(Duration::from_secs(3));
        disk.make_room().expect("room again");
    }
    let sent = runtime.block_on(load.finish());
    println!("{} transfers acknowledged, {} asks sent again", sent.acknowledged.len(), sent.again);
    assert!(sent.again > 0, "the disk was never full");
    check_all(&runtime, &senders, sent, &before);
    must_succeed("the proof after a full disk", &prove(&data));
    demo.kill();
    must_succeed("the proof after the kill", &prove(&data));
}
