//! Two nodes on one database: a stop at one of them is in force at the other with its answer.
//!
//! Goal: nothing that begins after the answer gets through at any node, and an order that the bank was not asked for
//! yet is not sent (promises: P1, P7). Method: the bank goes away while a top-up is under way at one node, a person
//! stops by command at the other one, and the bank comes back.

use std::time::{Duration, Instant};

use player::{Customer, Link, Sandbox, Stranger, Trouble, Wallet};
use serde_json::Value;
use testbed::{Postgres, or_skip};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::{Desk, world::World};

const AMOUNT: i64 = 1_000;
const SETTLE_LIMIT: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Somebody with a link, who asks this node and no other; and the method by which the bank checked.
async fn customer_at(world: &World, node: usize) -> Result<(Customer, Link, String), Trouble> {
    let wallet = Wallet::at(&format!("http://localhost:{}", world.nodes[node].port))?;
    let sandbox = Sandbox::at(&world.outside.url())?;
    let person = sandbox.new_person(&Stranger::new(0)?).await?;
    let origin = format!("http://localhost:{}", world.door.port);
    let customer = Customer::sign_up(&wallet, &sandbox, person, &origin).await?;
    customer.prove_identity().await?;
    let banks = wallet.get("/v1/banks").await?;
    let ways = banks["banks"].as_array().into_iter().flatten().filter_map(|bank| {
        let mut methods = bank["methods"].as_array().into_iter().flatten();
        methods.find(|method| method["linkable"] == true).map(|method| (bank, method))
    });
    let (bank, method) = ways.into_iter().next().expect("a bank that can be linked");
    let method = method["method"].as_str().expect("a method").to_owned();
    let link = customer.link(bank["code"].as_str().expect("a code"), &method).await?;
    Ok((customer, link, method))
}

/// The code of a refusal.
fn code<T: std::fmt::Debug>(answer: Result<T, Trouble>) -> String {
    match answer {
        Err(Trouble::Refused(problem)) => problem.code,
        other => panic!("no refusal: {other:?}"),
    }
}

/// The payment when nothing more will happen to it.
async fn settled(customer: &Customer, id: Uuid) -> Value {
    let end = Instant::now() + SETTLE_LIMIT;
    loop {
        let shown = customer.wallet.get(&format!("/v1/payments/{id}")).await.expect("it is there");
        let payment = shown["payment"].clone();
        if matches!(payment["state"].as_str(), Some("completed" | "refused")) {
            return payment;
        }
        assert!(Instant::now() < end, "not settled: {payment}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Balance, what is held and what is announced.
async fn sums(customer: &Customer) -> [i64; 3] {
    let wallet = customer.wallet.get("/v1/wallet").await.expect("a wallet");
    ["balance", "held", "announced"].map(|sum| wallet[sum].as_i64().expect("whole yen"))
}

async fn balance_at_bank(customer: &Customer, link: &Link, outside: &Sandbox) -> i64 {
    let mut accounts = customer.person.bank_accounts.iter();
    let account = accounts.find(|account| account.bank == link.bank).expect("one");
    outside.balance(account).await.expect("a balance")
}

// promise: P1, P7
#[test]
fn a_stop_at_one_node_is_in_force_at_the_other_and_before_what_is_under_way() {
    let Some(server) = or_skip(Postgres::start()) else { return };
    let runtime = Runtime::new().expect("a runtime");
    let url = server.database("wallet").expect("a database");
    let mut world = World::start(&runtime, "stops-nodes", Some(&url), 2);
    let (customer, link, method) = runtime.block_on(customer_at(&world, 1)).expect("a customer");
    let outside = Sandbox::at(&world.outside.url()).expect("an address");
    let desk = Desk::of(&world.nodes[0]);
    let [akari, minato, sora] = ["akari", "minato", "sora"].map(|name| desk.joins(name));
    let before = runtime.block_on(balance_at_bank(&customer, &link, &outside));

    // Nobody answers at the bank, so the order waits.
    world.outside.kill();
    let waiting = Uuid::now_v7();
    let begun = runtime.block_on(customer.top_up(waiting, &link, AMOUNT)).expect("begun");
    assert_eq!(begun.state, "in_progress");
    assert_eq!(runtime.block_on(sums(&customer)), [0, 0, AMOUNT]);

    let scope = format!("bank:{}", link.bank);
    let stopped =
        desk.json(Some(&akari), &["stop", &scope, "--level", "top_ups", "--reason", "tried by many"]);
    assert_eq!(stopped["setting"], "open");
    let late = runtime.block_on(customer.top_up(Uuid::now_v7(), &link, AMOUNT));
    assert_eq!(code(late), "stopped", "right after the answer, at the other node");
    let consent = runtime.block_on(customer.ask_consent(&link.bank, &method));
    assert_eq!(code(consent), "stopped");

    world.outside.start();
    let payment = runtime.block_on(settled(&customer, waiting));
    assert_eq!((&payment["state"], &payment["reason"]), (&"refused".into(), &"stopped".into()), "{payment}");
    let seen = runtime.block_on(outside.payment(&link.bank, &waiting.to_string())).expect("an answer");
    assert_eq!(seen, None, "the bank has seen the debit");
    assert_eq!(runtime.block_on(balance_at_bank(&customer, &link, &outside)), before);
    assert_eq!(runtime.block_on(sums(&customer)), [0, 0, 0], "the hold is released");

    // Two people at two nodes let it go on, and it does at both.
    let other = Desk::of(&world.nodes[1]);
    other.json(Some(&minato), &["resume", &scope, "--to", "closed", "--reason", "it was us"]);
    desk.json(Some(&sora), &["resume", &scope, "--to", "closed", "--confirm"]);
    let again = Uuid::now_v7();
    runtime.block_on(customer.top_up(again, &link, AMOUNT)).expect("it goes on");
    assert_eq!(runtime.block_on(settled(&customer, again))["state"], "completed");
    assert_eq!(runtime.block_on(balance_at_bank(&customer, &link, &outside)), before - AMOUNT);
    world.end();
}
