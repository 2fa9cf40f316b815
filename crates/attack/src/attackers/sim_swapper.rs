//! SIM swap: the depositor's number was moved to the attacker's card, and a bought list says the rest.

use super::{Attacker, reach::Reaching};
use crate::campaign::{Shown, Stage, Wrong, within};
use serde::Deserialize;
use terms::{BankCode, Span};

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
pub(crate) struct Swapping(Reaching);

impl Swapping {
    /// One who begins.
    pub(crate) fn new(plan: &SimSwapper, weakest_first: &[BankCode]) -> Self {
        Self(Reaching::new(plan.per_day, plan.banks, plan.papers, Shown::Phone, weakest_first))
    }
}

impl Attacker for Swapping {
    fn name(&self) -> &'static str {
        "sim_swapper"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        self.0.acts(stage)
    }

    fn holds_yen(&self, stage: &Stage) -> i64 {
        self.0.holds_yen(stage)
    }
}
