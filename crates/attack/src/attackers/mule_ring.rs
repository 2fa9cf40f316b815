//! A ring of mules: each hand works many wallets from few devices and one network, fed by a bought list.

use super::{Attacker, loot::Loot};
use crate::campaign::{Asker, Reached, Shown, Stage, Wallet, Wrong, depositors_of, fresh_place, within};
use engine::Source;
use serde::Deserialize;
use terms::{BankCode, Span, Time};

/// How the ring works.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MuleRing {
    /// Pairs of hands.
    pub hands: u32,
    /// Wallets that each works.
    pub wallets_each: u32,
    /// Accounts that are linked to each wallet.
    pub accounts_each: u32,
    /// At how many banks, the weakest first.
    pub banks: u32,
    /// Minutes between two things that a hand does.
    pub minutes: u32,
    /// Whether the list's owners are on a false page just now and type the one-time password too.
    #[serde(default)]
    pub in_real_time: bool,
    /// Whether each wallet is proved with the papers of somebody who lends them.
    #[serde(default)]
    pub papers: bool,
}

impl MuleRing {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("mules", "hands", self.hands, 1, 100)?;
        within("mules", "wallets_each", self.wallets_each, 1, 100)?;
        within("mules", "accounts_each", self.accounts_each, 1, 10)?;
        within("mules", "banks", self.banks, 1, 35)?;
        within("mules", "minutes", self.minutes, 1, 1_440)
    }
}

/// A ring at work.
#[derive(Debug)]
pub(crate) struct Ring {
    plan: MuleRing,
    banks: Vec<BankCode>,
    places: Vec<Source>,
    done: u32,
    next: Option<Time>,
    loot: Loot,
}

impl Ring {
    /// One that begins.
    pub(crate) fn new(plan: MuleRing, weakest_first: &[BankCode]) -> Self {
        let count = usize::try_from(plan.banks).unwrap_or(1);
        let banks = weakest_first.iter().copied().take(count).collect();
        Self { plan, banks, places: Vec::new(), done: 0, next: None, loot: Loot::default() }
    }

    /// The hands take turns; each has one phone and one line.
    fn opens(&mut self, stage: &mut Stage) {
        let hand = usize::try_from(self.done % self.plan.hands).unwrap_or(0);
        while self.places.len() <= hand {
            self.places.push(fresh_place(stage));
        }
        self.done += 1;
        let Some(source) = self.places.get(hand).cloned() else { return };
        let Ok(wallet) = Wallet::open(stage, Asker { source, hostile: true }) else { return };
        if self.plan.papers
            && let Some(person) = stage.is_born()
        {
            let _proved = wallet.proves(stage, &person);
        }
        let place = self.loot.keeps(wallet);
        for _ in 0..self.plan.accounts_each {
            self.links(stage, place);
        }
    }

    fn links(&mut self, stage: &mut Stage, place: usize) {
        let Some(bank) = stage.dice.pick(&self.banks).copied() else { return };
        let number = stage.dice.below(depositors_of(bank));
        let Some(depositor) = stage.counters.depositor(bank, number) else { return };
        let shown = if self.plan.in_real_time { Shown::All } else { Shown::Known };
        let Some(wallet) = self.loot.wallet(place) else { return };
        if let Reached::Linked(link) = wallet.reaches(stage, bank, &depositor.account, &[shown]) {
            self.loot.drains(stage, place, link);
        }
    }
}

impl Attacker for Ring {
    fn name(&self) -> &'static str {
        "mules"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        self.loot.does(stage);
        let all = self.plan.hands * self.plan.wallets_each;
        if self.done < all && self.next.is_none_or(|at| at <= stage.now) {
            self.opens(stage);
            let minutes = i64::from((self.plan.minutes / self.plan.hands).max(1));
            self.next =
                Some(stage.now.plus(stage.dice.span(Span::minutes(minutes), Span::minutes(minutes * 2))));
        }
        let next_wallet = self.next.filter(|_| self.done < all);
        let next = self.loot.next_at().into_iter().chain(next_wallet).min()?;
        Some(next.since(stage.now))
    }

    fn holds_yen(&self, stage: &Stage) -> i64 {
        self.loot.holds_yen(stage)
    }
}
