//! What a transaction works on: the connection, the keys, rows that wait to be written, and the book in play.

use crate::{
    Fault, Keys,
    attempts::PendingAttempts,
    cache::Cache,
    journal::Journal,
    pen::Pen,
    pending::Pending,
    sql::{Row, Sql, Value},
};
use ::ledger::Book;
use std::collections::BTreeSet;
use terms::{AccountId, Time};

/// One transaction's view. Every row and every balance is written once, at the end of the batch, or before
/// something is looked for among the rows of its table.
pub struct Shelf<'s> {
    pub(crate) sql: &'s mut dyn Sql,
    pub(crate) keys: &'s Keys,
    /// Whether this transaction may write; then what it reads is remembered too.
    pub(crate) writes: bool,
    pub(crate) pen: Pen,
    pub(crate) pending: Pending,
    pub(crate) attempts: PendingAttempts,
    pub(crate) cache: Cache,
    pub(crate) book: Book,
    pub(crate) changed: Vec<AccountId>,
    /// Accounts that this transaction opened: they have no row yet.
    pub(crate) opened: BTreeSet<AccountId>,
    pub(crate) journal: Journal,
    /// Events written, to tell listeners after the commit.
    pub(crate) told: Vec<crate::StoredEvent>,
    pub(crate) errands_added: bool,
    /// Whether counts are answered as if nobody had tried anything before.
    pub(crate) counts_nothing: bool,
}

impl<'s> Shelf<'s> {
    /// To look only.
    pub(crate) fn to_read(sql: &'s mut dyn Sql, keys: &'s Keys) -> Self {
        Self::new(sql, keys, false, Pen::default(), Cache::default())
    }

    /// To write, with the pen in hand.
    pub(crate) fn to_write(sql: &'s mut dyn Sql, keys: &'s Keys, pen: Pen, cache: Cache) -> Self {
        Self::new(sql, keys, true, pen, cache)
    }

    fn new(sql: &'s mut dyn Sql, keys: &'s Keys, writes: bool, pen: Pen, mut cache: Cache) -> Self {
        let journal = Journal::after(&pen);
        Self {
            sql,
            keys,
            writes,
            pen,
            pending: Pending::default(),
            attempts: PendingAttempts::default(),
            book: std::mem::take(&mut cache.book),
            cache,
            changed: Vec::new(),
            opened: BTreeSet::new(),
            journal,
            told: Vec::new(),
            errands_added: false,
            counts_nothing: false,
        }
    }

    /// From now on every count is answered as if nobody had tried anything before: a simulation switches detectors off
    /// by it (`Control::Detectors`), and nothing else may.
    pub const fn count_nothing(&mut self) {
        self.counts_nothing = true;
    }

    /// The keyed tag of a value.
    pub fn tag(&self, kind: &str, value: &str) -> terms::Digest {
        self.keys.tag(kind, value)
    }

    /// The keyed tag of a value that the gate counts by.
    pub fn gate_tag(&self, kind: &str, value: &str) -> terms::Digest {
        self.keys.gate_tag(kind, value)
    }

    /// The events that this transaction wrote, once: to be told after the commit.
    pub fn take_told(&mut self) -> Vec<crate::StoredEvent> {
        std::mem::take(&mut self.told)
    }

    /// The time of the last commit, of whichever node: no decision is earlier.
    pub const fn latest(&self) -> Time {
        self.pen.at
    }

    /// Whether this transaction added errands.
    pub const fn has_new_errands(&self) -> bool {
        self.errands_added
    }

    /// Rows of a table by any condition: what waits of that table is written first.
    pub(crate) fn query(&mut self, table: &str, sql: &str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        self.pending.flush(table, self.sql)?;
        if table == crate::attempts::TABLE {
            self.attempts.clear();
        }
        self.sql.query(sql, values)
    }

    /// The time of this commit is not before this.
    pub(crate) fn happens_at(&mut self, now: Time) {
        self.pen.at = self.pen.at.max(now);
    }
}
