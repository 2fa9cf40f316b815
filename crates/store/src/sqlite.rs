//! SQLite: one file, WAL, every commit on disk before its answer.

use crate::{
    Fault, migrate,
    sql::{Database, Manner, Row, Shape, Sql, Value},
    sqlite_damage,
};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig, types::ValueRef};
use std::path::Path;

/// Rows that one statement adds; it has a parameter for each of their columns.
const ROWS_AT_ONCE: usize = 32;
/// SQLite's smallest page, in bytes.
const SHORTEST: u64 = 512;
const STATEMENTS_CACHED: usize = 512;
/// The WAL is written back in pieces of so many pages, so that no commit has to wait for a long one.
const CHECKPOINT_PAGES: i64 = 4_000;

/// Opens or creates a file and brings its schema up to date.
pub(crate) fn create(path: &Path) -> Result<Box<dyn Database>, Fault> {
    let shown = path.display().to_string();
    // A file that is not ours stays as it is: it is asked before anything is set.
    let mut sqlite = Sqlite(open(path, OpenFlags::SQLITE_OPEN_CREATE)?);
    migrate::known_version(&mut sqlite, &shown).map_err(|fault| in_words(path, fault))?;
    set_up(path, &sqlite.0)?;
    migrate::up(&mut sqlite, &shown)?;
    Ok(Box::new(sqlite))
}

/// Opens a file that must be ours and of this version already.
pub(crate) fn look(path: &Path) -> Result<Box<dyn Database>, Fault> {
    let mut sqlite = Sqlite(open(path, OpenFlags::empty())?);
    migrate::check(&mut sqlite, &path.display().to_string()).map_err(|fault| in_words(path, fault))?;
    set_up(path, &sqlite.0)?;
    Ok(Box::new(sqlite))
}

/// The number of the last step of the schema applied to a file; 0 where there is none.
pub(crate) fn version(path: &Path) -> Result<i64, Fault> {
    if !path.exists() {
        return Ok(0);
    }
    let mut sqlite = Sqlite(open(path, OpenFlags::empty())?);
    migrate::Migrated::version(&mut sqlite).map_err(|fault| in_words(path, fault))
}

/// One more connection.
pub(crate) fn connect(path: &Path) -> Result<Box<dyn Database>, Fault> {
    let connection = open(path, OpenFlags::empty())?;
    set_up(path, &connection)?;
    Ok(Box::new(Sqlite(connection)))
}

pub(crate) struct Sqlite(pub(crate) Connection);

impl Sql for Sqlite {
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        let mut statement = self.0.prepare_cached(sql)?;
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
                    ValueRef::Blob(blob) => Value::bytes(blob),
                });
            }
            rows.push(values);
        }
        Ok(rows)
    }

    fn change(&mut self, sql: &str, values: &[Value]) -> Result<usize, Fault> {
        Ok(self.0.prepare_cached(sql)?.execute(rusqlite::params_from_iter(values))?)
    }

    fn put(&mut self, shape: &Shape, rows: &[Row]) -> Result<(), Fault> {
        let mut put = 0;
        // Several rows in one statement cost less than a statement each.
        let (many, single) = rows.split_at(rows.len() - rows.len() % ROWS_AT_ONCE);
        if shape.manner == Manner::Insert && !many.is_empty() {
            let mut statement = self.0.prepare_cached(&insert(shape, ROWS_AT_ONCE))?;
            for rows in many.chunks(ROWS_AT_ONCE) {
                put += statement.execute(rusqlite::params_from_iter(rows.iter().flatten()))? as u64;
            }
        }
        let single = if shape.manner == Manner::Insert { single } else { rows };
        let mut statement = self.0.prepare_cached(&match shape.manner {
            Manner::Update => update(shape),
            Manner::Insert | Manner::Upsert => insert(shape, 1),
        })?;
        for row in single {
            put += statement.execute(rusqlite::params_from_iter(row))? as u64;
        }
        shape.check_put(rows.len(), put)
    }

    fn query_keys(&mut self, select: &str, key: &str, keys: &[Value]) -> Result<Vec<Row>, Fault> {
        let sql = format!("{select} WHERE {key} = ?1");
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            rows.extend(self.query(&sql, std::slice::from_ref(key))?);
        }
        Ok(rows)
    }

    fn is_far(&self) -> bool {
        false
    }

    fn damage(&mut self) -> Result<Option<String>, Fault> {
        sqlite_damage::damage(self)
    }
}

impl Database for Sqlite {
    fn begin(&mut self, write: bool) -> Result<(), Fault> {
        let begun = self.0.execute_batch(if write { "BEGIN IMMEDIATE" } else { "BEGIN" });
        begun.map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy) => Fault::Race(error.to_string()),
            _ => error.into(),
        })
    }

    fn commit(&mut self) -> Result<(), Fault> {
        Ok(self.0.execute_batch("COMMIT")?)
    }

    fn roll_back(&mut self) {
        // SQLite may have rolled back by itself already; then there is nothing left to do.
        if !self.0.is_autocommit()
            && let Err(error) = self.0.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "rolling back failed");
        }
    }

    fn lock_clause(&self) -> &'static str {
        // BEGIN IMMEDIATE has the lock already.
        ""
    }

    fn as_sql(&mut self) -> &mut dyn Sql {
        self
    }
}

impl migrate::Migrated for Sqlite {
    fn version(&mut self) -> Result<i64, Fault> {
        Ok(self.0.pragma_query_value(None, "user_version", |row| row.get(0))?)
    }

    fn is_empty(&mut self) -> Result<bool, Fault> {
        let tables: i64 = self.0.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(tables == 0)
    }

    fn is_ours(&mut self) -> Result<bool, Fault> {
        let sql = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('store', 'pen')";
        let tables: i64 = self.0.query_row(sql, [], |row| row.get(0))?;
        Ok(tables == 2)
    }

    fn step(&mut self, sql: &str, version: i64) -> Result<(), Fault> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found >= version {
            return Ok(());
        }
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version)?;
        Ok(transaction.commit()?)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::ToSqlOutput;
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Id(id) => ValueRef::Blob(id),
            Self::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}

fn insert(shape: &Shape, rows: usize) -> String {
    let (head, tail) = shape.around_rows();
    let columns = shape.all_columns().count();
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|place| format!("?{}", row * columns + place)).collect();
        format!("({})", places.join(", "))
    };
    format!("{head} VALUES {}{tail}", (0..rows).map(row).collect::<Vec<_>>().join(", "))
}

fn update(shape: &Shape) -> String {
    let same = |(place, column): (usize, &str)| format!("{column} = ?{}", place + 1);
    let (keys, set): (Vec<_>, Vec<_>) =
        shape.all_columns().enumerate().partition(|(place, _)| *place < shape.keys);
    let [keys, set] = [keys, set].map(|columns| columns.into_iter().map(same).collect::<Vec<_>>());
    format!("UPDATE {} SET {} WHERE {}", shape.table, set.join(", "), keys.join(" AND "))
}

/// A connection without settings: nothing of the file is changed.
pub(crate) fn open(path: &Path, more: OpenFlags) -> Result<Connection, Fault> {
    check_kind(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(connection)
    });
    opened.map_err(|error| in_words(path, error.into()))
}

/// SQLite itself would take a very short file for an empty one and write over it. The file is not opened: to close
/// it again would end the locks that this process has on it.
fn check_kind(path: &Path) -> Result<(), Fault> {
    let refused = |why: &str| Err(Fault::Folder { path: path.display().to_string(), why: why.to_owned() });
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => refused("is a folder; name a file in it"),
        Ok(found) if (1..SHORTEST).contains(&found.len()) => {
            refused("is not a database of this program; move it away or choose another --data folder")
        }
        // What cannot be looked at is SQLite's to say.
        _ => Ok(()),
    }
}

/// The settings of every connection.
fn set_up(path: &Path, connection: &Connection) -> Result<(), Fault> {
    let set = || -> rusqlite::Result<()> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
        // One plan per statement, whatever is bound to it: else the cached ones are parsed again at each use.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // FULL: a commit is on disk before it is answered (P2).
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "cache_size", -65_536)
    };
    set().map_err(|error| in_words(path, error.into()))
}

/// What is wrong with a file, for people.
pub(crate) fn in_words(path: &Path, fault: Fault) -> Fault {
    let Fault::Database(error) = &fault else { return fault };
    let why = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::CannotOpen) => {
            "cannot be created or opened; is the folder there and writable?"
        }
        Some(rusqlite::ErrorCode::ReadOnly) => {
            "is read-only; give write permission or choose another --data folder"
        }
        Some(rusqlite::ErrorCode::NotADatabase) => {
            "is not a database of this program; move it away or choose another --data folder"
        }
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            "is damaged; restore a backup (tsugime restore) into another folder"
        }
        _ => return fault,
    };
    Fault::Folder { path: path.display().to_string(), why: why.to_owned() }
}
