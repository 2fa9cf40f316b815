//! Random batches of every kind of posting, by two writers that take turns: the store answers as a book that never
//! forgets, proves, and tells every account's past.

use crate::{
    bed::{Bed, violation},
    dice::Dice,
    draw::{self, ACCOUNTS},
    model::Model,
};
use ledger::{Item, Posting};
use std::collections::BTreeMap;
use store::{Fault, Store, Writer, look};
use terms::{Net, Time};

const STEPS: std::ops::Range<u32> = 25..400;
const BATCH_MOST: u64 = 120;
const BEGIN_MS: i64 = 1_700_000_000_000;

pub(crate) fn check(bed: &Bed) {
    let mut play = Play::new(bed, Dice::new("play"));
    play.begin();
    play.go_on_until(300);
    assert!(play.seen.len() > 20, "too few outcomes were met: {:?}", play.seen);
    play.compare();
}

/// A store with two writers, and the book beside it.
pub(crate) struct Play<'b> {
    bed: &'b Bed,
    dice: Dice,
    pub(crate) store: Store,
    writers: [Writer; 2],
    pub(crate) model: Model,
    asked: Vec<Posting>,
    now: i64,
    seen: BTreeMap<String, u32>,
}

impl<'b> Play<'b> {
    pub(crate) fn new(bed: &'b Bed, dice: Dice) -> Self {
        let (store, first) = bed.open();
        let writers = [first, bed.open().1];
        let (model, asked, seen) = (Model::default(), Vec::new(), BTreeMap::new());
        Self { bed, dice, store, writers, model, asked, now: BEGIN_MS, seen }
    }

    /// Opens most accounts.
    pub(crate) fn begin(&mut self) {
        let opening = (0..ACCOUNTS - 2).map(|number| Item::alone(draw::open(number)));
        self.commit(&[opening.collect()]);
    }

    /// Plays until an account has so many transfers, which is when it has marks.
    pub(crate) fn go_on_until(&mut self, transfers: usize) {
        for step in 0..STEPS.end {
            if step >= STEPS.start && self.model.longest() > transfers {
                return;
            }
            self.step();
        }
        panic!("no account has {transfers} transfers: {:?}", self.seen);
    }

    fn step(&mut self) {
        // Clocks jump, also backwards.
        self.now += match self.dice.below(10) {
            0 => -self.dice.small(50),
            1 => 70_000,
            _ => self.dice.small(30),
        };
        let parts = 1 + self.dice.below(3);
        let mut draft = self.model.clone();
        let batches: Vec<Vec<Item>> = (0..parts)
            .map(|_| {
                let most = if self.dice.one_in(3) { 3 } else { BATCH_MOST };
                let items = draw::batch(&mut self.dice, &draft, &mut self.asked, self.now, most);
                draft.apply(&items, Time::from_millis(self.now));
                items
            })
            .collect();
        match self.dice.below(12) {
            0 => self.fail(&batches),
            1 => self.writers[0] = self.bed.open().1,
            _ => {}
        }
        self.commit(&batches);
    }

    pub(crate) fn commit(&mut self, batches: &[Vec<Item>]) {
        let now = Time::from_millis(self.now);
        let wanted: Vec<_> = batches.iter().map(|items| self.model.apply(items, now)).collect();
        self.model.commit();
        let writer = self.dice.place(2);
        let model = &self.model;
        let watched = self.dice.one_in(3).then(|| self.dice.place(model.book.accounts_count()));
        let found = self.writers[writer].commit(|shelf| {
            let mut outcomes = Vec::new();
            for (place, items) in batches.iter().enumerate() {
                outcomes.push(shelf.apply_all(items, now)?);
                // Also within the batch an account is what it has become.
                let Some(account) = watched.and_then(|place| model.book.accounts().nth(place)) else {
                    continue;
                };
                let found = look::account_of(shelf, account.id)?;
                if place + 1 == batches.len() {
                    assert_eq!(found.as_ref(), Some(account));
                    let newest = look::history_of(shelf, account.id, None, 1)?;
                    let balance = newest.first().map_or(Net::ZERO, |entry| entry.balance);
                    assert_eq!(balance, account.balance());
                }
            }
            Ok(outcomes)
        });
        assert_eq!(found.expect("committed"), wanted, "{batches:#?}");
        for outcome in wanted.iter().flatten() {
            *self.seen.entry(format!("{outcome:?}")).or_default() += 1;
        }
    }

    /// The batch is applied and then thrown away.
    fn fail(&mut self, batches: &[Vec<Item>]) {
        let now = Time::from_millis(self.now);
        let writer = self.dice.place(2);
        let failed = self.writers[writer].commit(|shelf| {
            for items in batches {
                shelf.apply_all(items, now)?;
            }
            Err::<(), _>(Fault::Bug { ask: "test", why: "on purpose".to_owned() })
        });
        assert!(matches!(failed, Err(Fault::Bug { ask: "test", .. })), "{failed:?}");
    }

    pub(crate) fn compare(&self) {
        assert_eq!(violation(&self.store), None);
        self.model.compare(&self.store);
    }
}
