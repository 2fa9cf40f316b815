//! Pretend banks: another company's book in whole yen, written from its own side.

mod books;
mod consent;
mod manners;

pub use books::{Bank, Order, OrderState};
pub use consent::{BankAccount, Grant};
pub use manners::Manners;

use engine::directory::Directory;
use std::collections::BTreeMap;
use terms::BankCode;

/// All banks of a world.
#[derive(Debug, Default)]
pub struct Banks {
    banks: BTreeMap<BankCode, Bank>,
}

impl Banks {
    /// The first banks of the directory, so many.
    pub fn found(count: usize) -> Self {
        let codes = Directory::embedded().banks.keys().take(count);
        Self { banks: codes.map(|code| (*code, Bank::new(*code))).collect() }
    }

    /// A bank.
    pub fn get(&mut self, code: BankCode) -> Option<&mut Bank> {
        self.banks.get_mut(&code)
    }

    /// All of them, by code.
    pub fn all(&self) -> impl Iterator<Item = &Bank> {
        self.banks.values()
    }

    /// Their codes.
    pub fn codes(&self) -> Vec<BankCode> {
        self.banks.keys().copied().collect()
    }

    /// From now on every bank does what it is asked.
    pub fn behave(&mut self) {
        self.banks.values_mut().for_each(|bank| bank.down_until = None);
    }
}
