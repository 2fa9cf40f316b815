//! The little of a database that the store needs: values, rows, a query and a change.

use crate::Fault;
use terms::Digest;
use uuid::Uuid;

/// A value in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// The values of one row, in the order asked for.
pub(crate) type Row = Vec<Value>;

/// A connection within a transaction. `?n` numbers parameters.
pub(crate) trait Sql {
    /// Rows, in order.
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Fault>;
    /// How many rows were changed.
    fn change(&mut self, sql: &str, values: &[Value]) -> Result<usize, Fault>;
}

impl Value {
    pub(crate) fn id(id: Uuid) -> Self {
        Self::Blob(id.as_bytes().to_vec())
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

    /// The bytes that a key column adds to the place that a body is sealed to.
    pub(crate) fn key_bytes(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Int(number) => bytes.extend_from_slice(&number.to_be_bytes()),
            Self::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Self::Blob(blob) => bytes.extend_from_slice(blob),
        }
        bytes.push(0);
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Null | Self::Text(_) | Self::Blob(_) => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Int(_) | Self::Blob(_) => None,
        }
    }

    pub(crate) fn as_blob(&self) -> Option<&[u8]> {
        match self {
            Self::Blob(blob) => Some(blob),
            Self::Null | Self::Int(_) | Self::Text(_) => None,
        }
    }

    pub(crate) fn as_uuid(&self) -> Option<Uuid> {
        self.as_blob().and_then(|blob| Uuid::from_slice(blob).ok())
    }
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
