//! Rows that the writer remembers from one batch to the next; good as long as nobody else took the pen.

use crate::{kept::Kept, rules::AtHand};
use engine::payments::UsageEntry;
use gate::Stops;
use ledger::Book;
use std::{any::Any, collections::HashMap, sync::Arc};
use terms::AccountId;

const ROWS_MAX: usize = 100_000;
const ACCOUNTS_MAX: usize = 500_000;

/// The end of an account's thread: where its next transfer is tied on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ThreadEnd {
    /// The balance at the end.
    pub(crate) balance: i64,
    /// How many transfers the account has taken part in.
    pub(crate) entries: i64,
    /// The number of the last of them; 0 where there is none.
    pub(crate) last: i64,
}

struct Entry {
    row: Box<dyn Any + Send>,
    /// Under which unique columns it was found; forgotten when the row is put again.
    found_by: Vec<Vec<u8>>,
}

/// What is remembered.
#[derive(Default)]
pub(crate) struct Cache {
    rows: HashMap<Vec<u8>, Entry>,
    unique: HashMap<Vec<u8>, Vec<u8>>,
    /// The accounts in play, and …
    pub(crate) book: Book,
    /// … the ends of their threads.
    pub(crate) threads: HashMap<AccountId, ThreadEnd>,
    pub(crate) usage: HashMap<String, Vec<UsageEntry>>,
    /// What is stopped; nothing means that it was not read yet.
    pub(crate) stops: Option<Stops>,
    /// The rules in force, compiled; nothing means that they were not read yet.
    pub(crate) rules: Option<Arc<AtHand>>,
    /// No transfer has a greater id; nothing means that it is not known.
    pub(crate) newest_transfer: Option<[u8; 16]>,
}

fn place(table: &str, key: &[u8]) -> Vec<u8> {
    let mut place = Vec::with_capacity(table.len() + 1 + key.len());
    place.extend_from_slice(table.as_bytes());
    place.push(0);
    place.extend_from_slice(key);
    place
}

impl Cache {
    /// The row with this key.
    pub(crate) fn row<T: Kept>(&self, key: &[u8]) -> Option<T> {
        self.rows.get(&place(T::TABLE, key)).and_then(|entry| entry.row.downcast_ref::<T>()).cloned()
    }

    /// The row that was found by this text of a unique column and its value.
    pub(crate) fn found<T: Kept>(&self, by: &[u8]) -> Option<T> {
        let key = self.unique.get(&place(T::TABLE, by))?;
        self.rows.get(key).and_then(|entry| entry.row.downcast_ref::<T>()).cloned()
    }

    /// Remembers a row as it was read or put.
    pub(crate) fn keep<T: Kept>(&mut self, key: &[u8], row: T) {
        if self.rows.len() >= ROWS_MAX {
            self.rows.clear();
            self.unique.clear();
        }
        let entry = Entry { row: Box::new(row), found_by: Vec::new() };
        if let Some(before) = self.rows.insert(place(T::TABLE, key), entry) {
            before.found_by.iter().for_each(|by| {
                self.unique.remove(by);
            });
        }
    }

    /// Remembers by what a row was found that is remembered already.
    pub(crate) fn keep_found<T: Kept>(&mut self, by: &[u8], key: &[u8]) {
        let (by, key) = (place(T::TABLE, by), place(T::TABLE, key));
        if let Some(entry) = self.rows.get_mut(&key) {
            entry.found_by.push(by.clone());
            self.unique.insert(by, key);
        }
    }

    /// Forgets accounts and usages beyond the bound; called between batches.
    pub(crate) fn trim(&mut self) {
        self.book.keep_accounts();
        if self.book.accounts_count() > ACCOUNTS_MAX {
            self.book = Book::new();
            self.threads.clear();
        }
        if self.usage.len() > ROWS_MAX {
            self.usage.clear();
        }
    }
}
