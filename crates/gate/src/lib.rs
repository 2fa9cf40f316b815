//! The gate: evidence in, verdict and findings out. It cannot touch money, and knows no clock, dice or disk.
//!
//! Every plan that opens a session, links a bank account or moves money needs a [`Pass`], and only a
//! [`Verdict`] gives one (P5).

pub mod alarms;
mod attempt;
mod breaker;
mod count;
mod detector;
pub mod detectors;
mod place;
pub mod rules;
mod sighting;
mod step;
mod subject;
mod verdict;

pub use attempt::{Attempt, Outcome};
pub use breaker::{
    Breaker, Level, NotAllowed, Operation, Path, Resume, STOP_WEIGHT, Scope, Setting, Stopper, Stops,
};
pub use count::{Count, How, NEVER, Tally, needs};
pub use detector::{Detector, Finding};
pub use place::{address_of, network_around};
pub use sighting::Sighting;
pub use step::Step;
pub use subject::{By, Subjects};
pub(crate) use verdict::ruling_of;
pub use verdict::{Evidence, Pass, Ruling, Verdict, judge};
