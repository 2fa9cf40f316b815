//! Stops over HTTP: who stops and who resumes, what is held up and what goes on, and what the staff is told (P7).
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod desk;
mod events;
mod held_up;
mod people;
#[path = "../sign_in/stage.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of signing in")]
mod stage;
#[allow(unreachable_pub, reason = "shared with other tests of the server")]
#[path = "../wired/mod.rs"]
mod wired;
#[path = "../banking/world.rs"]
#[allow(dead_code, reason = "shared with the tests of links and money over them")]
mod world;
