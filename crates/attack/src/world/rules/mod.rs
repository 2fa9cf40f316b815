//! What must be true of a world at any time, whoever did what and whatever broke.

mod answers;
mod banks;
mod book;
mod links;
mod purses;
mod young;

pub(crate) use young::RESOLD;

pub use answers::Acknowledged;

use crate::world::{
    bank::Banks,
    people::{CivilRegister, Town},
};
use engine::payments::Payment;
use store::{
    Fault, Shelf, Store,
    look::{CustomerRef, payments_of},
};
use terms::{CustomerId, Time};

/// What is not true.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {what}")]
pub struct Broken {
    /// Which rule.
    pub rule: &'static str,
    /// What breaks it.
    pub what: String,
}

impl Broken {
    /// A breach of a rule.
    pub fn new(rule: &'static str, what: impl std::fmt::Display) -> Self {
        Self { rule, what: what.to_string() }
    }
}

/// Everything that the rules compare.
pub struct Seen<'w> {
    /// The wallet's book.
    pub store: &'w Store,
    /// The banks' books.
    pub banks: &'w Banks,
    /// Who people really are.
    pub register: &'w CivilRegister,
    /// Wallets and shops.
    pub town: &'w Town,
    /// What the wallet has answered.
    pub acknowledged: &'w Acknowledged,
    /// The highest time of any decision.
    pub high_water: Time,
    /// Whether nothing may be under way any more.
    pub at_rest: bool,
}

impl Seen<'_> {
    fn look<T>(&self, look: impl FnOnce(&mut Shelf<'_>) -> Result<T, Fault>) -> Result<T, Broken> {
        self.store.read(look).map_err(|fault| Broken::new("the book can be read", fault))
    }

    /// A customer's payments, the oldest first; paid, received and under way.
    fn payments(&self, customer: CustomerId) -> Result<Vec<Payment>, Broken> {
        let whose = CustomerRef::Customer(customer);
        let mut found = self.look(|shelf| payments_of(shelf, whose, None, 10_000))?;
        found.reverse();
        Ok(found)
    }
}

/// Checks every rule.
///
/// # Errors
/// The first that is broken.
pub fn check(seen: &Seen<'_>) -> Result<(), Broken> {
    book::check(seen)?;
    answers::check(seen)?;
    purses::check(seen)?;
    banks::check(seen)?;
    links::check(seen)?;
    young::check(seen)
}
