//! The alarms against honest traffic and attackers.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test may stop here, prints its seed and figures, and is made longer by the environment"
)]

mod beside_others;
mod dice;
mod figures;
mod nonsense;
mod replay;
mod secrets;
mod stopped;
mod traffic;
mod year_2020;
