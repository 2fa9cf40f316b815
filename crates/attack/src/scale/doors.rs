//! What happens at the door, in order of time and in one place: who signs up, comes in, changes devices or links is
//! counted by places that strangers share.

use super::{
    calendar::{DAY_S, Day, Deed},
    census::Census,
    guessers::Guessing,
    judge::Gate,
    life::Intent,
    log::{Entry, Log},
    lookout::Lookout,
    record::Record,
    shard::{Shard, asks_of, place_of},
    tally::Tally,
};
use crate::world::Dice;
use gate::{Path, Step};
use std::collections::BTreeMap;

/// How often the watch looks at the clock by itself, in seconds.
const TICK_S: u32 = 3_600;
/// Of a hundred newcomers, so many mistype a code, and so many link at once.
const MISTYPES_CODE: u64 = 3;
const LINKS_AT_ONCE: u64 = 92;

/// Something that will happen, planned in the course of things.
#[derive(Debug, Clone, Copy)]
pub(super) enum Later {
    /// Somebody sets out to link one of the own accounts, for the n-th time.
    SetsOut { wallet: u32, which: u8, round: u8 },
    /// Mistypes at the bank's page.
    Mistypes { wallet: u32, which: u8, round: u8 },
    /// Comes back with the bank's word.
    ComesBack { wallet: u32, which: u8 },
    /// Comes back without it.
    GivesUp { wallet: u32, which: u8 },
    /// An attacker's next guess.
    Guesses { attacker: usize },
    /// What the bank's page says of it.
    Guessed { attacker: usize, wallet: usize },
    /// A debit over what was linked.
    Debits { attacker: usize, wallet: usize, place: usize },
}

/// The door, with everything behind it.
#[derive(Debug)]
pub(super) struct Doors {
    pub(super) census: Census,
    pub(super) day: Day,
    pub(super) log: Log,
    pub(super) later: BTreeMap<(u32, u64), Later>,
    planned: u64,
    pub(super) lookout: Lookout,
    pub(super) guessing: Guessing,
    pub(super) tally: Tally,
    today: Vec<Intent>,
    next_tick: u32,
}

impl Doors {
    pub(super) fn new(census: Census, day: Day, guessing: Guessing) -> Self {
        let next_tick = day.begins;
        Self {
            census,
            day,
            // Money that moved earlier on the same day still asks.
            log: Log::new(DAY_S),
            later: BTreeMap::new(),
            planned: 0,
            lookout: Lookout::new(),
            guessing,
            tally: Tally::default(),
            today: Vec::new(),
            next_tick,
        }
    }

    /// Something will happen.
    pub(super) fn plans(&mut self, at: u32, later: Later) {
        self.planned += 1;
        self.later.insert((at, self.planned), later);
    }

    /// Plays a day at the door: what was planned before it began, and what comes of that.
    pub(super) fn play(&mut self, day: Day, shards: &mut [Shard]) {
        self.day = day;
        let ends = self.day.begins + DAY_S;
        self.lookout.begins(self.day.begins);
        let mut today = std::mem::take(&mut self.today);
        today.clear();
        shards.iter().for_each(|shard| today.extend(&shard.plan.doors));
        today.sort_unstable();
        self.begins_attacks();
        for intent in &today {
            self.until(intent.at, shards);
            self.does(intent, shards);
        }
        self.until(ends, shards);
        self.log.forget_until(ends);
        self.guessing.log.forget_until(ends);
        self.today = today;
    }

    /// Everything that was planned until then.
    fn until(&mut self, at: u32, shards: &mut [Shard]) {
        loop {
            let next = self.later.first_key_value().map_or(u32::MAX, |((next, _), _)| *next);
            if self.next_tick <= at.min(next) {
                let now = self.next_tick;
                self.next_tick += TICK_S;
                self.lookout.ticks(now);
                continue;
            }
            // What falls on the first second of the next day belongs to that.
            if next >= at {
                return;
            }
            if let Some(((now, _), later)) = self.later.pop_first() {
                self.happens(now, later, shards);
            }
        }
    }

    fn happens(&mut self, at: u32, later: Later, shards: &mut [Shard]) {
        match later {
            Later::SetsOut { wallet, which, round } => self.sets_out(at, wallet, which, round, shards),
            Later::Mistypes { wallet, which, round } => self.mistypes(at, wallet, which, round, shards),
            Later::ComesBack { wallet, which } => self.comes_back(at, wallet, which, shards),
            Later::GivesUp { wallet, which } => self.gives_up(at, wallet, which, shards),
            Later::Guesses { attacker } => self.guesses(at, attacker),
            Later::Guessed { attacker, wallet } => self.guessed(at, attacker, wallet, shards),
            Later::Debits { attacker, wallet, place } => self.debits(at, attacker, wallet, place),
        }
    }

    fn does(&mut self, intent: &Intent, shards: &mut [Shard]) {
        let mut dice = Dice::new(u64::from(intent.chance));
        dice.draw();
        if intent.deed != Deed::Links {
            self.tally.did(intent.deed);
        }
        match intent.deed {
            Deed::SignsUp => self.signs_up(intent, &mut dice, shards),
            Deed::SignsIn => self.signs_in(intent, true, shards),
            Deed::ChangesDevice | Deed::LosesDevice => self.changes_device(intent, shards),
            Deed::Links => {
                let wallet = intent.wallet;
                let linked = record(shards, wallet).map(|record| record.linked);
                // The main account first; who has both links nothing.
                let next = linked.and_then(|l| l.iter().position(|at| *at == super::record::NEVER));
                if let Some(which) = next {
                    self.sets_out(intent.at, wallet, which as u8, 0, shards);
                }
            }
            Deed::TopsUp | Deed::Sends | Deed::PaysOut | Deed::Pays => {}
        }
    }

    fn signs_up(&mut self, intent: &Intent, dice: &mut Dice, shards: &mut [Shard]) {
        let Some(record) = record(shards, intent.wallet).copied() else { return };
        let asks = |step| asks_of(&self.census, intent, &record, step, self.day.number);
        let (begins, code, opens) = (asks(Step::SignUp), asks(Step::Code), asks(Step::Opening));
        // Nobody is a customer before the wallet is opened.
        if !self.asks(Entry { wallet: 0, ..begins }, &record, false, shards) {
            return;
        }
        if dice.below(100) < MISTYPES_CODE {
            self.log.remember(Entry { wallet: 0, refused: true, ..code });
        }
        if !self.asks(Entry { wallet: 0, ..code }, &record, false, shards)
            || !self.asks(opens, &record, false, shards)
        {
            return;
        }
        if let Some(record) = super::doors::record(shards, intent.wallet) {
            record.opened = intent.at;
            record.is_used(intent.at, true);
        }
        if dice.below(100) < LINKS_AT_ONCE {
            let at = intent.at + 120 + dice.below(10_800) as u32;
            self.plans(at, Later::SetsOut { wallet: intent.wallet, which: 0, round: 0 });
        }
    }

    fn signs_in(&mut self, intent: &Intent, known: bool, shards: &mut [Shard]) {
        let Some(record) = record(shards, intent.wallet).copied() else { return };
        let asks = asks_of(&self.census, intent, &record, Step::SignIn, self.day.number);
        if self.asks(asks, &record, known, shards)
            && let Some(record) = super::doors::record(shards, intent.wallet)
        {
            record.is_used(intent.at, true);
        }
    }

    /// Another telephone: its passkey is added from the old one, or a lost one is recovered from.
    fn changes_device(&mut self, intent: &Intent, shards: &mut [Shard]) {
        let Some(before) = record(shards, intent.wallet).copied() else { return };
        let after =
            Record { device_changed: intent.at, devices_had: before.devices_had.saturating_add(1), ..before };
        let lost = intent.deed == Deed::LosesDevice;
        let on = if lost { &after } else { &before };
        let first = if lost { Step::Recovery } else { Step::AuthenticatorChange };
        let asks = asks_of(&self.census, intent, on, first, self.day.number);
        if !self.asks(asks, &before, !lost, shards) {
            return;
        }
        if lost {
            let asks = Entry { step: Step::AuthenticatorChange as u8, ..asks };
            self.asks(asks, &before, true, shards);
        }
        if let Some(record) = record(shards, intent.wallet) {
            *record = after;
        }
        self.signs_in(intent, false, shards);
    }

    /// An honest person asks at the door, and signs afresh where the gate wants that; whether they go on.
    pub(super) fn asks(&mut self, asks: Entry, record: &Record, known: bool, shards: &[Shard]) -> bool {
        let Some(verdict) = self.judged(&asks, record, known, shards) else { return false };
        let goes_on = self.tally.ruled(&verdict);
        if verdict.pass(false).is_none() {
            self.log.remember(Entry { refused: true, ..asks });
        }
        if goes_on {
            self.log.remember(asks);
        }
        goes_on
    }

    /// The gate's verdict on an honest person's ask.
    pub(super) fn judged(
        &self,
        asks: &Entry,
        record: &Record,
        known: bool,
        shards: &[Shard],
    ) -> Option<gate::Verdict> {
        let step = Step::ALL.get(usize::from(asks.step)).copied()?;
        let own = &shards.get(place_of(asks.wallet.saturating_sub(1)).0)?.log;
        let gate = Gate { doors: &self.log, own, stops: self.lookout.stops() };
        Some(gate.judges(step, asks, record, known, || self.path(asks, false)))
    }

    /// Over which way somebody goes, as breakers ask.
    pub(super) fn path(&self, asks: &Entry, is_young: bool) -> Path {
        let bank = self.census.banks.get(usize::from(asks.bank).wrapping_sub(1));
        Path {
            bank: bank.map(|(code, _)| *code),
            method: bank.map(|(_, method)| method.clone()),
            is_young,
            customer: (asks.wallet > 0).then(|| self.census.customer(asks.wallet - 1)),
        }
    }
}

/// The record of a wallet.
pub(super) fn record(shards: &mut [Shard], wallet: u32) -> Option<&mut Record> {
    let (shard, place) = place_of(wallet);
    shards.get_mut(shard)?.records.get_mut(place)
}
