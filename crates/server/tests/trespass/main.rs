//! Trespass: other people's objects, ids, tokens, returns and callbacks are refused like things that are not
//! there, change nothing and are remembered; and no answer tells who is known (P4, P6, H5, H6).
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod callbacks;
mod objects;
mod returns;
mod shapes;
#[path = "../paying/stage.rs"]
#[allow(dead_code, reason = "shared with the tests of paying")]
mod shops;
mod signals;
#[path = "../sign_in/stage.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of signing in")]
mod stage;
mod tokens;
mod watch;
#[allow(unreachable_pub, dead_code, reason = "shared with other tests of the server")]
#[path = "../wired/mod.rs"]
mod wired;
#[path = "../banking/world.rs"]
#[allow(dead_code, reason = "shared with the tests of banking")]
mod world;
