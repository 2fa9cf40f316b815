//! Links to bank accounts and money over them: each ask as a table, and random play with banks that answer anyhow
//! (promises P1, P3, P4, P5, P6, P8, P9, P10, H2, H3, H11, H12, H13).
#![allow(
    clippy::unwrap_used,
    clippy::type_complexity,
    reason = "a test may stop here, and its table is its type"
)]

mod answers;
#[path = "../paying/build.rs"]
#[allow(dead_code, reason = "shared with the tests of payments to people and shops")]
mod build;
mod linking;
mod money_in;
mod money_out;
mod play;
mod signals;
mod world;
