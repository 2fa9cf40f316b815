//! Attackers: one file each. Each does one thing at a time and says when it will do the next.

mod creeper;
mod flooder;
mod forger;
mod guesser;
mod impostor;
mod insider;
mod loot;
mod mule_ring;
mod phisher;
mod planter;
mod reach;
mod sim_swapper;

pub use creeper::Creeper;
pub use flooder::Flooder;
pub use forger::Forger;
pub use guesser::Guesser;
pub use impostor::Impostor;
pub use insider::Insider;
pub use mule_ring::MuleRing;
pub use phisher::Phisher;
pub use planter::Planter;
pub use sim_swapper::SimSwapper;

use crate::campaign::{Scenario, Stage};
use terms::{BankCode, Span};

/// Somebody who is after other people's money.
pub trait Attacker {
    /// What the outcome calls them.
    fn name(&self) -> &'static str;
    /// Does the next thing; how long until the one after it, or nothing when there is no more to do.
    fn acts(&mut self, stage: &mut Stage) -> Option<Span>;
    /// What is still in their wallets, in yen; 0 for those who are after something else.
    fn holds_yen(&self, _: &Stage) -> i64 {
        0
    }
}

/// Everybody who attacks in a scenario.
pub(crate) fn all(scenario: &Scenario, weakest_first: &[BankCode]) -> Vec<Box<dyn Attacker>> {
    let mut found: Vec<Box<dyn Attacker>> = Vec::new();
    for plan in &scenario.guesser {
        found.push(Box::new(guesser::Guessing::new(plan.clone(), weakest_first)));
    }
    for plan in &scenario.phisher {
        found.push(Box::new(phisher::Phishing::new(plan, weakest_first)));
    }
    for plan in &scenario.mules {
        found.push(Box::new(mule_ring::Ring::new(plan.clone(), weakest_first)));
    }
    for plan in &scenario.sim_swapper {
        found.push(Box::new(sim_swapper::Swapping::new(plan, weakest_first)));
    }
    for plan in &scenario.planter {
        found.push(Box::new(planter::Planting::new(plan.clone(), weakest_first)));
    }
    for plan in &scenario.flooder {
        found.push(Box::new(flooder::Flooding::new(plan.clone())));
    }
    for plan in &scenario.creeper {
        found.push(Box::new(creeper::Creeping::new(plan.clone(), weakest_first)));
    }
    for plan in &scenario.impostor {
        found.push(Box::new(impostor::Posing::new(plan.clone())));
    }
    for plan in &scenario.forger {
        found.push(Box::new(forger::Forging::new(plan.clone())));
    }
    for plan in &scenario.insider {
        found.push(Box::new(insider::Abusing::new(plan.clone())));
    }
    found
}
