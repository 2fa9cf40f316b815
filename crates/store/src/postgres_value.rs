//! Values as PostgreSQL sends and takes them, and its errors as the faults that they are.

use crate::{
    Fault,
    sql::{Row, Value},
};
use postgres::{
    error::{DbError, SqlState},
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};
use std::error::Error;

/// What an error means for the batch.
pub(crate) fn fault(error: &postgres::Error) -> Fault {
    let text = match error.as_db_error() {
        Some(db) => format!("{} {}", db.code().code(), db.message()),
        None => error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}")),
    };
    match error.as_db_error().map(DbError::code) {
        Some(code)
            if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED =>
        {
            Fault::Race(text)
        }
        Some(code) if *code == SqlState::LOCK_NOT_AVAILABLE => Fault::Race(text),
        // Class 57: the server goes down or comes up; 08: the connection; 25006: it became a standby.
        Some(code)
            if code.code().starts_with("57P")
                || code.code().starts_with("08")
                || *code == SqlState::READ_ONLY_SQL_TRANSACTION =>
        {
            Fault::Lost(text)
        }
        Some(_) => Fault::Postgres(text),
        None if error.is_closed() || error.source().is_some_and(<dyn Error>::is::<std::io::Error>) => {
            Fault::Lost(text)
        }
        None => Fault::Postgres(text),
    }
}

pub(crate) fn read_row(row: &postgres::Row) -> Result<Row, Fault> {
    (0..row.len())
        .map(|place| row.try_get(place).map_err(|error| Fault::Row { table: "any", why: error.to_string() }))
        .collect()
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *of {
            Type::INT8 => Self::Int(i64::from_sql(of, raw)?),
            Type::INT4 => Self::Int(i64::from(i32::from_sql(of, raw)?)),
            Type::BYTEA => Self::bytes(raw),
            _ => Self::Text(String::from_sql(&Type::TEXT, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(of: &Type) -> bool {
        matches!(*of, Type::INT8 | Type::INT4 | Type::BYTEA | Type::TEXT | Type::VARCHAR | Type::NAME)
    }
}

impl ToSql for Value {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *of == Type::INT4 => i32::try_from(*number)?.to_sql(of, out),
            Self::Int(number) => number.to_sql(of, out),
            Self::Text(text) => text.to_sql(of, out),
            Self::Id(id) => id.as_slice().to_sql(of, out),
            Self::Blob(blob) => blob.as_slice().to_sql(of, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
