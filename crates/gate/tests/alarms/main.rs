//! The alarms against honest traffic and attackers.
#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test may stop here")]

mod dice;
mod figures;
mod nonsense;
mod replay;
mod traffic;
