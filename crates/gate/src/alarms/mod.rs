//! Alarms: watchers of streams, each a fold over sightings with a saved state and a stated rate of false alarms.
//!
//! [`Watch`] sees every try at every bank's check and keeps five statistics for each bank × method and for all banks
//! together. [`Alarm`]s of grade [`Grade::Family`] are false at most once in five years in the mean, over all
//! streams of their statistic; those of grade [`Grade::Stream`] at most once in five years for their stream.

mod alarm;
mod baseline;
pub mod baselines;
mod canaries;
mod clock;
mod ebh;
mod exact;
mod excess;
mod failures;
mod orphans;
mod pending;
mod ratio;
mod restart;
mod ring;
#[cfg(test)]
mod sample;
mod seen;
mod share;
mod singletons;
mod spread;
mod still;
mod stream;
mod watch;

pub use alarm::{Alarm, Code, Grade, Says, Scope};
pub use share::Share;
pub use watch::Watch;
