//! Breakers: what is stopped, since when and by whom, and how it comes back (P7).
//!
//! One person stops, or an alarm; two different people resume, step by step: 1 % of the customers with a fresh passkey
//! signature, then 10 %, then all. Whatever tightens happens at once; whatever loosens needs the second person.

mod change;
mod scope;
mod stops;

pub use change::{Breaker, NotAllowed, Resume, Setting, Stopper};
pub use scope::{Level, Operation, Scope};
pub use stops::{Path, STOP_WEIGHT, Stops};
