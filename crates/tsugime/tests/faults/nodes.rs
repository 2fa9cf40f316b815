//! Two nodes work on one database, and one of them dies with errands in its hands.
//!
//! Goal: nothing is lost or doubled (promises: P1, P2, P3), and what the dead node took is done by the other one,
//! once: no code comes twice, no debit is made twice. Method: the world outside stops answering, so that errands are
//! under way on both nodes when one of them is killed; then it goes on.

use std::{collections::BTreeSet, time::Duration};

use player::{Sandbox, Stranger, Wallet};
use serde_json::json;
use testbed::{Postgres, or_skip};

use crate::{
    check_all,
    dice::Dice,
    load::{self, Load, Sender},
    numbers, runtime,
    world::World,
};

const SENDERS: usize = 3;
const DEATHS: u64 = 2;
/// Sign-ups whose codes are under way at a death.
const NEWCOMERS: usize = 6;
/// Both nodes have looked for errands by then.
const TAKEN_MS: u64 = 800;
const RUNS_MS: u64 = 700;
/// Far more than the span for which a node takes errands.
const CODE_LIMIT_S: u64 = 30;
/// After so long nobody sends a code again.
const QUIET: Duration = Duration::from_secs(2);

// promise: P1, P2, P3
#[test]
fn a_node_that_dies_leaves_its_errands_to_the_other() {
    let Some(server) = or_skip(Postgres::start()) else { return };
    let (seed, deaths) = numbers(DEATHS);
    let mut dice = Dice::new(seed);
    let runtime = runtime();
    let url = server.database("wallet").expect("a database");
    let mut world = World::start(&runtime, "faults-nodes", Some(&url), 2);
    let senders = runtime.block_on(Sender::several(SENDERS, world.door.port, world.outside.port));
    let before = runtime.block_on(load::balances(&senders));
    let load = Load::start(&runtime, &senders, seed);
    let mut joined = Vec::new();
    for number in 0..deaths {
        std::thread::sleep(Duration::from_millis(dice.below(RUNS_MS)));
        world.outside.signal("STOP");
        let begun = runtime.block_on(begin(&world));
        std::thread::sleep(Duration::from_millis(TAKEN_MS));
        let dead = usize::try_from(number % 2).expect("small");
        world.nodes[dead].kill();
        if number % 2 == 0 {
            // What the dead node has sent is lost.
            world.outside.kill();
            world.outside.start();
        } else {
            // It is read yet, and sent again by the other node.
            world.outside.signal("CONT");
        }
        runtime.block_on(enter_codes(&world, &begun));
        joined.extend(begun);
        world.nodes[dead].start();
        world.prove("the proof beside both nodes");
    }
    let sent = runtime.block_on(load.finish());
    println!(
        "{deaths} deaths: {} transfers acknowledged, {} asks sent again, {} newcomers joined",
        sent.acknowledged.len(),
        sent.again,
        joined.len()
    );
    assert!(sent.acknowledged.len() as u64 > deaths && sent.again > 0, "there was no load, or no fault");
    check_all(&runtime, &senders, sent, &before);
    runtime.block_on(check_codes_came_once(&world, &joined));
    world.end();
}

/// Somebody who signs up.
struct Newcomer {
    stranger: Stranger,
    sign_up: String,
}

/// Sign-ups by several connections, so that both nodes have some.
async fn begin(world: &World) -> Vec<Newcomer> {
    let mut begun = Vec::new();
    for place in 0..NEWCOMERS {
        let stranger = Stranger::new(place).expect("a stranger");
        let body = json!({ "email": stranger.mail, "phone": stranger.phone, "locale": "ja" });
        let answer = wallet(world).post("/v1/sign-ups", &body).await.expect("begun");
        begun.push(Newcomer { stranger, sign_up: answer["sign_up"].as_str().expect("an id").to_owned() });
    }
    begun
}

fn wallet(world: &World) -> Wallet {
    Wallet::at(&format!("http://localhost:{}", world.door.port)).expect("an address")
}

/// Both codes come to everybody, and are the right ones.
async fn enter_codes(world: &World, begun: &[Newcomer]) {
    let sandbox = Sandbox::at(&world.outside.url()).expect("an address");
    for Newcomer { stranger, sign_up } in begun {
        let none = BTreeSet::new();
        let phone = sandbox.await_on_phone(&stranger.phone, &none, CODE_LIMIT_S, |sms| code_in(&sms.text));
        let phone = phone.await.expect("a code by SMS");
        let mail = sandbox.await_in_mailbox(&stranger.mail, &none, CODE_LIMIT_S, |mail| code_in(&mail.text));
        let body = json!({ "phone_code": phone, "email_code": mail.await.expect("a code by mail") });
        wallet(world).post(&format!("/v1/sign-ups/{sign_up}/codes"), &body).await.expect("the right codes");
    }
}

fn code_in(text: &str) -> Option<String> {
    text.split(|letter: char| !letter.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}

async fn check_codes_came_once(world: &World, joined: &[Newcomer]) {
    tokio::time::sleep(QUIET).await;
    let sandbox = Sandbox::at(&world.outside.url()).expect("an address");
    for Newcomer { stranger, .. } in joined {
        let (phone, mail) = (sandbox.phone(&stranger.phone).await, sandbox.mailbox(&stranger.mail).await);
        assert_eq!((phone.expect("read").len(), mail.expect("read").len()), (1, 1), "{stranger:?}");
    }
}
