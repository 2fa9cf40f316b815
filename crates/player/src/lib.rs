//! Plays a customer's life over HTTP against a running wallet and its sandbox, as a stranger would.
//!
//! It knows the two by their published contracts alone and shares no type with either: what the wallet promises is
//! checked from outside. [`smoke`] plays a whole life and compares every balance on both sides; [`bench`] measures.
#![forbid(unsafe_code)]

mod authenticator;
mod bench_http;
mod cbor;
mod fields;
mod http;
mod keep_alive;
mod life;
#[cfg(test)]
#[path = "../tests/pretend/mod.rs"]
mod pretend;
mod samples;
mod sandbox;
mod smoke;
mod strangers;
mod trouble;
mod wallet;

pub use authenticator::{CeremonyRefused, SoftwarePasskey};
pub use bench_http::{BenchOptions, BenchReport, BenchRow, GivenCustomer, bench};
pub use life::{Customer, Link, Payee, Payment, SignUp};
pub use samples::{Latency, Samples};
pub use sandbox::{BankAccount, Books, Message, Person, Returned, Sandbox, Vice};
pub use smoke::{BankLine, SmokeFailure, SmokeOptions, SmokeReport, Step, smoke};
pub use strangers::Stranger;
pub use trouble::{Problem, Trouble};
pub use wallet::{Balances, Wallet};
