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
use std::collections::BTreeMap;
use store::{
    Fault, Shelf, Store,
    look::{CustomerRef, payments_of},
};
use terms::{CustomerId, PaymentId, Time};

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
    /// Each customer's payments, the oldest first; paid, received and under way. Read once for all rules.
    payments: BTreeMap<CustomerId, Vec<Payment>>,
}

impl<'w> Seen<'w> {
    /// A world as it is; nothing is read yet.
    pub const fn new(
        store: &'w Store,
        banks: &'w Banks,
        register: &'w CivilRegister,
        town: &'w Town,
        acknowledged: &'w Acknowledged,
        high_water: Time,
        at_rest: bool,
    ) -> Self {
        let payments = BTreeMap::new();
        Self { store, banks, register, town, acknowledged, high_water, at_rest, payments }
    }

    fn look<T>(&self, look: impl FnOnce(&mut Shelf<'_>) -> Result<T, Fault>) -> Result<T, Broken> {
        self.store.read(look).map_err(|fault| Broken::new("the book can be read", fault))
    }

    /// Reads every customer's payments.
    fn read_payments(&mut self) -> Result<(), Broken> {
        for customer in self.town.wallets.keys() {
            let whose = CustomerRef::Customer(*customer);
            let mut found = self.look(|shelf| payments_of(shelf, whose, None, 10_000))?;
            found.reverse();
            self.payments.insert(*customer, found);
        }
        Ok(())
    }

    /// A payment of any customer.
    fn payment(&self, id: PaymentId) -> Option<&Payment> {
        self.payments.values().flatten().find(|payment| payment.id == id)
    }
}

/// Checks every rule.
///
/// # Errors
/// The first that is broken.
pub fn check(mut seen: Seen<'_>) -> Result<(), Broken> {
    seen.read_payments()?;
    let seen = &seen;
    book::check(seen)?;
    answers::check(seen)?;
    purses::check(seen)?;
    banks::check(seen)?;
    links::check(seen)?;
    young::check(seen)
}
