//! Double entry with holds: accounts and amounts, and nothing about whose they are.
//!
//! A [`Book`] holds the accounts, holds and transfers that are in play. [`Book::apply`] takes one [`Posting`] and
//! either changes the book or refuses and changes nothing; [`Book::apply_all`] takes a batch with chains. [`prove`]
//! re-derives every balance from the transfers.

mod account;
mod accounts;
mod book;
mod change;
mod hold;
mod holding;
mod moving;
mod opening;
mod posting;
pub mod prove;
mod refusal;

pub use account::{Account, AccountState};
pub use book::Book;
pub use hold::{Hold, HoldState};
pub use posting::{AMOUNT_CAP, Applied, BATCH_MAX, Item, Posting, Transfer};
pub use refusal::Refusal;
