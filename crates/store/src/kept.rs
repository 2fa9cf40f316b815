//! A row that is kept: the columns that queries need, and the sealed body that is the row itself.

use crate::{
    Fault, Keys,
    shelf::Shelf,
    sql::{Manner, Row, Shape, Value, column, key_of},
};
use serde::{Serialize, de::DeserializeOwned};

/// A kind of row. Key columns come first.
pub(crate) trait Kept: Serialize + DeserializeOwned + Clone + Send + 'static {
    const TABLE: &'static str;
    /// Columns but the body.
    const COLUMNS: &'static [&'static str];
    /// How many of the columns are the key.
    const KEYS: usize = 1;
    /// Whether the writer remembers rows from one batch to the next.
    const REMEMBERED: bool = false;
    fn columns(&self, keys: &Keys) -> Vec<Value>;
}

const fn shape<T: Kept>() -> Shape {
    Shape { table: T::TABLE, columns: T::COLUMNS, has_body: true, keys: T::KEYS, manner: Manner::Upsert }
}

impl Shelf<'_> {
    /// Puts a row whole, new or again.
    pub(crate) fn put<T: Kept>(&mut self, row: &T) -> Result<(), Fault> {
        let mut values = row.columns(self.keys);
        let body = serde_json::to_vec(row).map_err(|e| Fault::Row { table: T::TABLE, why: e.to_string() })?;
        let key = key_of(&values[..T::KEYS]);
        values.push(Value::Blob(self.keys.seal(T::TABLE, &key, body)?));
        if T::REMEMBERED && self.writes {
            self.cache.keep(&key, row.clone());
        }
        self.pending.put(&shape::<T>(), values);
        Ok(())
    }

    /// Rows by a condition on columns; `filter` is what stands behind WHERE.
    pub(crate) fn find<T: Kept>(&mut self, filter: &str, values: &[Value]) -> Result<Vec<T>, Fault> {
        let columns = T::COLUMNS.join(", ");
        let sql = format!("SELECT {columns}, body FROM {} WHERE {filter}", T::TABLE);
        let rows = self.query(T::TABLE, &sql, values)?;
        rows.iter().map(|row| self.open_row(row).map(|(_, row)| row)).collect()
    }

    /// The one row by a condition on columns that is unique.
    pub(crate) fn find_one<T: Kept>(&mut self, filter: &str, values: &[Value]) -> Result<Option<T>, Fault> {
        let mut by = filter.as_bytes().to_vec();
        by.extend_from_slice(&key_of(values));
        if let (true, Some(row)) = (T::REMEMBERED, self.cache.found(&by)) {
            return Ok(Some(row));
        }
        let columns = T::COLUMNS.join(", ");
        let sql = format!("SELECT {columns}, body FROM {} WHERE {filter}", T::TABLE);
        let rows = self.query(T::TABLE, &sql, values)?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (key, row) = self.open_row::<T>(row)?;
        if T::REMEMBERED && self.writes {
            self.cache.keep(&key, row.clone());
            self.cache.keep_found::<T>(&by, &key);
        }
        Ok(Some(row))
    }

    /// The row with this key, of a kind with one key column.
    pub(crate) fn get<T: Kept>(&mut self, key: Value) -> Result<Option<T>, Fault> {
        let place = key_of(std::slice::from_ref(&key));
        if let (true, Some(row)) = (T::REMEMBERED, self.cache.row(&place)) {
            return Ok(Some(row));
        }
        if self.pending.has(T::TABLE, &place) {
            self.pending.flush(T::TABLE, self.sql)?;
        }
        let columns = T::COLUMNS.join(", ");
        let sql = format!("SELECT {columns}, body FROM {} WHERE {} = ?1", T::TABLE, T::COLUMNS[0]);
        let rows = self.sql.query(&sql, &[key])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (key, row) = self.open_row::<T>(row)?;
        if T::REMEMBERED && self.writes {
            self.cache.keep(&key, row.clone());
        }
        Ok(Some(row))
    }

    fn open_row<T: Kept>(&self, row: &Row) -> Result<(Vec<u8>, T), Fault> {
        let table = T::TABLE;
        let sealed = column(table, row, T::COLUMNS.len(), |value| value.as_blob().map(<[u8]>::to_vec))?;
        let key = key_of(&row[..T::KEYS]);
        let body = self.keys.open(table, &key, sealed)?;
        let opened: T =
            serde_json::from_slice(&body).map_err(|e| Fault::Row { table, why: e.to_string() })?;
        // A row is found by its columns: a token or key that was written into another's row opens nothing.
        for ((stated, wanted), name) in row.iter().zip(opened.columns(self.keys)).zip(T::COLUMNS) {
            if *stated != wanted {
                return Err(Fault::Row { table, why: format!("column {name} is not its body's") });
            }
        }
        Ok((key, opened))
    }
}
