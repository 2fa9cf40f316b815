//! Three writers at once on the same accounts and the same row: nothing is lost or doubled, no number is left out, the
//! chain is whole, and nobody works with what another has changed since.

use crate::{
    ask::{merchant, put},
    bed::{Bed, violation},
    dice::Dice,
    draw,
};
use engine::Row;
use ledger::{Applied, Item, Posting, Refusal};
use std::collections::BTreeMap;
use store::{Fault, Shelf, Writer, look};
use terms::Time;
use uuid::Uuid;

const WRITERS: u64 = 3;
const BATCHES: u64 = 40;
const ACCOUNTS: u64 = 6;
const NUMBER: u64 = 4_711;

// promise: P1
pub(crate) fn check(bed: &Bed) {
    let mut dice = Dice::new("writers");
    let (store, mut first) = bed.open();
    begin(&mut first);
    let seeds: Vec<u64> = (0..WRITERS).map(|_| dice.next()).collect();
    let done: Vec<BTreeMap<Uuid, Applied>> = std::thread::scope(|scope| {
        let writers: Vec<_> =
            seeds.iter().map(|seed| scope.spawn(|| write(bed.open().1, Dice::of(*seed)))).collect();
        writers.into_iter().map(|writer| writer.join().expect("a writer")).collect()
    });
    assert_eq!(violation(&store), None);
    let mut now: BTreeMap<Uuid, u32> = BTreeMap::new();
    for (id, applied) in done.iter().flatten() {
        *now.entry(*id).or_default() += u32::from(*applied == Applied::Now);
    }
    assert!(now.values().all(|times| *times == 1), "applied not once: {now:?}");
    let mut raw = bed.raw();
    let count = i64::try_from(now.len()).expect("few");
    assert_eq!(raw.number("SELECT COUNT(*) FROM transfers"), count);
    assert_eq!(raw.number("SELECT MAX(number) FROM transfers"), count);
    let batches = i64::try_from(WRITERS * BATCHES).expect("few");
    assert_eq!(raw.number("SELECT MAX(number) FROM commits"), batches + 1);
    assert_eq!(store.read(counted).expect("read"), batches, "an increment was lost");
}

/// Opens the accounts, and a row whose name counts the batches.
fn begin(writer: &mut Writer) {
    let done = writer.commit(|shelf| {
        let opened: Vec<Item> = (0..ACCOUNTS).map(|number| Item::alone(draw::open(2 * number))).collect();
        let outcomes = shelf.apply_all(&opened, Time::from_millis(1))?;
        assert!(outcomes.iter().all(|outcome| *outcome == Ok(Applied::Now)));
        put(shelf, vec![Row::Merchant(merchant(NUMBER, 1, NUMBER, "0"))])
    });
    done.expect("begun");
}

fn write(mut writer: Writer, mut dice: Dice) -> BTreeMap<Uuid, Applied> {
    let mut acknowledged = BTreeMap::new();
    for batch in 0..BATCHES {
        let items: Vec<Item> = (0..1 + dice.below(40))
            .map(|_| {
                let (from, to) = (dice.below(ACCOUNTS), 1 + dice.below(ACCOUNTS - 1));
                // Ids that all writers share: some ask for the same.
                let id = Uuid::from_u128(u128::from(dice.below(2_000)));
                let (from, to, minor) =
                    if dice.one_in(2) { (0, to, 100) } else { (from, to, 1 + dice.small(30)) };
                Item::alone(Posting::Transfer(draw::transfer(id, 2 * from, 2 * to, minor, 2)))
            })
            .collect();
        let done = writer.commit(|shelf| {
            let outcomes = shelf.apply_all(&items, Time::from_millis(2))?;
            let count = counted(shelf)? + 1;
            put(shelf, vec![Row::Merchant(merchant(NUMBER, 1, NUMBER, &count.to_string()))])?;
            Ok(outcomes)
        });
        let outcomes = done.unwrap_or_else(|fault| panic!("batch {batch}: {fault}"));
        for (item, outcome) in items.iter().zip(outcomes) {
            let Posting::Transfer(transfer) = &item.posting else { continue };
            match outcome {
                Ok(Applied::Now) => {
                    let before = acknowledged.insert(transfer.id.uuid(), Applied::Now);
                    assert!(before.is_none(), "applied twice to one writer");
                }
                Ok(Applied::Before) => {
                    acknowledged.entry(transfer.id.uuid()).or_insert(Applied::Before);
                }
                Err(Refusal::IdTaken | Refusal::BelowFloor | Refusal::SameAccount) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    acknowledged
}

fn counted(shelf: &mut Shelf<'_>) -> Result<i64, Fault> {
    let found = look::merchant_by_number(shelf, &format!("{NUMBER:013}"))?.expect("it is there");
    Ok(found.name.parse().expect("a number"))
}

/// Another program holds the file for longer than SQLite itself waits.
#[test]
fn a_writer_waits_for_one_that_takes_its_time() {
    let bed = Bed::file();
    let (_, mut writer) = bed.open();
    let mut raw = bed.raw();
    raw.change("BEGIN IMMEDIATE");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| begin(&mut writer));
        std::thread::sleep(std::time::Duration::from_millis(5_600));
        raw.change("COMMIT");
        waiting.join().expect("it has waited");
    });
}
