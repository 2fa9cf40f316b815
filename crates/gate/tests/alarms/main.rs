//! The alarms against honest traffic and attackers.

mod dice;
mod figures;
mod traffic;
