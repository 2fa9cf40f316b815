//! Signals: what banks tell us about tries at their checks, about their depositors, and about themselves.

mod entities;
mod take;

pub use entities::{Signal, SignalKind, SignalSaid, Told};
pub use take::{TakeSignal, TakeSignalFacts};
