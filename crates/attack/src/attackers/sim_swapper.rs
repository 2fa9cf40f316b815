//! SIM swap: the depositor's number was moved to the attacker's card, and a bought list says the rest.

use super::{Attacker, loot::Loot};
use crate::campaign::{Asker, Reached, Shown, Stage, Wallet, Wrong, depositors_of, fresh_place, within};
use serde::Deserialize;
use terms::{BankCode, Span, Time};

/// What they have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimSwapper {
    /// Numbers that are moved each day.
    pub per_day: f64,
    /// At how many banks, the weakest first.
    pub banks: u32,
    /// How many people lend their papers, so that a wallet can have a proved identity: their own.
    #[serde(default)]
    pub papers: u32,
}

impl SimSwapper {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("sim_swapper", "per_day", self.per_day, 0.01, 5_000.0)?;
        within("sim_swapper", "banks", self.banks, 1, 35)?;
        within("sim_swapper", "papers", self.papers, 0, 5_000)
    }
}

/// One who moves numbers, at work.
#[derive(Debug)]
pub(crate) struct Swapping {
    plan: SimSwapper,
    banks: Vec<BankCode>,
    count: u64,
    papers_used: u32,
    next: Option<Time>,
    loot: Loot,
}

impl Swapping {
    /// One who begins.
    pub(crate) fn new(plan: SimSwapper, weakest_first: &[BankCode]) -> Self {
        let count = usize::try_from(plan.banks).unwrap_or(1);
        let banks = weakest_first.iter().copied().take(count).collect();
        Self { plan, banks, count: 0, papers_used: 0, next: None, loot: Loot::default() }
    }

    fn reaches(&mut self, stage: &mut Stage) {
        let place = usize::try_from(self.count).unwrap_or(0) % self.banks.len().max(1);
        self.count += 1;
        let Some(bank) = self.banks.get(place).copied() else { return };
        let asker = Asker { source: fresh_place(stage), hostile: true };
        let Ok(mut wallet) = Wallet::open(stage, asker) else { return };
        if self.papers_used < self.plan.papers {
            self.papers_used += 1;
            if let Some(person) = stage.is_born() {
                let _proved = wallet.proves(stage, &person);
            }
        }
        let number = stage.dice.below(depositors_of(bank));
        let Some(depositor) = stage.counters.depositor(bank, number) else { return };
        if let Reached::Linked(link) = wallet.reaches(stage, bank, &depositor.account, &[Shown::Phone]) {
            let place = self.loot.keeps(wallet);
            self.loot.drains(stage, place, link);
        }
    }
}

impl Attacker for Swapping {
    fn name(&self) -> &'static str {
        "sim_swapper"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        self.loot.does(stage);
        if self.next.is_none_or(|at| at <= stage.now) {
            self.reaches(stage);
            let mean = (86_400_000.0 / self.plan.per_day.max(0.001)) as i64;
            self.next =
                Some(stage.now.plus(stage.dice.span(Span::millis(mean / 2), Span::millis(mean * 3 / 2))));
        }
        let next = self.loot.next_at().into_iter().chain(self.next).min()?;
        Some(next.since(stage.now))
    }

    fn holds_yen(&self, stage: &Stage) -> i64 {
        self.loot.holds_yen(stage)
    }
}
