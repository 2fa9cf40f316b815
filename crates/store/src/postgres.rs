//! PostgreSQL: rows go as arrays or by COPY, and a lost connection is told from a refusal.

use crate::{
    Fault, migrate,
    sql::{Database, Row, Shape, Sql, Value},
};
use postgres::{
    Client, Config, NoTls, Statement,
    binary_copy::BinaryCopyInWriter,
    config::Host,
    error::{DbError, SqlState},
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};
use std::{collections::HashMap, error::Error, str::FromStr, time::Duration};

const OLDEST_SERVER: i64 = 150_000;
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// From so many rows on, COPY is cheaper than arrays.
const COPY_FROM_ROWS: usize = 32;
/// At most so many rows in one statement.
const ROWS_MAX: usize = 8_192;
const STATEMENTS_MAX: usize = 512;
/// A generic plan made while a table was empty is slow for ever: every plan is made for its values.
const SETTINGS: &str = "SET plan_cache_mode = force_custom_plan; SET synchronous_commit = on; \
                        SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; \
                        SET client_min_messages = warning; SET jit = off";

/// Where a PostgreSQL server is, and as whom: a `postgresql://` URL, several hosts allowed.
#[derive(Clone)]
pub struct PostgresUrl(Box<Config>);

impl FromStr for PostgresUrl {
    type Err = Fault;

    fn from_str(url: &str) -> Result<Self, Fault> {
        let wrong = |why: String| Fault::Folder { path: "PostgreSQL URL".to_owned(), why };
        let mut config = Config::from_str(url).map_err(|error| {
            wrong(format!("cannot be read ({error}); write postgresql://user@host:5432/database"))
        })?;
        if config.get_ssl_mode() == postgres::config::SslMode::Require {
            return Err(wrong(
                "asks for TLS (sslmode=require), which this build has not; use a local socket or a TLS tunnel"
                    .to_owned(),
            ));
        }
        if config.get_dbname().is_none() {
            return Err(wrong("names no database; write postgresql://user@host:5432/database".to_owned()));
        }
        config.application_name("tsugime").keepalives_idle(Duration::from_secs(5));
        config.tcp_user_timeout(Duration::from_secs(10));
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_LIMIT);
        }
        Ok(Self(Box::new(config)))
    }
}

impl PostgresUrl {
    /// Hosts and database, without user and password.
    pub(crate) fn shown(&self) -> String {
        let ports = self.0.get_ports();
        let port = |place: usize| ports.get(place).or(ports.first()).copied().unwrap_or(5432);
        let hosts: Vec<String> = self
            .0
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(place, host)| match host {
                Host::Tcp(name) => format!("{name}:{}", port(place)),
                Host::Unix(path) => format!("{}:{}", path.display(), port(place)),
            })
            .collect();
        format!("postgresql://{}/{}", hosts.join(","), self.0.get_dbname().unwrap_or_default())
    }

    /// Opens a database and brings its schema up to date.
    pub(crate) fn create(&self) -> Result<Box<dyn Database>, Fault> {
        let mut database = self.open()?;
        self.check_server(&mut database)?;
        migrate::up(&mut database, &self.shown()).map_err(|fault| self.without_rights(fault))?;
        Ok(Box::new(database))
    }

    /// Opens a database that must be ours and of this version already.
    pub(crate) fn look(&self) -> Result<Box<dyn Database>, Fault> {
        let mut database = self.open()?;
        self.check_server(&mut database)?;
        migrate::check(&mut database, &self.shown())?;
        Ok(Box::new(database))
    }

    /// One more connection.
    pub(crate) fn connect(&self) -> Result<Box<dyn Database>, Fault> {
        Ok(Box::new(self.open()?))
    }

    fn open(&self) -> Result<Postgres, Fault> {
        Ok(Postgres { client: self.client()?, statements: HashMap::new(), types: HashMap::new() })
    }

    /// A client with the settings of every connection.
    pub(crate) fn client(&self) -> Result<Client, Fault> {
        let mut client = self.0.connect(NoTls).map_err(|error| match fault(&error) {
            Fault::Postgres(why) => Fault::Folder {
                path: self.shown(),
                why: format!("cannot be used ({why}); check host, user, password and database"),
            },
            Fault::Lost(why) => Fault::Lost(format!("{}: {why}", self.shown())),
            other => other,
        })?;
        client.batch_execute(SETTINGS).map_err(|error| fault(&error))?;
        Ok(client)
    }

    fn check_server(&self, database: &mut Postgres) -> Result<(), Fault> {
        let mut setting = |name: &str| -> Result<String, Fault> {
            let row = database.client.query_one("SELECT current_setting($1)", &[&name]);
            row.map(|row| row.get(0)).map_err(|error| fault(&error))
        };
        let refused = |why: &str| Err(Fault::Folder { path: self.shown(), why: why.to_owned() });
        let version = setting("server_version_num")?;
        if version.parse::<i64>().unwrap_or(0) < OLDEST_SERVER {
            return refused("is older than PostgreSQL 15; use 15 or newer");
        }
        if setting("fsync")? != "on" || setting("full_page_writes")? != "on" {
            return refused(
                "runs with fsync or full_page_writes off and would lose acknowledged money; turn both on",
            );
        }
        Ok(())
    }

    fn without_rights(&self, fault: Fault) -> Fault {
        match fault {
            Fault::Postgres(why) if why.contains("permission denied") => Fault::Folder {
                path: self.shown(),
                why: format!(
                    "{why}; the user needs CREATE on the schema (or run tsugime migrate as its owner)"
                ),
            },
            other => other,
        }
    }
}

struct Postgres {
    client: Client,
    statements: HashMap<String, Statement>,
    /// Types of the columns, by table.
    types: HashMap<String, HashMap<String, Type>>,
}

/// What an error means for the batch.
fn fault(error: &postgres::Error) -> Fault {
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

impl Postgres {
    fn statement(&mut self, sql: &str) -> Result<Statement, Fault> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        if self.statements.len() >= STATEMENTS_MAX {
            self.statements.clear();
        }
        let made = self.client.prepare(&sql.replace('?', "$")).map_err(|error| fault(&error))?;
        self.statements.insert(sql.to_owned(), made.clone());
        Ok(made)
    }

    /// The types of a shape's columns, in their order.
    fn types(&mut self, shape: &Shape) -> Result<Vec<Type>, Fault> {
        if !self.types.contains_key(shape.table) {
            let sql = "SELECT column_name::text, data_type::text FROM information_schema.columns \
                       WHERE table_schema = current_schema() AND table_name = $1";
            let rows = self.client.query(sql, &[&shape.table]).map_err(|error| fault(&error))?;
            let types = rows.iter().map(|row| {
                let of = match row.get::<_, &str>(1) {
                    "bigint" => Type::INT8,
                    "text" => Type::TEXT,
                    _ => Type::BYTEA,
                };
                (row.get::<_, String>(0), of)
            });
            self.types.insert(shape.table.to_owned(), types.collect());
        }
        let known = &self.types[shape.table];
        shape
            .all_columns()
            .map(|column| {
                known
                    .get(column)
                    .cloned()
                    .ok_or(Fault::Row { table: shape.table, why: format!("no column {column}") })
            })
            .collect()
    }

    fn copy(&mut self, shape: &Shape, rows: &[Row], types: &[Type]) -> Result<(), Fault> {
        let columns: Vec<&str> = shape.all_columns().collect();
        let sql = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", shape.table, columns.join(", "));
        let failed = |error: postgres::Error| fault(&error);
        let writer = self.client.copy_in(&sql).map_err(failed)?;
        let mut copy = BinaryCopyInWriter::new(writer, types);
        for row in rows {
            let values = row.iter().map(|value| value as &(dyn ToSql + Sync));
            copy.write_raw(values).map_err(failed)?;
        }
        copy.finish().map(|_| ()).map_err(failed)
    }

    fn insert_arrays(&mut self, shape: &Shape, rows: &[Row], types: &[Type]) -> Result<(), Fault> {
        let (head, tail) = shape.around_rows();
        let arrays: Vec<String> = types
            .iter()
            .enumerate()
            .map(|(place, of)| format!("?{}::{}[]", place + 1, of.name().replace("int8", "bigint")))
            .collect();
        let sql = format!("{head} SELECT * FROM unnest({}){tail}", arrays.join(", "));
        let statement = self.statement(&sql)?;
        let columns: Vec<Vec<&Value>> = (0..types.len())
            .map(|place| rows.iter().map(|row| row.get(place).unwrap_or(&Value::Null)).collect())
            .collect();
        let values: Vec<&(dyn ToSql + Sync)> =
            columns.iter().map(|column| column as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &values).map(|_| ()).map_err(|error| fault(&error))
    }
}

impl Sql for Postgres {
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        let statement = self.statement(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&statement, &values).map_err(|error| fault(&error))?;
        rows.iter().map(read_row).collect()
    }

    fn change(&mut self, sql: &str, values: &[Value]) -> Result<usize, Fault> {
        let statement = self.statement(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let changed = self.client.execute(&statement, &values).map_err(|error| fault(&error))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn put(&mut self, shape: &Shape, rows: &[Row]) -> Result<(), Fault> {
        let types = self.types(shape)?;
        for rows in rows.chunks(ROWS_MAX) {
            if !shape.again && rows.len() >= COPY_FROM_ROWS {
                self.copy(shape, rows, &types)?;
            } else {
                self.insert_arrays(shape, rows, &types)?;
            }
        }
        Ok(())
    }

    fn query_keys(&mut self, select: &str, key: &str, keys: &[Value]) -> Result<Vec<Row>, Fault> {
        let sql = format!("{select} WHERE {key} = ANY(?1)");
        let statement = self.statement(&sql)?;
        let mut found = Vec::with_capacity(keys.len());
        for keys in keys.chunks(ROWS_MAX) {
            let keys: Vec<&Value> = keys.iter().collect();
            let rows = self.client.query(&statement, &[&keys]).map_err(|error| fault(&error))?;
            for row in &rows {
                found.push(read_row(row)?);
            }
        }
        Ok(found)
    }
}

impl Database for Postgres {
    fn begin(&mut self, write: bool) -> Result<(), Fault> {
        let sql = if write { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        self.client.batch_execute(sql).map_err(|error| fault(&error))
    }

    fn commit(&mut self) -> Result<(), Fault> {
        self.client.batch_execute("COMMIT").map_err(|error| fault(&error))
    }

    fn roll_back(&mut self) {
        if let Err(error) = self.client.batch_execute("ROLLBACK") {
            // The server takes back what a lost connection began.
            tracing::debug!(%error, "rolling back failed");
        }
    }

    fn lock_clause(&self) -> &'static str {
        " FOR UPDATE"
    }

    fn as_sql(&mut self) -> &mut dyn Sql {
        self
    }
}

impl migrate::Migrated for Postgres {
    fn version(&mut self) -> Result<i64, Fault> {
        let sql = "SELECT to_regclass('schema_steps') IS NOT NULL";
        let row = self.client.query_one(sql, &[]).map_err(|error| fault(&error))?;
        if !row.get::<_, bool>(0) {
            return Ok(0);
        }
        let sql = "SELECT COALESCE(MAX(version), 0) FROM schema_steps";
        self.client.query_one(sql, &[]).map(|row| row.get(0)).map_err(|error| fault(&error))
    }

    fn is_empty(&mut self) -> Result<bool, Fault> {
        let sql = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()";
        let row = self.client.query_one(sql, &[]).map_err(|error| fault(&error))?;
        Ok(row.get::<_, i64>(0) == 0)
    }

    fn step(&mut self, sql: &str, version: i64) -> Result<(), Fault> {
        let sql = in_its_words(sql);
        let whole = format!(
            "BEGIN; SELECT pg_advisory_xact_lock(7_531_004);
             CREATE TABLE IF NOT EXISTS schema_steps (version BIGINT PRIMARY KEY);
             INSERT INTO schema_steps (version) VALUES ({version}); {sql} COMMIT"
        )
        .replace("7_531_004", "7531004");
        match self.client.batch_execute(&whole) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.roll_back();
                // Another node applied the same step a moment before.
                if error.code() == Some(&SqlState::UNIQUE_VIOLATION) { Ok(()) } else { Err(fault(&error)) }
            }
        }
    }
}

/// The one schema text in PostgreSQL's words.
fn in_its_words(sql: &str) -> String {
    sql.replace(" BLOB", " BYTEA")
        .replace(" INTEGER", " BIGINT")
        .replace(") STRICT, WITHOUT ROWID;", ");")
        .replace(") STRICT;", ");")
        .replace("X'", "'\\x")
}

fn read_row(row: &postgres::Row) -> Result<Row, Fault> {
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
