//! Asks of the attack's own: what a campaign puts into the book instead of living through it.

use engine::{Ask, Context, Decision, Plan, Row, watch::WatchState};
use gate::Sighting;
use store::{Fault, Load, Shelf};

/// Tries of honest people at banks' pages, as sightings: the campaign's background, whose wallets nobody plays.
#[derive(Debug, Clone)]
pub(super) struct Background {
    /// In the order of time.
    pub(super) sightings: Vec<Sighting>,
}

impl Ask for Background {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "attack.background";

    fn decide(&self, (): &(), _: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        for sighting in &self.sightings {
            plan.put(Row::Sighting(sighting.clone()));
        }
        Decision::done((), plan)
    }
}

impl Load for Background {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// The watch as it stands after quiet days that were folded beside the book.
#[derive(Debug, Clone)]
pub(super) struct SeedWatch {
    /// The state.
    pub(super) state: WatchState,
}

impl Ask for SeedWatch {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "attack.seed_watch";

    fn decide(&self, (): &(), _: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        plan.put(Row::Watch(self.state.clone()));
        Decision::done((), plan)
    }
}

impl Load for SeedWatch {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}
