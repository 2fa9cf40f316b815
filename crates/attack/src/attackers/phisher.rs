//! Phishing: depositors typed all that they know into a false page, and perhaps do so right now.

use super::{Attacker, reach::Reaching};
use crate::campaign::{Shown, Stage, Wrong, within};
use serde::Deserialize;
use terms::{BankCode, Span};

/// What they have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phisher {
    /// Accounts that are reached for each day.
    pub per_day: f64,
    /// At how many banks, the weakest first.
    pub banks: u32,
    /// Whether the depositor is on the false page just now and types the one-time password too.
    #[serde(default)]
    pub in_real_time: bool,
    /// How many people lend their papers, so that a wallet can have a proved identity: their own.
    #[serde(default)]
    pub papers: u32,
}

impl Phisher {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("phisher", "per_day", self.per_day, 0.01, 5_000.0)?;
        within("phisher", "banks", self.banks, 1, 35)?;
        within("phisher", "papers", self.papers, 0, 5_000)
    }
}

/// A phisher at work.
#[derive(Debug)]
pub(crate) struct Phishing(Reaching);

impl Phishing {
    /// One who begins.
    pub(crate) fn new(plan: &Phisher, weakest_first: &[BankCode]) -> Self {
        let shown = if plan.in_real_time { Shown::All } else { Shown::Known };
        Self(Reaching::new(plan.per_day, plan.banks, plan.papers, shown, weakest_first))
    }
}

impl Attacker for Phishing {
    fn name(&self) -> &'static str {
        "phisher"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        self.0.acts(stage)
    }

    fn holds_yen(&self, stage: &Stage) -> i64 {
        self.0.holds_yen(stage)
    }
}
