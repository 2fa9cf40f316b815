//! Payments to people and shops over the API and the pages: statuses, bodies, who sees what, events that resume.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod people;
mod shops;
mod stage;
mod stream;
#[path = "../wired/mod.rs"]
mod wired;
