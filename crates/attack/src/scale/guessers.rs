//! Two attackers: one PIN over many accounts as in 2020, and the same so slowly that no account or address shows it.
//!
//! Every guess has a fresh wallet, device, network and account. The page of each bank asks for number, name and PIN, and
//! nothing but the gate stands in the way: no proved identity, no comparison of names, no notice, no age of value.

use super::{
    calendar::{DAY_S, START_S},
    census::{Account, hash},
    doors::{Doors, Later, record},
    judge::Gate,
    log::{Entry, Log},
    record::Record,
    settings::Settings,
    shard::{Shard, young_s},
    tally::Loot,
};
use crate::{
    campaign::{best_pins, depositor},
    world::Dice,
};
use gate::{Step, Verdict};
use std::collections::BTreeSet;

/// After so many refusals one after the other they go elsewhere.
const GIVES_UP_AFTER: u32 = 100;
/// The debits of 2020: yen, and seconds after the first.
const DEBITS: [(u32, u32); 4] = [(100_000, 0), (90_000, 35), (90_000, 70), (20_000, 110)];

/// One attacker.
#[derive(Debug)]
pub(super) struct Attacker {
    pub(super) name: &'static str,
    /// The first second.
    pub(super) begins: u32,
    per_bank_day: u32,
    banks: u32,
    guesses: u64,
    refused_in_a_row: u32,
    /// When they went elsewhere.
    pub(super) gave_up: Option<u32>,
    pub(super) loot: Loot,
}

/// A wallet of theirs.
#[derive(Debug, Clone, Copy)]
struct Hostile {
    record: Record,
    asks: Entry,
    account: Account,
}

/// All attackers.
#[derive(Debug)]
pub(super) struct Guessing {
    pub(super) attackers: Vec<Attacker>,
    wallets: Vec<Hostile>,
    /// Guesses so far, of all of them: each has a number of its own.
    count: u32,
    /// Bank accounts that they have linked.
    pub(super) taken: BTreeSet<u64>,
    /// Their movements of money.
    pub(super) log: Log,
    dice: Dice,
    young_s: u32,
}

impl Guessing {
    /// The slow one begins after a third of the days, the one of 2020 after two thirds.
    pub(super) fn new(settings: &Settings) -> Self {
        let attacker = |name, third: u32, per_bank_day, banks: u32| Attacker {
            name,
            begins: START_S + settings.days * third / 3 * DAY_S + 9 * 3_600,
            per_bank_day,
            banks: banks.min(settings.banks),
            guesses: 0,
            refused_in_a_row: 0,
            gave_up: None,
            loot: Loot::default(),
        };
        let all = [attacker("slow", 1, 1, 35), attacker("2020", 2, 100, 11)];
        Self {
            attackers: all.into_iter().filter(|_| settings.attacked).collect(),
            wallets: Vec::new(),
            count: 0,
            taken: BTreeSet::new(),
            log: Log::new(0),
            dice: Dice::new(hash(settings.seed, 50, 0)),
            young_s: young_s(),
        }
    }
}

impl Doors {
    /// Attackers whose day it is.
    pub(super) fn begins_attacks(&mut self) {
        let day = self.day.begins..self.day.begins + DAY_S;
        let begin: Vec<(usize, u32)> = (0..)
            .zip(&self.guessing.attackers)
            .map(|(attacker, who)| (attacker, who.begins))
            .filter(|(_, at)| day.contains(at))
            .collect();
        for (attacker, at) in begin {
            self.plans(at, Later::Guesses { attacker });
        }
    }

    /// A fresh wallet reaches for a bank account.
    pub(super) fn guesses(&mut self, at: u32, attacker: usize) {
        let Some(who) = self.guessing.attackers.get_mut(attacker) else { return };
        let bank = (who.guesses % u64::from(who.banks.max(1))) as u8;
        who.guesses += 1;
        if who.refused_in_a_row >= GIVES_UP_AFTER {
            who.gave_up = Some(at);
            return;
        }
        let mean = DAY_S / (who.per_bank_day * who.banks).max(1);
        let wait = mean / 2 + self.guessing.dice.below(u64::from(mean.max(1))) as u32;
        self.plans(at + wait.max(1), Later::Guesses { attacker });
        let number = self.guessing.count;
        self.guessing.count += 1;
        let depositor = self.guessing.dice.below(self.census.depositors) as u32;
        let asks = Entry {
            at,
            device: hash(self.census.seed, 51, u64::from(number)),
            address: self.census.fresh_address(u64::from(number)),
            ..Entry::default()
        };
        let record = Record { opened: at, ..Record::NONE };
        let wallet = self.census.wallets.wrapping_add(number).wrapping_add(1);
        let known = Entry { wallet, ..asks };
        let steps = [
            Entry { step: Step::SignUp as u8, ..asks },
            Entry { step: Step::Code as u8, ..asks },
            Entry { step: Step::Opening as u8, ..known },
            Entry { step: Step::ConsentBegun as u8, bank: bank + 1, ..known },
        ];
        for (place, step) in (0..).zip(steps) {
            if !self.hostile(attacker, step, &record, false) {
                return;
            }
            if let Some(who) = self.guessing.attackers.get_mut(attacker).filter(|_| place == 2) {
                who.loot.wallets += 1;
            }
        }
        let (account, place) = (Account { bank, number: depositor }, self.guessing.wallets.len());
        let asks = Entry { bank: bank + 1, ..known };
        self.guessing.wallets.push(Hostile { record, asks, account });
        let then = at + 60 + self.guessing.dice.below(120) as u32;
        self.plans(then, Later::Guessed { attacker, wallet: place });
    }

    /// The bank's page says whether the PIN is right.
    pub(super) fn guessed(&mut self, at: u32, attacker: usize, wallet: usize, shards: &mut [Shard]) {
        let Some(Hostile { record, asks, account }) = self.guessing.wallets.get(wallet).copied() else {
            return;
        };
        let Some(who) = self.guessing.attackers.get_mut(attacker) else { return };
        who.loot.tries += 1;
        let code = self.census.banks.get(usize::from(account.bank)).map(|(code, _)| *code);
        let holder = code.and_then(|code| depositor(self.census.seed, code, u64::from(account.number)));
        let asks = Entry { at, ..asks };
        if holder.map(|holder| holder.pin) != best_pins().next() {
            let signal = Entry { step: Step::BankSignal as u8, account: account.key(), ..asks };
            self.log.remember(signal);
            self.sees(&signal, Some(account), false);
            return;
        }
        let returned = Entry { step: Step::ConsentReturned as u8, ..asks };
        if !self.hostile(attacker, returned, &record, false) {
            return;
        }
        let holder = self.census.holder(account);
        let returned = Entry { account: account.key(), holder, ..returned };
        let Some(verdict) = self.verdict(&returned, &record, false) else { return };
        let goes_on = self.guessing.attackers.get_mut(attacker).is_some_and(|who| who.loot.ruled(&verdict));
        self.sees(&returned, Some(account), true);
        let owner = self
            .census
            .owner(account)
            .and_then(|(owner, which)| record_linked(shards, owner, which).filter(|linked| *linked <= at));
        let is_free = owner.is_none() && !self.guessing.taken.contains(&account.key());
        let links = goes_on && is_free;
        self.log.remember(Entry { refused: !links, ..returned });
        if !links {
            return;
        }
        self.guessing.taken.insert(account.key());
        if let Some(wallet) = self.guessing.wallets.get_mut(wallet) {
            wallet.record.linked[0] = at;
        }
        if let Some(who) = self.guessing.attackers.get_mut(attacker) {
            who.loot.links += 1;
        }
        let first = at + 120 + self.guessing.dice.below(1_680) as u32;
        for (place, (_, seconds)) in (0..).zip(DEBITS) {
            self.plans(first + seconds, Later::Debits { attacker, wallet, place });
        }
    }

    /// One debit over what was linked.
    pub(super) fn debits(&mut self, at: u32, attacker: usize, wallet: usize, place: usize) {
        let Some(Hostile { record, asks, account }) = self.guessing.wallets.get(wallet).copied() else {
            return;
        };
        let Some((yen, _)) = DEBITS.get(place).copied() else { return };
        let asks = Entry { at, step: Step::TopUp as u8, account: account.key(), yen, ..asks };
        let is_young = at.saturating_sub(record.linked[0]) < self.guessing.young_s;
        if self.hostile(attacker, asks, &record, is_young)
            && let Some(who) = self.guessing.attackers.get_mut(attacker)
        {
            who.loot.debited.insert(account.key());
            who.loot.yen += u64::from(yen);
        }
    }

    /// An attacker asks; whether they go on.
    fn hostile(&mut self, attacker: usize, asks: Entry, record: &Record, is_young: bool) -> bool {
        let Some(verdict) = self.verdict(&asks, record, is_young) else { return false };
        let Some(who) = self.guessing.attackers.get_mut(attacker) else { return false };
        let goes_on = who.loot.ruled(&verdict);
        let is_last = asks.step == Step::ConsentBegun as u8;
        who.refused_in_a_row = match goes_on {
            true if is_last => 0,
            true => who.refused_in_a_row,
            false => who.refused_in_a_row + 1,
        };
        let moves = asks.step == Step::TopUp as u8;
        let log = if moves { &mut self.guessing.log } else { &mut self.log };
        if verdict.pass(false).is_none() {
            log.remember(Entry { refused: true, ..asks });
        }
        if goes_on {
            log.remember(asks);
        }
        goes_on
    }

    fn verdict(&self, asks: &Entry, record: &Record, is_young: bool) -> Option<Verdict> {
        let step = Step::ALL.get(usize::from(asks.step)).copied()?;
        let gate = Gate { doors: &self.log, own: &self.guessing.log, stops: self.lookout.stops() };
        Some(gate.judges(step, asks, record, false, || self.path(asks, is_young)))
    }
}

fn record_linked(shards: &mut [Shard], wallet: u32, which: u8) -> Option<u32> {
    record(shards, wallet)?.linked.get(usize::from(which)).copied()
}
