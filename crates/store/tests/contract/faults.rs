//! PostgreSQL under load is killed, started again and its connections are cut, also while they commit: each batch that
//! was acknowledged is there exactly once, and a batch that was not is there once after it was asked again.

use crate::{
    ask::{merchant, put},
    bed::{keys, violation},
    dice::Dice,
    draw,
    proxy::{Cut, Proxy},
};
use engine::Row;
use ledger::{Applied, Item, Posting};
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};
use store::{Fault, Place, PostgresUrl, Shelf, Store, Writer, look};
use terms::Time;
use uuid::Uuid;

const NUMBER: u64 = 4_711;
/// A batch is asked again so often at most.
const ASKED_MAX: u32 = 20;

fn place(url: &str) -> Place {
    Place::Postgres(url.parse::<PostgresUrl>().expect("a URL"))
}

fn begin(url: &str) -> Store {
    let (store, mut writer) = Store::open_at(place(url), keys()).expect("opens");
    let begun = writer.commit(|shelf| {
        let opened = [0, 2].map(|number| Item::alone(draw::open(number)));
        shelf.apply_all(&opened, Time::from_millis(1))?;
        put(shelf, vec![Row::Merchant(merchant(NUMBER, 1, NUMBER, "0"))])
    });
    begun.expect("begun");
    store
}

/// One batch: a transfer, and where it is new an increment of the number in a row.
fn batch(shelf: &mut Shelf<'_>, id: Uuid) -> Result<Applied, Fault> {
    let posting = Posting::Transfer(draw::transfer(id, 0, 2, 1, 2));
    let outcomes = shelf.apply_all(&[Item::alone(posting)], Time::from_millis(2))?;
    let applied = outcomes[0].expect("nothing is refused");
    if applied == Applied::Now {
        let count = counted(shelf)? + 1;
        put(shelf, vec![Row::Merchant(merchant(NUMBER, 1, NUMBER, &count.to_string()))])?;
    }
    Ok(applied)
}

fn counted(shelf: &mut Shelf<'_>) -> Result<u64, Fault> {
    let found = look::merchant_by_number(shelf, &format!("{NUMBER:013}"))?.expect("it is there");
    Ok(found.name.parse().expect("a number"))
}

/// Asks under one id until it is acknowledged.
fn ask(writer: &mut Writer, id: Uuid) -> Applied {
    for _ in 0..ASKED_MAX {
        match writer.commit(|shelf| batch(shelf, id)) {
            Ok(applied) => return applied,
            Err(Fault::Lost(_) | Fault::Unknown(_) | Fault::Race(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    panic!("asked {ASKED_MAX} times in vain");
}

/// Every id once, nothing else, and the row has counted them all.
fn check(url: &str, store: &Store, ids: u64) {
    assert_eq!(violation(store), None);
    let mut raw = crate::raw::Raw::postgres(url);
    let ids = i64::try_from(ids).expect("few");
    assert_eq!(raw.number("SELECT COUNT(*) FROM transfers"), ids);
    assert_eq!(raw.number("SELECT COUNT(DISTINCT id) FROM transfers"), ids);
    assert_eq!(raw.number("SELECT COUNT(*) FROM commits"), ids + 1);
    assert_eq!(store.read(counted).expect("read"), u64::try_from(ids).expect("few"));
}

// promise: P2
// promise: P3
#[test]
fn killed_under_load_it_has_what_it_acknowledged() {
    let Some(mut server) = testbed::or_skip(testbed::Postgres::start()) else { return };
    let mut dice = Dice::new("killed");
    let url = server.database("killed").expect("made");
    let store = begin(&url);
    let (over, next) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let (_, mut writer) = Store::open_at(place(&url), keys()).expect("opens");
                while !over.load(Ordering::SeqCst) {
                    let id = Uuid::from_u128(u128::from(next.fetch_add(1, Ordering::SeqCst)) + 1);
                    ask(&mut writer, id);
                }
            });
        }
        // Also when an assertion fails here, or the writers would go on for ever.
        let _ends = Ends(&over);
        for round in 0..6 {
            thread::sleep(Duration::from_millis(200 + dice.below(300)));
            // Readers that wait with an open connection when the server goes.
            store.read(counted).expect("read");
            match round % 3 {
                0 => {
                    server.kill().expect("killed");
                    server.start_again().expect("started");
                }
                1 => server.restart().expect("restarted"),
                _ => cut_connections(&url, &mut dice),
            }
            store.read(counted).expect("a reader whose server was away finds it again");
        }
    });
    let ids = next.load(Ordering::SeqCst);
    println!("{ids} batches");
    check(&url, &store, ids);
}

/// Ends the writers when it is dropped.
struct Ends<'o>(&'o AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Ends the writers' connections from the server's side, again and again.
fn cut_connections(url: &str, dice: &mut Dice) {
    let mut client = postgres::Client::connect(url, postgres::NoTls).expect("connects");
    for _ in 0..12 {
        thread::sleep(Duration::from_millis(dice.below(40)));
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
        client.query(sql, &[]).expect("they are ended");
    }
}

// promise: P3
#[test]
fn a_line_that_breaks_while_a_commit_is_under_way_changes_nothing() {
    let Some(server) = testbed::or_skip(testbed::Postgres::start()) else { return };
    let url = server.database("cut").expect("made");
    let store = begin(&url);
    let proxy = Proxy::to(server.port());
    let through = url.replace(&format!(":{}", server.port()), &format!(":{}", proxy.port()));
    let (_, mut writer) = Store::open_at(place(&through), keys()).expect("opens through the line");
    let mut ids = 0;
    for (round, cut) in
        [Cut::Never, Cut::After, Cut::Before, Cut::After, Cut::After, Cut::Before].iter().enumerate()
    {
        proxy.cut_next(*cut);
        ids += 1;
        let id = Uuid::from_u128(u128::from(ids));
        let mut ran = 0;
        let done = writer.commit(|shelf| {
            ran += 1;
            batch(shelf, id)
        });
        assert_eq!(done.expect("settled"), Applied::Now, "round {round}");
        let wanted = if matches!(cut, Cut::Before) { 2 } else { 1 };
        assert_eq!(
            ran, wanted,
            "round {round}: a batch that was committed is not run again, one that was not is"
        );
        assert_eq!(ask(&mut writer, id), Applied::Before);
        // Another node in between, so that what the writer remembers is not true any more.
        if round % 2 == 0 {
            let (_, mut other) = Store::open_at(place(&url), keys()).expect("opens");
            ids += 1;
            assert_eq!(ask(&mut other, Uuid::from_u128(u128::from(ids))), Applied::Now);
        }
    }
    check(&url, &store, ids);
}
