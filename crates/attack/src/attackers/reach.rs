//! Reaching for accounts whose secrets are held already: bank after bank, from a new wallet each, drained where a
//! link comes to stand.

use super::loot::Loot;
use crate::campaign::{Asker, Reached, Shown, Stage, Wallet, depositors_of, fresh_place};
use terms::{BankCode, Span, Time};

/// One who reaches, at work.
#[derive(Debug)]
pub(super) struct Reaching {
    /// Accounts a day.
    per_day: f64,
    banks: Vec<BankCode>,
    /// What they hold of every depositor.
    shown: Shown,
    /// How many wallets can still have the proved identity of somebody who lends their papers.
    papers: u32,
    count: u64,
    next: Option<Time>,
    loot: Loot,
}

impl Reaching {
    /// One who begins, at the first `banks` of `weakest_first`.
    pub(super) fn new(
        per_day: f64,
        banks: u32,
        papers: u32,
        shown: Shown,
        weakest_first: &[BankCode],
    ) -> Self {
        let banks = weakest_first.iter().copied().take(usize::try_from(banks).unwrap_or(1)).collect();
        Self { per_day, banks, shown, papers, count: 0, next: None, loot: Loot::default() }
    }

    /// Does what is due; how long until the next thing.
    pub(super) fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        self.loot.does(stage);
        if self.next.is_none_or(|at| at <= stage.now) {
            self.reaches(stage);
            let mean = (86_400_000.0 / self.per_day.max(0.001)) as i64;
            self.next =
                Some(stage.now.plus(stage.dice.span(Span::millis(mean / 2), Span::millis(mean * 3 / 2))));
        }
        let next = self.loot.next_at().into_iter().chain(self.next).min()?;
        Some(next.since(stage.now))
    }

    fn reaches(&mut self, stage: &mut Stage) {
        let place = usize::try_from(self.count).unwrap_or(0) % self.banks.len().max(1);
        self.count += 1;
        let Some(bank) = self.banks.get(place).copied() else { return };
        let asker = Asker { source: fresh_place(stage), hostile: true };
        let Ok(mut wallet) = Wallet::open(stage, asker) else { return };
        if self.papers > 0 {
            self.papers -= 1;
            if let Some(person) = stage.is_born() {
                let _proved = wallet.proves(stage, &person);
            }
        }
        let number = stage.dice.below(depositors_of(bank));
        let Some(depositor) = stage.counters.depositor(bank, number) else { return };
        if let Reached::Linked(link) = wallet.reaches(stage, bank, &depositor.account, &[self.shown]) {
            let place = self.loot.keeps(wallet);
            self.loot.drains(stage, place, link);
        }
    }

    /// What is still in their wallets, in yen.
    pub(super) fn holds_yen(&self, stage: &Stage) -> i64 {
        self.loot.holds_yen(stage)
    }
}
