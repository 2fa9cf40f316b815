//! Rows put, found, put again and found again: within a batch, across batches, after a failed one, after another
//! writer's, and after the store was opened again. What is remembered and what waits never lies.

use crate::{
    ask::{digest, merchant, order, put},
    bed::Bed,
    dice::Dice,
};
use engine::{
    Row,
    merchants::{Merchant, Order},
};
use std::collections::BTreeMap;
use store::{Fault, Shelf, Writer, look};
use terms::{MerchantId, OrderId};

const BATCHES: u32 = 120;
const MERCHANTS: u64 = 5;
/// Fewer keys than could be wanted, so that they change hands.
const KEYS: u64 = 8;
/// Texts that a statement could trip over.
const REFERENCES: [&str; 7] = ["", "a", "a ", "A", "'; --", "\\x61 $1 ?1 %", "漢字🎌\u{1}\u{301}"];

/// What must be found.
#[derive(Clone, Default)]
struct Wanted {
    merchants: BTreeMap<MerchantId, Merchant>,
    orders: BTreeMap<OrderId, Order>,
}

pub(crate) fn check(bed: &Bed) {
    let mut dice = Dice::new("rows");
    let mut writers: Vec<Writer> = (0..2).map(|_| bed.open().1).collect();
    let mut wanted = Wanted::default();
    for batch in 0..BATCHES {
        if dice.one_in(20) {
            writers = (0..2).map(|_| bed.open().1).collect();
        }
        let (fails, steps, seed) = (dice.one_in(6), 1 + dice.below(9), dice.next());
        let writer = if dice.one_in(4) { 1 } else { 0 };
        let mut after = wanted.clone();
        let done = writers[writer].commit(|shelf| {
            // A batch may be run again, from the same beginning.
            let mut dice = Dice::of(seed);
            after = wanted.clone();
            (0..steps).try_for_each(|_| step(shelf, &mut dice, &mut after))?;
            if fails { Err(Fault::Bug { ask: "test", why: "on purpose".to_owned() }) } else { Ok(()) }
        });
        match done {
            Ok(()) if !fails => wanted = after,
            Err(Fault::Bug { ask: "test", .. }) if fails => {}
            other => panic!("batch {batch}: {other:?}"),
        }
    }
    let (store, _) = bed.open();
    store.read(|shelf| wanted.found(shelf)).expect("everything is there");
}

fn step(shelf: &mut Shelf<'_>, dice: &mut Dice, wanted: &mut Wanted) -> Result<(), Fault> {
    match dice.below(4) {
        0 => {
            let id = dice.below(MERCHANTS);
            let (key, number) = (dice.below(KEYS), dice.below(KEYS));
            let new = merchant(id, u8::try_from(key).unwrap_or(0), number, &format!("{:x}", dice.next()));
            // As a decision does: whose it is must be known first.
            let holders =
                [look::merchant_by_key(shelf, &new.key)?, look::merchant_by_number(shelf, &new.number)?];
            if holders.iter().flatten().all(|holder| holder.id == new.id) {
                put(shelf, vec![Row::Merchant(new.clone())])?;
                wanted.merchants.insert(new.id, new);
            }
        }
        1 => {
            let owner = merchant(dice.below(MERCHANTS), 0, 0, "").id;
            let reference = REFERENCES[dice.place(REFERENCES.len())];
            let new = order(dice.below(9), owner, reference, &format!("{:x}", dice.next()));
            let holder = look::order_by_reference(shelf, owner, reference)?;
            if holder.is_none_or(|holder| holder.id == new.id) {
                put(shelf, vec![Row::Order(new.clone())])?;
                wanted.orders.insert(new.id, new);
            }
        }
        _ => wanted.found(shelf)?,
    }
    Ok(())
}

impl Wanted {
    fn found(&self, shelf: &mut Shelf<'_>) -> Result<(), Fault> {
        for key in 0..KEYS {
            let (key, number) = (digest(u8::try_from(key).unwrap_or(0)), format!("{key:013}"));
            let by_key = self.merchants.values().find(|merchant| merchant.key == key);
            assert_eq!(look::merchant_by_key(shelf, &key)?.as_ref(), by_key);
            let by_number = self.merchants.values().find(|merchant| merchant.number == number);
            assert_eq!(look::merchant_by_number(shelf, &number)?.as_ref(), by_number);
        }
        for owner in (0..MERCHANTS).map(|id| merchant(id, 0, 0, "").id) {
            for reference in REFERENCES {
                let mut orders = self.orders.values();
                let order = orders.find(|order| order.merchant == owner && order.reference == reference);
                assert_eq!(look::order_by_reference(shelf, owner, reference)?.as_ref(), order);
            }
        }
        Ok(())
    }
}
