//! Ordinary people link their bank accounts: with typing errors, forgotten PINs and days that are bad everywhere.

use super::{
    calendar::{DAY_S, Deed},
    census::{Account, device_id, hash, shown},
    doors::{Doors, Later, record},
    life::Intent,
    log::Entry,
    record::NEVER,
    shard::{Shard, asks_of, place_of},
};
use crate::world::Dice;
use gate::{Ruling, Sighting, Step};
use terms::Time;

/// After so many vain tries somebody does without.
const ROUNDS_MOST: u8 = 4;
/// The bank's page waits so long for another try; later the wallet is asked again.
const PAGE_S: u32 = 1_200;
/// Of a hundred who give up, so many go back to the wallet, and so many try again within the week.
const GOES_BACK: u64 = 33;
const WITHIN_THE_WEEK: u64 = 40;
/// One in twenty tries again at any time of the day, the others within minutes: ten in the mean.
const ANY_TIME: u64 = 5;
const MINUTES_S: f64 = 600.0;
/// Of a hundred new links, so many are charged within the hour.
const CHARGED_AT_ONCE: u64 = 80;

impl Doors {
    /// Somebody asks the wallet to send them to their bank.
    pub(super) fn sets_out(&mut self, at: u32, wallet: u32, which: u8, round: u8, shards: &mut [Shard]) {
        let Some(known) = record(shards, wallet).copied() else { return };
        let linked = known.linked.get(usize::from(which)).is_none_or(|linked| *linked != NEVER);
        if known.opened > at || linked || round >= ROUNDS_MOST {
            return;
        }
        if round == 0 {
            self.tally.did(Deed::Links);
        }
        let account = self.census.account(wallet, which);
        let asks = self.at_bank(at, wallet, which, Step::ConsentBegun, shards);
        let mut dice = self.dice(at, wallet, which);
        let Some(verdict) = self.judged(&asks, &known, true, shards) else { return };
        let goes_on = self.tally.ruled(&verdict);
        if verdict.pass(false).is_none() {
            self.log.remember(Entry { refused: true, ..asks });
        }
        if !goes_on {
            // Whoever finds the door shut comes back another day.
            let wait = DAY_S + dice.below(3 * u64::from(DAY_S)) as u32;
            self.plans(at + wait, Later::SetsOut { wallet, which, round: round + 1 });
            return;
        }
        self.log.remember(asks);
        let (failing, _) = self.day.trouble.get(usize::from(account.bank)).copied().unwrap_or_default();
        let then = at + 60 + dice.below(120) as u32;
        if dice.below(1_000_000) < failing && round == 0 {
            self.plans(then, Later::Mistypes { wallet, which, round });
        } else {
            self.plans(then, Later::ComesBack { wallet, which });
        }
    }

    /// A wrong try: the bank tells of it.
    pub(super) fn mistypes(&mut self, at: u32, wallet: u32, which: u8, round: u8, shards: &mut [Shard]) {
        let account = self.census.account(wallet, which);
        let signal = self.at_bank(at, wallet, which, Step::BankSignal, shards);
        let signal = Entry { account: account.key(), ..signal };
        self.log.remember(signal);
        self.sees(&signal, Some(account), false);
        let mut dice = self.dice(at, wallet, which);
        let (_, orphaned) = self.day.trouble.get(usize::from(account.bank)).copied().unwrap_or_default();
        let again = Later::SetsOut { wallet, which, round: round + 1 };
        if dice.below(1_000_000) < orphaned {
            if dice.below(100) < GOES_BACK {
                self.plans(at + 60, Later::GivesUp { wallet, which });
            }
            if dice.below(100) < WITHIN_THE_WEEK {
                self.plans(at + DAY_S + dice.below(6 * u64::from(DAY_S)) as u32, again);
            }
            return;
        }
        let wait = if dice.below(100) < ANY_TIME {
            dice.below(u64::from(DAY_S)) as u32
        } else {
            let even = ((dice.draw() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
            (-even.ln() * MINUTES_S).min(f64::from(DAY_S - 200)) as u32
        };
        let back = Later::ComesBack { wallet, which };
        self.plans(at + 1 + wait, if wait < PAGE_S { back } else { again });
    }

    /// Back from the bank without its word.
    pub(super) fn gives_up(&mut self, at: u32, wallet: u32, which: u8, shards: &mut [Shard]) {
        let Some(known) = record(shards, wallet).copied() else { return };
        let asks = self.at_bank(at, wallet, which, Step::ConsentReturned, shards);
        if self.asks(asks, &known, true, shards) {
            // The bank says no, and not for which account.
            self.log.remember(Entry { refused: true, ..asks });
        }
        self.sees(&asks, None, false);
    }

    /// Back with the bank's word: judged before the word is fetched, and once more with account and holder.
    pub(super) fn comes_back(&mut self, at: u32, wallet: u32, which: u8, shards: &mut [Shard]) {
        let Some(known) = record(shards, wallet).copied() else { return };
        let account = self.census.account(wallet, which);
        let asks = self.at_bank(at, wallet, which, Step::ConsentReturned, shards);
        if !self.asks(asks, &known, true, shards) {
            return;
        }
        let asks = Entry { account: account.key(), holder: self.census.holder(account), ..asks };
        let Some(verdict) = self.judged(&asks, &known, true, shards) else { return };
        let goes_on = self.tally.ruled(&verdict);
        self.sees(&asks, Some(account), true);
        // An attacker may have been there first.
        if !goes_on || self.guessing.taken.contains(&account.key()) {
            self.log.remember(Entry { refused: true, ..asks });
            return;
        }
        if verdict.ruling() == Ruling::StepUp {
            self.log.remember(Entry { refused: true, ..asks });
        }
        self.log.remember(asks);
        if let Some(linked) = record(shards, wallet).and_then(|r| r.linked.get_mut(usize::from(which))) {
            *linked = at;
        }
        let mut dice = self.dice(at, wallet, which);
        if dice.below(100) < CHARGED_AT_ONCE
            && let Some(shard) = shards.get_mut(place_of(wallet).0)
        {
            let (at, chance) = (at + 60 + dice.below(3_540) as u32, dice.draw() as u32);
            shard.soon.push(Intent { at, wallet, deed: Deed::TopsUp, chance });
        }
    }

    fn dice(&self, at: u32, wallet: u32, which: u8) -> Dice {
        let person = (u64::from(wallet) << 1) | u64::from(which);
        Dice::new(hash(self.census.seed, 40, person ^ (u64::from(at) << 34)))
    }

    /// Somebody on the way to their bank, of which the account is not known yet.
    fn at_bank(&self, at: u32, wallet: u32, which: u8, step: Step, shards: &mut [Shard]) -> Entry {
        let intent = Intent { at, wallet, deed: Deed::Links, chance: 0 };
        let bank = self.census.account(wallet, which).bank + 1;
        let Some(record) = record(shards, wallet) else { return Entry::default() };
        Entry { bank, ..asks_of(&self.census, &intent, record, step, self.day.number) }
    }

    /// The alarms see a try at a bank's check.
    pub(super) fn sees(&mut self, asks: &Entry, account: Option<Account>, worked: bool) {
        let place = usize::from(asks.bank).wrapping_sub(1);
        let Some((bank, method)) = self.census.banks.get(place).cloned() else { return };
        let sighting = Sighting {
            number: 0,
            at: Time::from_millis(0),
            bank,
            method,
            account: account.map(|account| account.tag(self.census.seed)),
            secret: None,
            canary: false,
            worked,
            customer: Some(self.census.customer(asks.wallet.saturating_sub(1))),
            device: Some(device_id(asks.device)),
            address: Some(shown(asks.address)),
        };
        self.lookout.sees(asks.at, sighting);
    }
}
