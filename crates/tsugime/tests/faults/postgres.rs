//! The database server is restarted and killed under load, and the wallet's server goes on by itself.
//!
//! Each commit lingers on its way to the disk, so most kills come in the middle of one.

use std::time::{Duration, Instant};

use testbed::{Postgres, or_skip};

use crate::{
    check_all,
    dice::Dice,
    load::{self, Load, Sender},
    numbers, runtime,
    world::World,
};

const SENDERS: usize = 3;
const FAULTS: u64 = 4;
/// A fault comes at most this long after the last one is over, and the database is away at most this long.
const RUNS_MS: u64 = 1_500;
const AWAY_MS: u64 = 400;
/// One fault of so many lasts longer than the wallet waits for its database.
const LONG_ONE_OF: u64 = 4;
const LONG_AWAY_MS: u64 = 7_000;
/// A commit lingers so long before it is flushed, in microseconds, whether or not others are under way.
const LINGERS: [(&str, &str); 2] = [("commit_delay", "20000"), ("commit_siblings", "0")];

// promise: P1, P2, P3
#[test]
fn a_database_restarted_and_killed_in_its_commits_loses_nothing() {
    let Some(mut server) = or_skip(Postgres::start_in(&std::env::temp_dir(), &LINGERS)) else { return };
    let (seed, faults) = numbers(FAULTS);
    let mut dice = Dice::new(seed);
    let runtime = runtime();
    let url = server.database("wallet").expect("a database");
    let world = World::start(&runtime, "faults-postgres", Some(&url), 1);
    let began = Instant::now();
    let senders = runtime.block_on(Sender::several(SENDERS, world.door.port, world.outside.port));
    println!("{SENDERS} customers can send after {:.1} s", began.elapsed().as_secs_f64());
    let before = runtime.block_on(load::balances(&senders));
    let load = Load::start(&runtime, &senders, seed);
    let (mut stopped, mut killed) = (0, 0);
    for number in 1..=faults {
        std::thread::sleep(Duration::from_millis(dice.below(RUNS_MS)));
        if dice.below(3) == 0 {
            server.stop_fast().expect("stopped");
            stopped += 1;
        } else {
            server.kill().expect("killed");
            killed += 1;
        }
        let is_long = number % LONG_ONE_OF == 0;
        let away_ms = if is_long { LONG_AWAY_MS } else { dice.below(AWAY_MS) };
        std::thread::sleep(Duration::from_millis(away_ms));
        server.start_again().expect("there again");
        world.prove("the proof after the database came back");
    }
    std::thread::sleep(Duration::from_millis(RUNS_MS));
    let sent = runtime.block_on(load.finish());
    println!(
        "{stopped} stops and {killed} kills in {:.1} s: {} transfers acknowledged, {} asks sent again",
        began.elapsed().as_secs_f64(),
        sent.acknowledged.len(),
        sent.again
    );
    assert!(sent.acknowledged.len() as u64 > faults, "there was no load");
    check_all(&runtime, &senders, sent, &before);
    world.prove("the proof beside a running server");
    world.end();
}
