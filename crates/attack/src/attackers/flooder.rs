//! A flood on a public page: sign-ups are begun as fast as it goes, from few networks, and never finished.

use super::Attacker;
use crate::campaign::{Asker, Stage, Wallet, Wrong, fresh_place, within};
use engine::Source;
use serde::Deserialize;
use terms::Span;

/// How they flood.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flooder {
    /// Sign-ups begun each hour.
    pub per_hour: u32,
    /// Addresses that they come from, each with a device that is another one each time.
    pub addresses: u32,
    /// After so many hours they are tired.
    pub hours: u32,
}

impl Flooder {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("flooder", "per_hour", self.per_hour, 1, 20_000)?;
        within("flooder", "addresses", self.addresses, 1, 10_000)?;
        within("flooder", "hours", self.hours, 1, 240)
    }
}

/// A flooder at work.
#[derive(Debug)]
pub(crate) struct Flooding {
    plan: Flooder,
    places: Vec<Source>,
    count: u64,
}

impl Flooding {
    /// One who begins.
    pub(crate) const fn new(plan: Flooder) -> Self {
        Self { plan, places: Vec::new(), count: 0 }
    }
}

impl Attacker for Flooding {
    fn name(&self) -> &'static str {
        "flooder"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        let addresses = u64::from(self.plan.addresses);
        let place = usize::try_from(self.count % addresses).unwrap_or(0);
        while self.places.len() <= place {
            self.places.push(fresh_place(stage));
        }
        self.count += 1;
        let address = self.places.get(place).and_then(|source| source.address.clone());
        let source = Source { address, ..fresh_place(stage) };
        // Refused or not: the next one follows.
        if Wallet::begins(stage, &Asker { source, hostile: true }).is_ok() {
            stage.tally.gains("sign-ups begun");
        }
        let tired = self.count >= u64::from(self.plan.per_hour) * u64::from(self.plan.hours);
        (!tired).then(|| Span::millis(3_600_000 / i64::from(self.plan.per_hour)))
    }
}
