//! The pen: one row whose lock says who writes now, and the numbers that come next.
//!
//! Nodes that share a database take turns: a batch begins by taking the pen and ends with its commit, so commits,
//! transfers and events are numbered in the order of their commits, without gaps.

use crate::{
    Fault,
    sql::{Database, Sql, Value, column},
};
use terms::{Digest, Time};

const TABLE: &str = "pen";
const SELECT: &str =
    "SELECT commits, transfers, events, signals, sightings, at, digest FROM pen WHERE id = 1";

/// The numbers given out so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pen {
    /// Number of the last commit.
    pub(crate) commits: i64,
    /// Number of the last transfer.
    pub(crate) transfers: i64,
    /// Number of the last event.
    pub(crate) events: i64,
    /// Number of the last signal of a bank.
    pub(crate) signals: i64,
    /// Number of the last sighting.
    pub(crate) sightings: i64,
    /// Time of the last commit; commits never go back in time.
    pub(crate) at: Time,
    /// Digest of the last commit, which contains the one before it.
    pub(crate) digest: Digest,
}

impl Default for Pen {
    fn default() -> Self {
        let nothing = Digest::new([0; 32]);
        Self {
            commits: 0,
            transfers: 0,
            events: 0,
            signals: 0,
            sightings: 0,
            at: Time::from_millis(0),
            digest: nothing,
        }
    }
}

impl Pen {
    /// Takes the pen: waits until whoever has it commits.
    pub(crate) fn take(database: &mut dyn Database) -> Result<Self, Fault> {
        let sql = format!("{SELECT}{}", database.lock_clause());
        Self::read(database.as_sql(), &sql)
    }

    /// Looks at the pen without taking it.
    pub(crate) fn look(sql: &mut dyn Sql) -> Result<Self, Fault> {
        Self::read(sql, SELECT)
    }

    fn read(sql: &mut dyn Sql, select: &str) -> Result<Self, Fault> {
        let rows = sql.query(select, &[])?;
        let row = rows.first().ok_or(Fault::Row { table: TABLE, why: "it is not there".to_owned() })?;
        Ok(Self {
            commits: column(TABLE, row, 0, Value::as_int)?,
            transfers: column(TABLE, row, 1, Value::as_int)?,
            events: column(TABLE, row, 2, Value::as_int)?,
            signals: column(TABLE, row, 3, Value::as_int)?,
            sightings: column(TABLE, row, 4, Value::as_int)?,
            at: column(TABLE, row, 5, |value| value.as_int().map(Time::from_millis))?,
            digest: column(TABLE, row, 6, |value| {
                <[u8; 32]>::try_from(value.as_blob()?).ok().map(Digest::new)
            })?,
        })
    }

    /// Writes the numbers back.
    pub(crate) fn put_back(&self, sql: &mut dyn Sql) -> Result<(), Fault> {
        let change = "UPDATE pen SET commits = ?1, transfers = ?2, events = ?3, signals = ?4, sightings = ?5, \
                      at = ?6, digest = ?7 WHERE id = 1";
        let values = [
            Value::Int(self.commits),
            Value::Int(self.transfers),
            Value::Int(self.events),
            Value::Int(self.signals),
            Value::Int(self.sightings),
            Value::Int(self.at.millis()),
            Value::digest(&self.digest),
        ];
        sql.change(change, &values).map(|_| ())
    }
}
