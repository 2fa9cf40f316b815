//! What a transaction works on: the connection, the keys, and the book of accounts in play.

use crate::{Fault, Keys, sql::Sql};
use ::ledger::Book;
use std::collections::BTreeSet;
use terms::AccountId;

/// One transaction's view. Accounts are read once, changed in memory and written once, at the end of the batch.
pub struct Shelf<'s> {
    pub(crate) sql: &'s mut dyn Sql,
    pub(crate) keys: &'s Keys,
    pub(crate) book: Book,
    pub(crate) changed: BTreeSet<AccountId>,
    /// Numbers of the events written, with their audiences, to tell listeners after the commit.
    pub(crate) told: Vec<crate::StoredEvent>,
    pub(crate) errands_added: bool,
}

impl<'s> Shelf<'s> {
    pub(crate) fn new(sql: &'s mut dyn Sql, keys: &'s Keys) -> Self {
        Self {
            sql,
            keys,
            book: Book::new(),
            changed: BTreeSet::new(),
            told: Vec::new(),
            errands_added: false,
        }
    }

    /// The keyed tag of a value.
    pub fn tag(&self, kind: &str, value: &str) -> terms::Digest {
        self.keys.tag(kind, value)
    }

    /// The events that this transaction wrote, once: to be told after the commit.
    pub fn take_told(&mut self) -> Vec<crate::StoredEvent> {
        std::mem::take(&mut self.told)
    }

    /// Whether this transaction added errands.
    pub const fn has_new_errands(&self) -> bool {
        self.errands_added
    }

    pub(crate) fn write_balances(&mut self) -> Result<(), Fault> {
        for id in std::mem::take(&mut self.changed) {
            if let Some(account) = self.book.account(id).cloned() {
                self.write_account(&account)?;
            }
        }
        Ok(())
    }
}
