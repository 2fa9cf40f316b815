//! Everything around the wallet breaks, and nobody loses a yen.
//!
//! Goal: whatever was acknowledged is there once (promise: P2), an ask that got no answer may be sent again under its
//! id (promise: P3), and the book is right after every fault (promise: P1). Method: real processes, customers with
//! real passkeys who send money without end, one kind of fault per file; at the end everything is looked up, counted
//! and proved. docs/faults.md says what each file does.
//!
//! `TSUGIME_FAULTS=1000` is the long version; `TSUGIME_SEED` plays the same instants again.

mod banks;
mod clock;
mod cluster;
#[path = "../dice/mod.rs"]
mod dice;
mod disk;
mod door;
mod kills;
#[path = "../load/mod.rs"]
mod load;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../node/mod.rs"]
mod node;
mod nodes;
mod postgres;
mod sides;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../stage/mod.rs"]
mod stage;
mod world;

use std::{sync::Arc, time::SystemTime};

use load::{Sender, Sent};
use tokio::runtime::Runtime;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// The seed, and how many faults there shall be: `few` when nobody asks for more. Both are printed.
fn numbers(few: u64) -> (u64, u64) {
    let now = SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seed = from_environment("TSUGIME_SEED").unwrap_or(now.subsec_nanos().into());
    let faults = from_environment("TSUGIME_FAULTS").unwrap_or(few);
    println!("TSUGIME_SEED={seed} TSUGIME_FAULTS={faults}");
    (seed, faults)
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
