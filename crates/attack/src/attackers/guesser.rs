//! Reverse brute force: not many PINs against one account, which locks it, but a few PINs against many accounts.

use super::{Attacker, loot::Loot};
use crate::campaign::{
    Asker, Reached, Shown, Stage, Wallet, Wrong, best_pins, depositors_of, fresh_place, within,
};
use serde::Deserialize;
use terms::{BankCode, Span};

/// How they guess.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guesser {
    /// Guesses at each bank and day.
    pub per_bank_day: f64,
    /// How many banks, the weakest first.
    pub banks: u32,
    /// The best PINs that are tried in turn, each at another account: 1 for one PIN.
    #[serde(default = "one")]
    pub pins: u32,
    /// Guesses made from one wallet, device and address before they take fresh ones.
    #[serde(default = "one")]
    pub per_wallet: u32,
}

const fn one() -> u32 {
    1
}

impl Guesser {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("guesser", "per_bank_day", self.per_bank_day, 0.01, 2_000.0)?;
        within("guesser", "banks", self.banks, 1, 35)?;
        within("guesser", "pins", self.pins, 1, 28)?;
        within("guesser", "per_wallet", self.per_wallet, 1, 1_000)
    }
}

/// A guesser at work.
#[derive(Debug)]
pub(crate) struct Guessing {
    plan: Guesser,
    banks: Vec<BankCode>,
    pins: Vec<u16>,
    guesses: u64,
    wallet: Option<(Wallet, u32)>,
    next_guess: Option<terms::Time>,
    loot: Loot,
}

impl Guessing {
    /// One who begins.
    pub(crate) fn new(plan: Guesser, weakest_first: &[BankCode]) -> Self {
        let count = usize::try_from(plan.banks).unwrap_or(1);
        let pins = best_pins().take(usize::try_from(plan.pins).unwrap_or(1)).collect();
        let banks = weakest_first.iter().copied().take(count).collect();
        Self { plan, banks, pins, guesses: 0, wallet: None, next_guess: None, loot: Loot::default() }
    }

    fn guesses(&mut self, stage: &mut Stage) {
        let Some(wallet) = self.a_wallet(stage) else { return };
        let place = usize::try_from(self.guesses).unwrap_or(0);
        self.guesses += 1;
        let (Some(bank), Some(pin)) =
            (self.banks.get(place % self.banks.len().max(1)), self.pins.get(place % self.pins.len().max(1)))
        else {
            return;
        };
        let number = stage.dice.below(depositors_of(*bank));
        let Some(depositor) = stage.counters.depositor(*bank, number) else { return };
        let (bank, account) = (*bank, depositor.account);
        let (mut wallet, used) = wallet;
        match wallet.reaches(stage, bank, &account, &[Shown::Pin(*pin)]) {
            Reached::Linked(link) => {
                let place = self.loot.keeps(wallet);
                self.loot.drains(stage, place, link);
            }
            Reached::Wrong | Reached::Refused(_) if used + 1 < self.plan.per_wallet => {
                self.wallet = Some((wallet, used + 1));
            }
            Reached::Wrong | Reached::Refused(_) => {}
        }
    }

    fn a_wallet(&mut self, stage: &mut Stage) -> Option<(Wallet, u32)> {
        if let Some(wallet) = self.wallet.take() {
            return Some(wallet);
        }
        let asker = Asker { source: fresh_place(stage), hostile: true };
        Wallet::open(stage, asker).ok().map(|wallet| (wallet, 0))
    }
}

impl Attacker for Guessing {
    fn name(&self) -> &'static str {
        "guesser"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        self.loot.does(stage);
        if self.next_guess.is_none_or(|at| at <= stage.now) {
            self.guesses(stage);
            let a_day = (self.plan.per_bank_day * self.banks.len() as f64).max(0.001);
            let mean = (86_400_000.0 / a_day) as i64;
            let wait = stage.dice.span(Span::millis(mean / 2), Span::millis(mean * 3 / 2));
            self.next_guess = Some(stage.now.plus(wait));
        }
        let next = self.loot.next_at().into_iter().chain(self.next_guess).min()?;
        Some(next.since(stage.now))
    }

    fn holds_yen(&self, stage: &Stage) -> i64 {
        self.loot.holds_yen(stage)
    }
}
