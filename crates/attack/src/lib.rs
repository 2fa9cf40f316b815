//! Plays people against a whole wallet from a seed: virtual time, one thread, the production engine and store.

pub mod attackers;
pub mod campaign;
pub mod scale;
pub mod world;
