//! The server is killed again and again under load, and nobody loses a yen.
//!
//! Goal: whatever was acknowledged is there once (promise: P2), an ask that got no answer may be sent again under its
//! id (promise: P3), and the book is right after every kill (promise: P1). Method: customers with real passkeys send
//! one another money over HTTP under ids of their own; kill -9 at random instants, also while it starts; unanswered
//! asks are sent again until they are answered; at the end everything is looked up and counted.

use std::time::{Duration, Instant};

use crate::{
    check_all,
    dice::Dice,
    load::{Load, Sender},
    numbers, runtime,
    stage::{Demo, folder, free_port, must_succeed, prove},
};

const SENDERS: usize = 3;
const KILLS: u64 = 20;
/// A kill comes at most this long after the server answers, or after its start, in milliseconds.
const RUNS_MS: u64 = 1_200;
const STARTS_MS: u64 = 300;
/// One kill of so many comes while the server starts.
const IN_START: u64 = 5;

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
    let (seed, kills) = numbers(KILLS);
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
    let before = runtime.block_on(crate::load::balances(&senders));

    let load = Load::start(&runtime, &senders, seed);
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
