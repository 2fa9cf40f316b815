//! Honest people at 35 banks, and an attacker among them.
//!
//! 150 link attempts per bank and day, 15 % fail, 25 % of the failures are never followed by a success on the same
//! account within a day. The failure rate of a bank and day spreads by 1.2 points and its share of orphans by 4;
//! besides, a day moves all banks' failure rates together by 2 points and all shares of orphans by 1.
//! Who tries again does so within minutes (mean 10), one in twenty at any time within the day. Two in five of those
//! who do not come back within the day come back within the week.

use crate::dice::Dice;
use gate::Sighting;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use terms::{BankCode, Digest, Time};

pub const BANKS: usize = 35;
pub const DAY_MS: i64 = 86_400_000;
/// Midnight in Japan, 2020-01-01.
pub const START_MS: i64 = 1_577_804_400_000;

/// Who attacks, and how.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// Guesses at each attacked bank and day.
    pub guesses: f64,
    /// Banks that are attacked, from the first on.
    pub banks: usize,
    /// How many of the most used secrets are tried in turn.
    pub secrets: u64,
    /// The most used secret that is tried first: 0, or a rare one.
    pub first_secret: u64,
}

impl Attack {
    pub const fn spread(guesses: f64, banks: usize) -> Self {
        Self { guesses, banks, secrets: 20, first_secret: 0 }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Try {
    at: i64,
    bank: u16,
    worked: bool,
    account: u64,
    secret: u16,
}

/// The traffic of one world.
#[derive(Clone)]
pub struct Traffic {
    dice: Dice,
    day: i64,
    number: u64,
    later: BinaryHeap<Reverse<Try>>,
    codes: Vec<BankCode>,
    pub banks: usize,
    /// True where banks share keyed tags of secrets.
    pub tags: bool,
    /// Guesses so far.
    pub guesses: u64,
}

pub fn digest(number: u64) -> Digest {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Digest::new(bytes)
}

/// A wrong secret of an honest person: two thirds anything, one third as people choose.
fn honest_secret(dice: &mut Dice) -> u16 {
    if dice.happens(0.65) {
        return dice.below(10_000) as u16;
    }
    // 1/rank: inverse of the logarithm.
    (10_001_f64.powf(dice.share()) - 1.0) as u16
}

impl Traffic {
    pub fn new(seed: u64) -> Self {
        let codes = (0..BANKS).map(|bank| BankCode::parse(&format!("{:04}", bank + 1)).unwrap()).collect();
        Self {
            dice: Dice::new(seed),
            day: 0,
            number: 0,
            later: BinaryHeap::new(),
            codes,
            banks: BANKS,
            tags: false,
            guesses: 0,
        }
    }

    /// The same world, with another future.
    pub fn fork(&self, seed: u64) -> Self {
        let mut fork = self.clone();
        fork.dice = Dice::new(seed);
        fork.guesses = 0;
        fork
    }

    pub fn midnight(&self) -> Time {
        Time::from_millis(START_MS + self.day * DAY_MS)
    }

    pub fn bank(&self, place: usize) -> BankCode {
        self.codes[place]
    }

    /// Plays a day: everything in order of time. `each` may stop it.
    pub fn play_day(&mut self, attack: Option<Attack>, mut each: impl FnMut(&Sighting, u64) -> bool) -> bool {
        self.plan_day(attack);
        self.day += 1;
        let end = self.midnight().millis();
        while let Some(Reverse(next)) = self.later.peek().copied() {
            if next.at >= end {
                break;
            }
            self.later.pop();
            self.number += 1;
            let hostile = next.account & 1 == 1;
            self.guesses += u64::from(hostile);
            let sighting = Sighting {
                number: self.number,
                at: Time::from_millis(next.at),
                bank: self.codes[usize::from(next.bank)],
                method: "web".to_owned(),
                account: Some(digest(next.account)),
                secret: self.tags.then(|| digest(u64::from(next.secret).wrapping_mul(0x9e37_79b9_7f4a_7c15))),
                canary: false,
                worked: next.worked,
                customer: None,
                device: None,
                address: None,
            };
            if each(&sighting, self.guesses) {
                return true;
            }
        }
        false
    }

    fn plan_day(&mut self, attack: Option<Attack>) {
        let (bad_everywhere, orphans_everywhere) = (self.dice.normal(0.02), self.dice.normal(0.01));
        for bank in 0..self.banks {
            let failing = (0.15 + bad_everywhere + self.dice.normal(0.012)).clamp(0.01, 0.9);
            let orphaned = (0.25 + orphans_everywhere + self.dice.normal(0.04)).clamp(0.0, 1.0);
            self.plan_bank(bank as u16, failing, orphaned);
            if let Some(attack) = attack
                && bank < attack.banks
            {
                self.plan_guesses(bank as u16, attack);
            }
        }
    }

    fn plan_bank(&mut self, bank: u16, failing: f64, orphaned: f64) {
        let failures = (0..150).filter(|_| self.dice.happens(failing)).count();
        let mut others = 150 - failures;
        for _ in 0..failures {
            let at = self.moment();
            let account = self.dice.draw() & !1;
            let secret = honest_secret(&mut self.dice);
            let failure = Try { at, bank, worked: false, account, secret };
            self.later.push(Reverse(failure));
            let after = if self.dice.happens(orphaned) {
                if !self.dice.happens(0.4) {
                    continue;
                }
                DAY_MS + self.dice.below(6 * DAY_MS as u64) as i64
            } else if self.dice.happens(0.05) {
                self.dice.below(DAY_MS as u64) as i64
            } else {
                self.dice.exponential(600_000.0).min(86_000_000.0) as i64
            };
            others = others.saturating_sub(1);
            self.later.push(Reverse(Try { at: at + after, worked: true, ..failure }));
        }
        for _ in 0..others {
            let (at, account) = (self.moment(), self.dice.draw() & !1);
            self.later.push(Reverse(Try { at, bank, worked: true, account, secret: 0 }));
        }
    }

    fn plan_guesses(&mut self, bank: u16, attack: Attack) {
        let whole = attack.guesses.floor();
        let more = self.dice.happens(attack.guesses - whole);
        for _ in 0..whole as usize + usize::from(more) {
            let at = self.moment();
            let account = self.dice.draw() | 1;
            let secret = (attack.first_secret + self.dice.below(attack.secrets)) as u16;
            let worked = self.dice.happens(0.01);
            self.later.push(Reverse(Try { at, bank, worked, account, secret }));
        }
    }

    fn moment(&mut self) -> i64 {
        self.midnight().millis() + self.dice.below(DAY_MS as u64) as i64
    }
}
