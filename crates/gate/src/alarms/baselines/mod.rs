//! Watchers as they are common elsewhere, to compare [`Watch`](super::Watch) with. The wallet does not use them.

mod account_lockout;
mod address_limit;
mod failure_cusum;

pub use account_lockout::AccountLockout;
pub use address_limit::AddressLimit;
pub use failure_cusum::FailureCusum;

use crate::Sighting;

/// A watcher that only says whether it rings.
pub trait Watcher {
    /// Sees one sighting, in order; true when it rings.
    fn see(&mut self, sighting: &Sighting) -> bool;
}

/// Keys that a watcher remembers at most.
const MOST_KEYS: usize = 100_000;
