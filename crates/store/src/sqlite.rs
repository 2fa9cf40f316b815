//! SQLite: one writer that commits whole batches, several readers, WAL, every commit on disk before its answer.

use crate::{
    Fault, Keys, Shelf, migrate,
    sql::{Row, Sql, Value},
};
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

const STATEMENTS_CACHED: usize = 256;
const READERS_MAX: usize = 4;

/// An open database: its file, its keys and its idle readers.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    keys: Keys,
    idle: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens or creates the database file and brings its schema up to date.
    ///
    /// # Errors
    /// The folder cannot be written, the file is no database, or a newer program wrote it.
    pub fn open(path: &Path, keys: Keys) -> Result<(Self, Writer), Fault> {
        let folder = |why: &str| Fault::Folder { path: path.display().to_string(), why: why.to_owned() };
        let mut connection = connect(path, true).map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::CannotOpen) => {
                folder("cannot be created or opened; is the folder there and writable?")
            }
            Some(rusqlite::ErrorCode::ReadOnly) => {
                folder("is read-only; give write permission or choose another --data folder")
            }
            Some(rusqlite::ErrorCode::NotADatabase) => {
                folder("is not a database of this program; move it away or choose another --data folder")
            }
            _ => Fault::Database(error),
        })?;
        migrate::up(&mut connection, path)?;
        let inner = Inner { path: path.to_owned(), keys, idle: Mutex::new(Vec::new()) };
        let store = Self { inner: Arc::new(inner) };
        let writer = Writer { store: store.clone(), connection };
        Ok((store, writer))
    }

    /// The store's keys.
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// Looks something up in one consistent snapshot. Blocks: call it where blocking is allowed.
    ///
    /// # Errors
    /// As the look-up's, or when no connection can be had.
    pub fn read<T>(&self, look: impl FnOnce(&mut Shelf<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.inner.path, false)?,
        };
        connection.execute_batch("BEGIN")?;
        let mut reader = Reader { connection: &connection };
        let found = look(&mut Shelf::new(&mut reader, &self.inner.keys));
        connection.execute_batch("COMMIT")?;
        let mut idle = self.idle();
        if idle.len() < READERS_MAX {
            idle.push(connection);
        }
        found
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.inner.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The one connection that writes.
pub struct Writer {
    store: Store,
    connection: Connection,
}

impl Writer {
    /// Runs a batch in one transaction: all of it is on disk when this returns, or nothing is.
    ///
    /// # Errors
    /// As the batch's, or when the commit fails; then nothing was written.
    pub fn commit<T>(&mut self, batch: impl FnOnce(&mut Shelf<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let mut reader = Reader { connection: &self.connection };
        let mut shelf = Shelf::new(&mut reader, &self.store.inner.keys);
        let ran = batch(&mut shelf).and_then(|ran| shelf.write_balances().map(|()| ran));
        match ran {
            Ok(ran) => match self.connection.execute_batch("COMMIT") {
                Ok(()) => Ok(ran),
                Err(error) => {
                    self.roll_back();
                    Err(error.into())
                }
            },
            Err(fault) => {
                self.roll_back();
                Err(fault)
            }
        }
    }

    fn roll_back(&self) {
        // SQLite may have rolled back by itself already; then there is nothing left to do.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "rolling back failed");
        }
    }
}

/// A connection within a transaction.
pub struct Reader<'c> {
    connection: &'c Connection,
}

impl Sql for Reader<'_> {
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut found = statement.query(rusqlite::params_from_iter(values))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let mut values = Vec::with_capacity(columns);
            for place in 0..columns {
                values.push(match row.get_ref(place)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Real(_) => {
                        return Err(Fault::Row { table: "any", why: "a real number".to_owned() });
                    }
                    ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
                });
            }
            rows.push(values);
        }
        Ok(rows)
    }

    fn change(&mut self, sql: &str, values: &[Value]) -> Result<usize, Fault> {
        Ok(self.connection.prepare_cached(sql)?.execute(rusqlite::params_from_iter(values))?)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::ToSqlOutput;
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}

fn connect(path: &Path, create: bool) -> rusqlite::Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit is on disk before it is answered (P2).
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    Ok(connection)
}
