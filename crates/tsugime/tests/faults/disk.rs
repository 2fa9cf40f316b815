//! The disk under the book is full, again and again, and there is room again.
//!
//! Goal: an ask that cannot be written is refused with a clear fault and may be sent again (promise: P3), what was
//! acknowledged before stays (promises: P1, P2), balances can be looked at meanwhile, and the wallet goes on by itself
//! when there is room. Method: the book on a small disk of its own, which is filled to its last page under load; every
//! second time the server, or its database, is killed while the disk is full.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use player::{Stranger, Trouble, Wallet};
use serde_json::json;
use testbed::{FullDisk, Postgres, or_skip};

use crate::{
    check_all,
    dice::Dice,
    load::{self, Load, Sender},
    numbers, runtime,
    stage::folder,
    world::World,
};

const MEGABYTE: u64 = 1_000_000;
/// Room for what is written between two times that the disk is full.
const FOR_EACH: u64 = 4 * MEGABYTE;
const SENDERS: usize = 3;
const FULL: u64 = 2;
/// The disk becomes full at most this long after the last time is over, and stays so at most this long.
const RUNS_MS: u64 = 1_000;
const STAYS_MS: u64 = 500;
/// Room already taken in the files is used up first.
const REFUSAL_LIMIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How soon the wallet must answer again, once there is room.
const GOES_ON: Duration = Duration::from_secs(30);
/// On a disk nearly full the last pages are found one by one.
const LEFT: u64 = 20_000;

// promise: P1, P2, P3
#[test]
fn a_full_disk_under_sqlite_refuses_and_loses_nothing() {
    let numbers = numbers(FULL);
    let Some(disk) = or_skip(FullDisk::new(48 * MEGABYTE + numbers.1 * FOR_EACH)) else { return };
    let runtime = runtime();
    let ground = folder("faults-disk");
    let mut world = World::start_in(&runtime, &ground, disk.path(), None, 1);
    fill_again_and_again(&runtime, &mut world, &disk, numbers, |world, dice| {
        world.nodes[0].kill();
        std::thread::sleep(Duration::from_millis(dice.below(STAYS_MS)));
        disk.make_room().expect("there is room again");
        world.nodes[0].start();
    });
    world.end();
}

// promise: P1, P2, P3
#[test]
fn a_full_disk_under_postgresql_refuses_and_loses_nothing() {
    let numbers = numbers(FULL);
    let Some(disk) = or_skip(FullDisk::new(200 * MEGABYTE + numbers.1 * FOR_EACH)) else { return };
    let settings = [("max_wal_size", "32MB"), ("min_wal_size", "32MB")];
    let Some(mut server) = or_skip(Postgres::start_in(disk.path(), &settings)) else { return };
    let runtime = runtime();
    let url = server.database("wallet").expect("a database");
    let ground = folder("faults-disk-pg");
    let mut world = World::start_in(&runtime, &ground, &ground, Some(&url), 1);
    fill_again_and_again(&runtime, &mut world, &disk, numbers, |_world, dice| {
        server.kill().expect("killed");
        std::thread::sleep(Duration::from_millis(dice.below(STAYS_MS)));
        disk.make_room().expect("there is room again");
        server.start_again().expect("runs");
    });
    world.end();
}

/// The disk is full until asks are refused; then there is room again, every second time by `kill`.
fn fill_again_and_again(
    runtime: &tokio::runtime::Runtime,
    world: &mut World,
    disk: &FullDisk,
    (seed, times): (u64, u64),
    mut kill: impl FnMut(&mut World, &mut Dice),
) {
    let mut dice = Dice::new(seed);
    let senders = runtime.block_on(Sender::several(SENDERS, world.door.port, world.outside.port));
    let before = runtime.block_on(load::balances(&senders));
    let load = Load::start(runtime, &senders, seed);
    for number in 0..times {
        std::thread::sleep(Duration::from_millis(dice.below(RUNS_MS)));
        let full = Instant::now();
        disk.fill_but(dice.below(LEFT)).expect("filled");
        runtime.block_on(until_refused(world.door.port, disk.path()));
        println!("an ask was refused {:.1} s after the disk was full", full.elapsed().as_secs_f64());
        // Who only looks is answered.
        runtime.block_on(load::balances(&senders));
        let already = load.acknowledged();
        if number % 2 == 1 {
            kill(world, &mut dice);
        } else {
            std::thread::sleep(Duration::from_millis(dice.below(STAYS_MS)));
            disk.make_room().expect("there is room again");
        }
        let room = Instant::now();
        assert!(load.goes_on(already, GOES_ON), "the wallet does not go on");
        println!("the wallet goes on {:.1} s after there was room", room.elapsed().as_secs_f64());
        world.prove("the proof after the disk was full");
    }
    let sent = runtime.block_on(load.finish());
    println!(
        "{times} times full: {} transfers acknowledged, {} asks sent again",
        sent.acknowledged.len(),
        sent.again
    );
    assert!(sent.acknowledged.len() as u64 > times && sent.again > 0, "there was no load, or no fault");
    check_all(runtime, &senders, sent, &before);
    world.prove("the proof beside a running server");
}

/// Strangers ask until one is refused because nothing can be written: in the wallet's words, with no word of ours.
async fn until_refused(port: u16, disk: &Path) {
    let wallet = Wallet::at(&format!("http://localhost:{port}")).expect("an address");
    let end = Instant::now() + REFUSAL_LIMIT;
    for place in 0.. {
        let stranger = Stranger::new(place).expect("a stranger");
        let body = json!({ "email": stranger.mail, "phone": stranger.phone, "locale": "ja" });
        match wallet.post("/v1/sign-ups", &body).await {
            Err(Trouble::Refused(problem)) if problem.status >= 500 => {
                let said = (problem.status, problem.code.as_str(), problem.retry_after_s.is_some());
                assert_eq!(said, (503, "unavailable", true), "{problem}");
                let folder = disk.to_string_lossy();
                assert!(!problem.says.contains(&*folder) && !problem.says.contains("database"), "{problem}");
                return;
            }
            Ok(_) | Err(Trouble::Refused(_)) => {}
            Err(trouble) => panic!("no answer on a full disk: {trouble}"),
        }
        assert!(Instant::now() < end, "nothing is refused although the disk is full");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
