//! The little of a database that the store needs: values, rows, a query, a change, and rows put as arrays.

use crate::Fault;
use terms::Digest;
use uuid::Uuid;

/// A value in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    /// Sixteen bytes, without a heap of their own: most columns are ids.
    Id([u8; 16]),
    Blob(Vec<u8>),
}

/// The values of one row, in the order asked for.
pub(crate) type Row = Vec<Value>;

/// What putting a row does when its key is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// A fault: such rows are only ever added.
    Insert,
    /// The row is replaced.
    Upsert,
    /// The row is replaced, and it is there: only the columns named are written.
    Update,
}

/// How rows of one table are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) table: &'static str,
    /// Columns in order, keys first; the sealed body, where there is one, comes after them.
    pub(crate) columns: &'static [&'static str],
    pub(crate) has_body: bool,
    pub(crate) keys: usize,
    pub(crate) manner: Manner,
}

impl Shape {
    /// The columns, the body included.
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().copied().chain(self.has_body.then_some("body"))
    }

    /// `INSERT INTO table (columns)`, and what to do when the key is there already; the rows stand between.
    pub(crate) fn around_rows(&self) -> (String, String) {
        let columns: Vec<&str> = self.all_columns().collect();
        let head = format!("INSERT INTO {} ({})", self.table, columns.join(", "));
        if self.manner != Manner::Upsert {
            return (head, String::new());
        }
        let set: Vec<String> =
            columns.iter().skip(self.keys).map(|column| format!("{column} = excluded.{column}")).collect();
        let keys = self.columns[..self.keys].join(", ");
        (head, format!(" ON CONFLICT ({keys}) DO UPDATE SET {}", set.join(", ")))
    }
}

impl Shape {
    /// Every row was put, or the database is not as the writer knows it.
    pub(crate) fn check_put(&self, rows: usize, put: u64) -> Result<(), Fault> {
        if rows as u64 == put {
            return Ok(());
        }
        Err(Fault::Row { table: self.table, why: format!("{put} of {rows} rows that change are there") })
    }
}

/// A connection within a transaction. `?n` numbers parameters.
pub(crate) trait Sql {
    /// Rows, in order.
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Fault>;
    /// How many rows were changed.
    fn change(&mut self, sql: &str, values: &[Value]) -> Result<usize, Fault>;
    /// Writes rows of one table, all at once where the database can.
    fn put(&mut self, shape: &Shape, rows: &[Row]) -> Result<(), Fault>;
    /// The rows whose key column is one of the keys, in no order; `select` ends before WHERE.
    fn query_keys(&mut self, select: &str, key: &str, keys: &[Value]) -> Result<Vec<Row>, Fault>;
    /// Whether a statement costs a trip to another process.
    fn is_far(&self) -> bool {
        true
    }
    /// Damage that no row shows, where the database can tell.
    fn damage(&mut self) -> Result<Option<String>, Fault> {
        Ok(None)
    }
}

/// A connection that opens and ends transactions.
pub(crate) trait Database: Sql + Send {
    /// Begins: to write, or to look at one snapshot.
    fn begin(&mut self, write: bool) -> Result<(), Fault>;
    /// Commits; everything is on disk when this returns.
    fn commit(&mut self) -> Result<(), Fault>;
    /// Takes everything back; also when the connection is broken.
    fn roll_back(&mut self);
    /// What stands behind a SELECT that takes the pen.
    fn lock_clause(&self) -> &'static str;
    /// The connection as what its transaction works on.
    fn as_sql(&mut self) -> &mut dyn Sql;
}

impl Value {
    pub(crate) fn id(id: Uuid) -> Self {
        Self::Id(id.into_bytes())
    }

    pub(crate) fn digest(digest: &Digest) -> Self {
        Self::Blob(digest.bytes().to_vec())
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn maybe<T>(value: Option<T>, into: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, into)
    }

    /// Bytes as a column gives them back.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        <[u8; 16]>::try_from(bytes).map_or_else(|_| Self::Blob(bytes.to_vec()), Self::Id)
    }

    /// The bytes that a key column adds to the place that a body is sealed to.
    pub(crate) fn key_bytes(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Int(number) => bytes.extend_from_slice(&number.to_be_bytes()),
            Self::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Self::Id(id) => bytes.extend_from_slice(id),
            Self::Blob(blob) => bytes.extend_from_slice(blob),
        }
        bytes.push(0);
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Null | Self::Text(_) | Self::Id(_) | Self::Blob(_) => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Int(_) | Self::Id(_) | Self::Blob(_) => None,
        }
    }

    pub(crate) fn as_blob(&self) -> Option<&[u8]> {
        match self {
            Self::Blob(blob) => Some(blob),
            Self::Id(id) => Some(id),
            Self::Null | Self::Int(_) | Self::Text(_) => None,
        }
    }

    pub(crate) fn as_uuid(&self) -> Option<Uuid> {
        self.as_blob().and_then(|blob| Uuid::from_slice(blob).ok())
    }
}

/// A number that only grows, as a column has it.
pub(crate) fn counted(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The bytes of a row's key.
pub(crate) fn key_of(key: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(40);
    key.iter().for_each(|value| value.key_bytes(&mut bytes));
    bytes
}

/// Takes a column of a row or says which table's row cannot be read.
pub(crate) fn column<T>(
    table: &'static str,
    row: &Row,
    place: usize,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, Fault> {
    row.get(place).and_then(read).ok_or_else(|| Fault::Row { table, why: format!("column {place}") })
}
