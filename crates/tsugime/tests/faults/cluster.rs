//! The database's primary dies with its whole machine, another takes over, and the dead one comes back.
//!
//! Goal: whatever was acknowledged is on two machines, so nothing of it is missing after the fail-over (promises: P1,
//! P2), an ask that got no answer may be sent again under its id (promise: P3), and the wallet finds the new primary
//! by itself. Method: three PostgreSQL servers under Patroni and etcd with synchronous replication; kill -9 of the
//! leader's server and Patroni at a random instant under load; the killed one joins again as a follower.

use std::time::{Duration, Instant};

use testbed::{Cluster, or_skip};

use crate::{
    check_all,
    dice::Dice,
    load::{self, Load, Sender},
    numbers, runtime,
    world::World,
};

const SENDERS: usize = 3;
const FAIL_OVERS: u64 = 1;
/// The leader dies at most this long after the last one is back.
const RUNS_MS: u64 = 1_500;
/// How soon the wallet must answer again, once another server leads.
const GOES_ON: Duration = Duration::from_secs(30);

// promise: P1, P2, P3
#[test]
fn a_primary_that_dies_takes_no_acknowledged_transfer_with_it() {
    let began = Instant::now();
    let Some(mut cluster) = or_skip(Cluster::start()) else { return };
    let (seed, fail_overs) = numbers(FAIL_OVERS);
    let mut dice = Dice::new(seed);
    let runtime = runtime();
    let url = cluster.database("wallet").expect("a database");
    let world = World::start(&runtime, "faults-cluster", Some(&url), 1);
    let senders = runtime.block_on(Sender::several(SENDERS, world.door.port, world.outside.port));
    println!("{SENDERS} customers can send after {:.1} s", began.elapsed().as_secs_f64());
    let before = runtime.block_on(load::balances(&senders));
    let load = Load::start(&runtime, &senders, seed);
    for _ in 0..fail_overs {
        std::thread::sleep(Duration::from_millis(dice.below(RUNS_MS)));
        let already = load.acknowledged();
        let dead = cluster.kill_leader().expect("killed");
        let gap = Instant::now();
        let leader = cluster.wait_for_other_leader(dead).expect("a fail-over");
        println!("{dead} killed, {leader} leads after {:.1} s", gap.elapsed().as_secs_f64());
        assert!(load.goes_on(already, GOES_ON), "the wallet does not find {leader}");
        println!("the wallet answers after {:.1} s", gap.elapsed().as_secs_f64());
        cluster.rejoin(dead).expect("back again");
        println!("{dead} is back after {:.1} s", gap.elapsed().as_secs_f64());
        world.prove("the proof after the fail-over and the return");
    }
    std::thread::sleep(Duration::from_millis(RUNS_MS));
    let sent = runtime.block_on(load.finish());
    println!(
        "{fail_overs} fail-overs in {:.1} s: {} transfers acknowledged, {} asks sent again",
        began.elapsed().as_secs_f64(),
        sent.acknowledged.len(),
        sent.again
    );
    assert!(sent.acknowledged.len() as u64 > fail_overs && sent.again > 0, "there was no load, or no fault");
    check_all(&runtime, &senders, sent, &before);
    world.prove("the proof beside a running server");
    world.end();
}
