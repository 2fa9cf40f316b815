//! Honest people at the banks' pages, as sightings: what the alarms compare attackers with.
//!
//! So many attempts per bank and day; a share fails, and a share of the failures is never followed by a success on
//! the same account within a day. Both spread by bank and day, and a day moves all banks together.
//! Who tries again does so within minutes (mean 10), one in twenty at any time within the day; two in five of
//! those who do not come back within the day do within the week.

use super::scenario::BanksPart;
use crate::world::Dice;
use gate::Sighting;
use std::{cmp::Reverse, collections::BinaryHeap};
use terms::{BankCode, Digest, Time};

const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Try {
    at: i64,
    bank: usize,
    worked: bool,
    account: u64,
}

/// The traffic of honest people.
#[derive(Debug)]
pub(super) struct Traffic {
    dice: Dice,
    part: BanksPart,
    banks: Vec<(BankCode, String)>,
    later: BinaryHeap<Reverse<Try>>,
    planned_until: i64,
}

impl Traffic {
    /// Traffic from a time on; each bank by the method that is used there.
    pub(super) fn new(seed: u64, part: BanksPart, banks: Vec<(BankCode, String)>, from: Time) -> Self {
        let later = BinaryHeap::new();
        Self { dice: Dice::new(seed ^ 0xbac_6409d), part, banks, later, planned_until: from.millis() }
    }

    /// Everything until a time, in order.
    pub(super) fn until(&mut self, end: Time) -> Vec<Sighting> {
        while self.planned_until < end.millis() {
            self.plan_day();
        }
        let mut found = Vec::new();
        while let Some(Reverse(next)) =
            self.later.peek().copied().filter(|Reverse(next)| next.at < end.millis())
        {
            self.later.pop();
            found.extend(self.sighting(next));
        }
        found
    }

    fn sighting(&self, one: Try) -> Option<Sighting> {
        let (bank, method) = self.banks.get(one.bank)?;
        let mut bytes = [0; 32];
        bytes.get_mut(..8)?.copy_from_slice(&one.account.to_be_bytes());
        Some(Sighting {
            number: 0,
            at: Time::from_millis(one.at),
            bank: *bank,
            method: method.clone(),
            account: Some(Digest::new(bytes)),
            secret: None,
            canary: false,
            worked: one.worked,
            customer: None,
            device: None,
            address: None,
        })
    }

    fn plan_day(&mut self) {
        let part = self.part.clone();
        let failing = part.failing + self.normal(part.failing_shock);
        let orphaned = part.orphaned + self.normal(part.orphaned_shock);
        for bank in 0..self.banks.len() {
            let failing = (failing + self.normal(part.failing_spread)).clamp(0.01, 0.9);
            let orphaned = (orphaned + self.normal(part.orphaned_spread)).clamp(0.0, 1.0);
            self.plan_bank(bank, failing, orphaned);
        }
        self.planned_until += DAY_MS;
    }

    fn plan_bank(&mut self, bank: usize, failing: f64, orphaned: f64) {
        let tries = self.part.tries_per_day;
        let failures = (0..tries).filter(|_| self.happens(failing)).count();
        let mut others = usize::try_from(tries).unwrap_or(0).saturating_sub(failures);
        for _ in 0..failures {
            let failure = Try { at: self.moment(), bank, worked: false, account: self.dice.draw() };
            self.later.push(Reverse(failure));
            let after = if self.happens(orphaned) {
                if !self.happens(0.4) {
                    continue;
                }
                DAY_MS + self.dice.between(0, 6 * DAY_MS)
            } else if self.happens(0.05) {
                self.dice.between(0, DAY_MS - 1)
            } else {
                self.minutes()
            };
            others = others.saturating_sub(1);
            self.later.push(Reverse(Try { at: failure.at + after, worked: true, ..failure }));
        }
        for _ in 0..others {
            let success = Try { at: self.moment(), bank, worked: true, account: self.dice.draw() };
            self.later.push(Reverse(success));
        }
    }

    fn moment(&mut self) -> i64 {
        self.planned_until + self.dice.between(0, DAY_MS - 1)
    }

    /// A number from 0 to below 1.
    fn share(&mut self) -> f64 {
        (self.dice.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn happens(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// Milliseconds until the next try: mean ten minutes, less than a day.
    fn minutes(&mut self) -> i64 {
        (-(1.0 - self.share()).ln() * 600_000.0).min(86_000_000.0) as i64
    }

    /// Normally distributed around 0: the sum of twelve even draws.
    fn normal(&mut self, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.share()).sum();
        (sum - 6.0) * deviation
    }
}
