//! A part of all wallets, by circles, and their movements of money: nobody of it pays anybody of another part, so
//! parts are played at the same time and the outcome does not depend on which is faster.

use super::{
    calendar::{Day, Deed},
    census::{CIRCLE, Census},
    judge::Gate,
    life::{Intent, Plan, friend, plan, record_before},
    log::{Entry, Log},
    record::Record,
    tally::Tally,
};
use crate::world::Dice;
use gate::{Path, Step, Stops};
use terms::Span;

/// How many parts there are, whatever the number of processors.
pub(super) const SHARDS: u32 = 4;
/// Links count as young for so long, in seconds: as the policy has it.
pub(super) fn young_s() -> u32 {
    let young: Span = engine::Policy::default().link_young_ms;
    u32::try_from(young.as_millis() / 1_000).unwrap_or(u32::MAX)
}

/// What all parts look at on a day.
#[derive(Clone, Copy)]
pub(super) struct Today<'d> {
    pub(super) census: &'d Census,
    pub(super) day: &'d Day,
    pub(super) doors: &'d Log,
    /// What was stopped from when on; in order, the first from the day's begin.
    pub(super) stops: &'d [(u32, Stops)],
    pub(super) young_s: u32,
}

/// A part.
#[derive(Debug)]
pub(super) struct Shard {
    number: u32,
    pub(super) records: Vec<Record>,
    pub(super) plan: Plan,
    /// Planned at the door in the course of the day: the first money over a new link.
    pub(super) soon: Vec<Intent>,
    pub(super) log: Log,
    pub(super) tally: Tally,
}

/// In which part a wallet is, and where.
pub(super) const fn place_of(wallet: u32) -> (usize, usize) {
    let circle = wallet / CIRCLE;
    ((circle % SHARDS) as usize, ((circle / SHARDS) * CIRCLE + wallet % CIRCLE) as usize)
}

impl Shard {
    /// The part with a number, before the first day.
    pub(super) fn new(census: &Census, number: u32) -> Self {
        let records = wallets(number, census.wallets).map(|wallet| record_before(census, wallet)).collect();
        Self {
            number,
            records,
            plan: Plan::default(),
            soon: Vec::new(),
            log: Log::new(0),
            tally: Tally::default(),
        }
    }

    /// Plans a day.
    pub(super) fn plans(&mut self, census: &Census, day: &Day, sign_ups: &[u32]) {
        let wallets = wallets(self.number, census.wallets);
        plan(census, day, sign_ups, wallets, &self.records, &mut self.plan);
    }

    /// Plays the day's movements of money.
    pub(super) fn moves(&mut self, today: &Today<'_>) {
        let ends = today.day.begins + super::calendar::DAY_S;
        self.soon.sort_unstable();
        let due = self.soon.partition_point(|intent| intent.at < ends);
        let mut money = std::mem::take(&mut self.plan.money);
        money.extend(self.soon.drain(..due));
        money.sort_unstable();
        for intent in &money {
            self.does(intent, today);
        }
        self.plan.money = money;
        self.log.forget_until(ends);
    }

    fn does(&mut self, intent: &Intent, today: &Today<'_>) {
        let Some(record) = self.records.get(place_of(intent.wallet).1).copied() else { return };
        if record.opened > intent.at {
            return;
        }
        let mut dice = Dice::new(u64::from(intent.chance));
        dice.draw();
        let known = match intent.deed {
            Deed::TopsUp | Deed::PaysOut => {
                let Some(which) = record.linked_at(intent.at) else { return };
                Some(which)
            }
            Deed::Sends if self.has_no_payee(intent) => return,
            _ => None,
        };
        self.tally.did(intent.deed);
        let (step, yen) = match intent.deed {
            Deed::TopsUp => (Step::TopUp, top_up_yen(&mut dice)),
            Deed::Sends => (Step::Transfer, sent_yen(&mut dice)),
            Deed::PaysOut => (Step::Payout, dice.between(1, 40) * 1_000),
            _ => (Step::QrPayment, dice.between(150, 6_000)),
        };
        let mut asks = asks_of(today.census, intent, &record, step, today.day.number);
        asks.yen = u32::try_from(yen).unwrap_or(0);
        if let Some(which) = known {
            let account = today.census.account(intent.wallet, which);
            (asks.bank, asks.account) = (account.bank + 1, account.key());
        }
        if step == Step::Transfer {
            asks.payee = friend(intent.wallet, intent.chance) + 1;
        }
        self.asks(asks, &record, known, today);
    }

    fn asks(&mut self, asks: Entry, record: &Record, which: Option<u8>, today: &Today<'_>) {
        let Some(step) = Step::ALL.get(usize::from(asks.step)).copied() else { return };
        let before = today.stops.partition_point(|(from, _)| *from <= asks.at);
        let Some((_, stops)) = today.stops.get(before.saturating_sub(1)) else { return };
        let gate = Gate { doors: today.doors, own: &self.log, stops };
        let linked = which.and_then(|which| record.linked.get(usize::from(which)));
        let path = || Path {
            bank: today.census.banks.get(usize::from(asks.bank).wrapping_sub(1)).map(|bank| bank.0),
            method: today.census.banks.get(usize::from(asks.bank).wrapping_sub(1)).map(|bank| bank.1.clone()),
            is_young: linked.is_some_and(|linked| asks.at.saturating_sub(*linked) < today.young_s),
            customer: Some(today.census.customer(asks.wallet - 1)),
        };
        let verdict = gate.judges(step, &asks, record, true, path);
        let goes_on = self.tally.ruled(&verdict);
        if verdict.pass(false).is_none() {
            // Refused at first; whoever signs afresh asks again.
            self.log.remember(Entry { refused: true, ..asks });
        }
        if goes_on {
            self.log.remember(asks);
            if let Some(record) = self.records.get_mut(place_of(asks.wallet - 1).1) {
                record.is_used(asks.at, false);
            }
        }
    }

    fn has_no_payee(&self, intent: &Intent) -> bool {
        let payee = self.records.get(place_of(friend(intent.wallet, intent.chance)).1);
        payee.is_none_or(|payee| payee.opened > intent.at)
    }
}

/// Whoever has an intent, as one who asks.
pub(super) fn asks_of(census: &Census, intent: &Intent, record: &Record, step: Step, day: u32) -> Entry {
    Entry {
        at: intent.at,
        step: step as u8,
        wallet: intent.wallet + 1,
        device: census.device(intent.wallet, record.device_at(intent.at)),
        address: census.address(intent.wallet, day),
        ..Entry::default()
    }
}

/// Mostly a few thousand yen, now and then a month's worth.
const fn top_up_yen(dice: &mut Dice) -> i64 {
    match dice.below(100) {
        0..70 => dice.between(1, 10) * 1_000,
        70..96 => dice.between(2, 6) * 5_000,
        _ => dice.between(4, 10) * 10_000,
    }
}

/// Lunch among friends; for some the rent.
const fn sent_yen(dice: &mut Dice) -> i64 {
    match dice.below(100) {
        0..95 => dice.between(5, 100) * 100,
        _ => dice.between(2, 10) * 10_000,
    }
}

/// The wallets of a part, in the order of its records.
fn wallets(number: u32, all: u32) -> impl Iterator<Item = u32> {
    let circles = all.div_ceil(CIRCLE);
    (number..circles)
        .step_by(SHARDS as usize)
        .flat_map(|circle| circle * CIRCLE..(circle + 1) * CIRCLE)
        .filter(move |wallet| *wallet < all)
}
