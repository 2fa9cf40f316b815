//! Excess expected compromised accounts: how many accounts a guesser has probably opened, beyond honest failures.
//!
//! Each hostile failure was a guess that might have worked. The number of hostile failures is the orphans beyond
//! those that honest failures leave; times the chance that one best guess opens an account. One number that a
//! bank's manager understands, and the unit of the breaker. One standard deviation of what luck does is taken off,
//! so that hardly ever an honest bank shows a whole account.

use super::exact::Exact;
use serde::{Deserialize, Serialize};

/// The share of accounts that the single most used secret opens: the RockYou list's first PIN. Where bank PINs are
/// chosen better this is prudent.
pub(super) const OPENED_BY_BEST_GUESS: f64 = 0.037;
/// What is older fades over so many days.
const MEMORY_DAYS: f64 = 30.0;
/// How much more days differ than coins do.
const OVER_DISPERSION: f64 = 1.3;
/// Quiet luck may not be saved up beyond this.
const LEAST: f64 = -0.5;

/// The excess of one bank or of all.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Excess {
    sum: Exact,
    variance: Exact,
}

impl Excess {
    /// One try that was a `hit`, where honest tries hit with the share `usual`.
    pub(super) fn tried(&mut self, hit: bool, usual: f64) {
        let usual = usual.clamp(0.0, 0.95);
        let hostile = (f64::from(u8::from(hit)) - usual) / (1.0 - usual);
        self.sum.0 = (self.sum.0 + hostile * OPENED_BY_BEST_GUESS).max(LEAST);
        let honest_variance = usual / (1.0 - usual) * OVER_DISPERSION;
        self.variance.0 += honest_variance * OPENED_BY_BEST_GUESS * OPENED_BY_BEST_GUESS;
    }

    pub(super) fn day_ends(&mut self) {
        let keep = 1.0 - 1.0 / MEMORY_DAYS;
        self.sum.0 *= keep;
        self.variance.0 *= keep * keep;
    }

    /// Expected compromised accounts, at least none.
    pub(super) fn accounts(self) -> f64 {
        (self.sum.0 - libm::sqrt(self.variance.0)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_failures_cancel_and_guesses_add_up() {
        for (honest_failures, guesses, accounts) in [(400, 0, 0.0), (0, 100, 3.5), (400, 100, 3.2)] {
            let mut excess = Excess::default();
            for failure in 0..honest_failures {
                excess.tried(failure % 4 == 0, 0.25);
            }
            (0..guesses).for_each(|_| excess.tried(true, 0.25));
            assert!((excess.accounts() - accounts).abs() < 0.1, "{honest_failures} {guesses} {excess:?}");
        }
    }

    #[test]
    fn what_is_old_fades_and_luck_is_not_saved() {
        let mut excess = Excess::default();
        (0..100).for_each(|_| excess.tried(true, 0.25));
        (0..30).for_each(|_| excess.day_ends());
        assert!((1.1..1.4).contains(&excess.accounts()), "{excess:?}");
        let mut lucky = Excess::default();
        (0..100_000).for_each(|_| lucky.tried(false, 0.25));
        (0..60).for_each(|_| lucky.day_ends());
        (0..40).for_each(|_| lucky.tried(true, 0.25));
        assert!(lucky.accounts() > 0.0, "{lucky:?}");
    }
}
