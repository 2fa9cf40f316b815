//! Creeping under lowered limits, as when an issuer lowered limits instead of stopping: few yen from each account,
//! every day, and more accounts every day.

use super::Attacker;
use crate::campaign::{Asker, Reached, Shown, Stage, Wallet, Wrong, depositors_of, fresh_place, within};
use serde::Deserialize;
use terms::{BankCode, LinkId, Span, Time};

/// How they creep.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Creeper {
    /// Accounts of a phished list that are added each day.
    pub new_per_day: u32,
    /// At how many banks, the weakest first.
    pub banks: u32,
    /// Yen from each account and day: the limit that was set.
    pub yen_per_day: i64,
    /// Whether each wallet is proved with the papers of somebody who lends them.
    #[serde(default)]
    pub papers: bool,
}

impl Creeper {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("creeper", "new_per_day", self.new_per_day, 1, 1_000)?;
        within("creeper", "banks", self.banks, 1, 35)?;
        within("creeper", "yen_per_day", self.yen_per_day, 1, 100_000)
    }
}

/// A creeper at work.
#[derive(Debug)]
pub(crate) struct Creeping {
    plan: Creeper,
    banks: Vec<BankCode>,
    wallets: Vec<(Wallet, LinkId)>,
    count: usize,
    next_new: Option<Time>,
    next_round: Option<Time>,
}

impl Creeping {
    /// One who begins.
    pub(crate) fn new(plan: Creeper, weakest_first: &[BankCode]) -> Self {
        let count = usize::try_from(plan.banks).unwrap_or(1);
        let banks = weakest_first.iter().copied().take(count).collect();
        Self { plan, banks, wallets: Vec::new(), count: 0, next_new: None, next_round: None }
    }

    fn adds(&mut self, stage: &mut Stage) {
        let Some(bank) = self.banks.get(self.count % self.banks.len().max(1)).copied() else { return };
        self.count += 1;
        let asker = Asker { source: fresh_place(stage), hostile: true };
        let Ok(mut wallet) = Wallet::open(stage, asker) else { return };
        if self.plan.papers
            && let Some(person) = stage.is_born()
        {
            let _proved = wallet.proves(stage, &person);
        }
        let number = stage.dice.below(depositors_of(bank));
        let Some(depositor) = stage.counters.depositor(bank, number) else { return };
        if let Reached::Linked(link) = wallet.reaches(stage, bank, &depositor.account, &[Shown::Known]) {
            self.wallets.push((wallet, link));
        }
    }

    /// Once a day each account gives what the limit lets through, and it is spent within the minute.
    fn goes_round(&mut self, stage: &mut Stage) {
        for (wallet, link) in &mut self.wallets {
            // Refused where the account is empty or stopped: tomorrow is another day.
            let _charged = wallet.charges(stage, *link, self.plan.yen_per_day);
            let yen = wallet.holds_yen(stage);
            if yen > 0 && wallet.pays(stage, 0, yen).is_ok() {
                stage.tally.gone_yen += yen;
            }
        }
    }
}

impl Attacker for Creeping {
    fn name(&self) -> &'static str {
        "creeper"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        if self.next_new.is_none_or(|at| at <= stage.now) {
            self.adds(stage);
            let mean = 86_400_000 / i64::from(self.plan.new_per_day);
            let wait = stage.dice.span(Span::millis(mean / 2), Span::millis(mean * 3 / 2));
            self.next_new = Some(stage.now.plus(wait));
        }
        if self.next_round.is_none_or(|at| at <= stage.now) {
            self.goes_round(stage);
            // Limits slide over 24 hours.
            self.next_round = Some(stage.now.plus(Span::hours(25)));
        }
        let next = self.next_new.into_iter().chain(self.next_round).min()?;
        Some(next.since(stage.now))
    }

    fn holds_yen(&self, stage: &Stage) -> i64 {
        self.wallets.iter().map(|(wallet, _)| wallet.holds_yen(stage)).sum()
    }
}
