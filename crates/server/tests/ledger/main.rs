//! The book over HTTP: transfers in bulk with every refusal, accounts, balances then and now, and who may.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod accounts;
mod bulk;
mod desk;
mod found;
mod refusals;
#[path = "../paying/stage.rs"]
#[allow(dead_code, reason = "shared with the tests of paying")]
mod stage;
mod tokens;
#[path = "../wired/mod.rs"]
mod wired;
