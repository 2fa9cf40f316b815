//! A row that is kept: the columns that queries need, and the sealed body that is the row itself.

use crate::{
    Fault, Keys,
    shelf::Shelf,
    sql::{Value, column},
};
use serde::{Serialize, de::DeserializeOwned};

/// A kind of row. Key columns come first.
pub(crate) trait Kept: Serialize + DeserializeOwned {
    const TABLE: &'static str;
    /// Columns but the body.
    const COLUMNS: &'static [&'static str];
    /// How many of the columns are the key.
    const KEYS: usize = 1;
    fn columns(&self, keys: &Keys) -> Vec<Value>;
}

fn sealed_to(key: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::new();
    key.iter().for_each(|value| value.key_bytes(&mut bytes));
    bytes
}

impl Shelf<'_> {
    /// Puts a row whole, new or again.
    pub(crate) fn put<T: Kept>(&mut self, row: &T) -> Result<(), Fault> {
        let mut values = row.columns(self.keys);
        let body = serde_json::to_vec(row).map_err(|e| Fault::Row { table: T::TABLE, why: e.to_string() })?;
        values.push(Value::Blob(self.keys.seal(T::TABLE, &sealed_to(&values[..T::KEYS]), body)?));
        let columns = T::COLUMNS.join(", ");
        let places: Vec<String> = (1..=values.len()).map(|place| format!("?{place}")).collect();
        let set: Vec<String> = T::COLUMNS[T::KEYS..]
            .iter()
            .chain(&["body"])
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        let sql = format!(
            "INSERT INTO {} ({columns}, body) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
            T::TABLE,
            places.join(", "),
            T::COLUMNS[..T::KEYS].join(", "),
            set.join(", "),
        );
        self.sql.change(&sql, &values)?;
        Ok(())
    }

    /// Rows by a condition on columns; `filter` is what stands behind WHERE.
    pub(crate) fn find<T: Kept>(&mut self, filter: &str, values: &[Value]) -> Result<Vec<T>, Fault> {
        let keys = T::COLUMNS[..T::KEYS].join(", ");
        let sql = format!("SELECT {keys}, body FROM {} WHERE {filter}", T::TABLE);
        let rows = self.sql.query(&sql, values)?;
        rows.into_iter()
            .map(|row| {
                let sealed = column(T::TABLE, &row, T::KEYS, |value| value.as_blob().map(<[u8]>::to_vec))?;
                let body = self.keys.open(T::TABLE, &sealed_to(&row[..T::KEYS]), sealed)?;
                serde_json::from_slice(&body).map_err(|e| Fault::Row { table: T::TABLE, why: e.to_string() })
            })
            .collect()
    }

    /// The one row by a condition on columns.
    pub(crate) fn find_one<T: Kept>(&mut self, filter: &str, values: &[Value]) -> Result<Option<T>, Fault> {
        Ok(self.find(filter, values)?.into_iter().next())
    }

    /// The row with this key, of a kind with one key column.
    pub(crate) fn get<T: Kept>(&mut self, key: Value) -> Result<Option<T>, Fault> {
        self.find_one(&format!("{} = ?1", T::COLUMNS[0]), &[key])
    }
}
