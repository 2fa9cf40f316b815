//! Denial of service: somebody plants failures at banks' pages, so that alarms ring and honest people stand still.

use super::Attacker;
use crate::campaign::{Asker, Shown, Stage, Wallet, Wrong, depositors_of, fresh_place, within};
use serde::Deserialize;
use terms::{BankCode, Span};

/// How they plant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planter {
    /// Failures a day, over all banks.
    pub per_day: f64,
    /// At how many banks.
    pub banks: u32,
    /// How many people lend their papers; each has one wallet with a proved identity.
    pub papers: u32,
}

impl Planter {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("planter", "per_day", self.per_day, 0.01, 20_000.0)?;
        within("planter", "banks", self.banks, 1, 35)?;
        within("planter", "papers", self.papers, 1, 5_000)
    }
}

/// A planter at work.
#[derive(Debug)]
pub(crate) struct Planting {
    plan: Planter,
    banks: Vec<BankCode>,
    wallets: Vec<Wallet>,
    count: usize,
}

impl Planting {
    /// One who begins.
    pub(crate) fn new(plan: Planter, weakest_first: &[BankCode]) -> Self {
        let count = usize::try_from(plan.banks).unwrap_or(1);
        let banks = weakest_first.iter().copied().take(count).collect();
        Self { plan, banks, wallets: Vec::new(), count: 0 }
    }

    fn plants(&mut self, stage: &mut Stage) {
        if self.wallets.len() < usize::try_from(self.plan.papers).unwrap_or(0) {
            let asker = Asker { source: fresh_place(stage), hostile: true };
            if let Ok(wallet) = Wallet::open(stage, asker) {
                if let Some(person) = stage.is_born() {
                    let _proved = wallet.proves(stage, &person);
                }
                self.wallets.push(wallet);
            }
        }
        self.count += 1;
        let place = self.count % self.wallets.len().max(1);
        let (Some(wallet), Some(bank)) = (self.wallets.get_mut(place), stage.dice.pick(&self.banks).copied())
        else {
            return;
        };
        let number = stage.dice.below(depositors_of(bank));
        let Some(depositor) = stage.counters.depositor(bank, number) else { return };
        let _failed = wallet.reaches(stage, bank, &depositor.account, &[Shown::Mistyped]);
    }
}

impl Attacker for Planting {
    fn name(&self) -> &'static str {
        "planter"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        self.plants(stage);
        let mean = (86_400_000.0 / self.plan.per_day.max(0.001)) as i64;
        Some(stage.dice.span(Span::millis(mean / 2), Span::millis(mean * 3 / 2)))
    }
}
