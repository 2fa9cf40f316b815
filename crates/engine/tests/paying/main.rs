//! Money to people and shops: each ask as a table of facts in and decision out (promises P1, P6, P9, H1, H11).
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod build;
mod offers;
mod people;
mod refunds;
mod shops;
mod standing;
