//! Links and money over them, by API and by pages, against the sandbox's banks over real HTTP (P4, P6, P8, H2, H3).
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod links;
mod money;
mod signals;
#[path = "../sign_in/stage.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of signing in")]
mod stage;
#[allow(unreachable_pub, reason = "shared with other tests of the server")]
#[path = "../wired/mod.rs"]
mod wired;
mod world;
