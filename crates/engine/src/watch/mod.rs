//! The watch: alarms fold over every try at a bank's check, and open breakers (P7).

mod entities;
mod look;
mod verdict;

pub use entities::{RaisedAlarm, WatchState};
pub use look::{LookOut, LookOutFacts, Looked};
pub use verdict::{SINCE, to_stop};
