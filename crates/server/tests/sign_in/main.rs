//! Sign-up, sign-in, devices, recovery over the API, with a real passkey and a real database (H1, H10).
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod enrolment;
mod floods;
mod outside;
mod pages;
mod passkeys;
mod recovery;
mod sessions;
mod stage;
#[path = "../wired/mod.rs"]
mod wired;
