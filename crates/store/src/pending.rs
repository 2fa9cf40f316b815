//! Rows that a batch has written and the database has not seen: each row once, whatever became of it in between.

use crate::{
    Fault,
    sql::{Manner, Row, Shape, Sql, key_of},
};
use std::collections::HashMap;

/// Rows to write, by table, in the order in which the tables and rows were first written.
#[derive(Default)]
pub(crate) struct Pending {
    tables: Vec<Table>,
    written: bool,
}

struct Table {
    shape: Shape,
    places: HashMap<Vec<u8>, usize>,
    rows: Vec<Row>,
}

impl Pending {
    /// Adds a row, or replaces the one with its key.
    pub(crate) fn put(&mut self, shape: &Shape, row: Row) {
        let table = self.table(shape);
        let key = key_of(row.get(..shape.keys).unwrap_or_default());
        match table.places.get(&key) {
            Some(&place) if shape.manner != Manner::Insert => table.rows[place] = row,
            _ => {
                table.places.insert(key, table.rows.len());
                table.rows.push(row);
            }
        }
    }

    /// Adds a row of which it is known that no other has its key.
    pub(crate) fn add(&mut self, shape: &Shape, row: Row) {
        self.table(shape).rows.push(row);
    }

    /// Whether a row with this key waits.
    pub(crate) fn has(&self, table: &str, key: &[u8]) -> bool {
        self.tables.iter().any(|waiting| waiting.shape.table == table && waiting.places.contains_key(key))
    }

    /// Whether the batch wrote anything, whether or not it still waits.
    pub(crate) const fn is_written(&self) -> bool {
        self.written
    }

    /// Rows are changed by a statement of their own.
    pub(crate) const fn note_change(&mut self) {
        self.written = true;
    }

    /// Writes what waits of one table.
    pub(crate) fn flush(&mut self, table: &str, sql: &mut dyn Sql) -> Result<(), Fault> {
        match self.tables.iter_mut().find(|waiting| waiting.shape.table == table) {
            Some(waiting) => waiting.flush(sql),
            None => Ok(()),
        }
    }

    /// Writes everything that waits.
    pub(crate) fn flush_all(&mut self, sql: &mut dyn Sql) -> Result<(), Fault> {
        self.tables.iter_mut().try_for_each(|table| table.flush(sql))
    }

    fn table(&mut self, shape: &Shape) -> &mut Table {
        self.written = true;
        let place = self.tables.iter().position(|table| table.shape.table == shape.table);
        let place = place.unwrap_or_else(|| {
            self.tables.push(Table { shape: *shape, places: HashMap::new(), rows: Vec::new() });
            self.tables.len() - 1
        });
        &mut self.tables[place]
    }
}

impl Table {
    fn flush(&mut self, sql: &mut dyn Sql) -> Result<(), Fault> {
        if self.rows.is_empty() {
            return Ok(());
        }
        sql.put(&self.shape, &self.rows)?;
        self.rows.clear();
        self.places.clear();
        Ok(())
    }
}
