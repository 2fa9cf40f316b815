//! Double entry with holds: accounts and amounts, and nothing about whose they are.
//!
//! A [`Book`] holds the accounts and holds that are in play. [`Book::apply`] takes one [`Posting`] and either
//! changes the book or refuses and changes nothing. [`prove`] re-derives every balance from the transfers.

mod account;
mod book;
mod hold;
mod posting;
pub mod prove;
mod refusal;

pub use account::{Account, AccountState};
pub use book::Book;
pub use hold::{Hold, HoldState};
pub use posting::{Posting, Transfer};
pub use refusal::Refusal;
