//! PostgreSQL: rows go as arrays or by COPY, and a lost connection is told from a refusal.

use crate::{
    Fault, migrate,
    postgres_value::{fault, read_row},
    sql::{Database, Manner, Row, Shape, Sql, Value},
};
use postgres::{
    Client, Statement,
    binary_copy::BinaryCopyInWriter,
    error::SqlState,
    types::{ToSql, Type},
};
use std::collections::HashMap;

/// From so many rows on, COPY is cheaper than arrays.
const COPY_FROM_ROWS: usize = 32;
/// At most so many rows in one statement.
const ROWS_MAX: usize = 8_192;
const STATEMENTS_MAX: usize = 512;

/// A connection.
pub(crate) struct Postgres {
    /// Always there, until it is dropped.
    client: Option<Client>,
    statements: HashMap<String, Statement>,
    /// Types of the columns, by table.
    types: HashMap<String, HashMap<String, Type>>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Saying goodbye to the server blocks, which is forbidden where this value may be dropped.
        if let Some(client) = self.client.take() {
            std::thread::spawn(move || drop(client));
        }
    }
}

impl Postgres {
    /// Nothing prepared yet.
    pub(crate) fn new(client: Client) -> Self {
        Self { client: Some(client), statements: HashMap::new(), types: HashMap::new() }
    }

    pub(crate) fn client(&mut self) -> Result<&mut Client, Fault> {
        self.client.as_mut().ok_or_else(|| Fault::Lost("it was closed".to_owned()))
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, Fault> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        if self.statements.len() >= STATEMENTS_MAX {
            self.statements.clear();
        }
        let made = self.client()?.prepare(&sql.replace('?', "$")).map_err(|error| fault(&error))?;
        self.statements.insert(sql.to_owned(), made.clone());
        Ok(made)
    }

    /// The types of a shape's columns, in their order.
    fn types(&mut self, shape: &Shape) -> Result<Vec<Type>, Fault> {
        if !self.types.contains_key(shape.table) {
            let sql = "SELECT column_name::text, data_type::text FROM information_schema.columns \
                       WHERE table_schema = current_schema() AND table_name = $1";
            let rows = self.client()?.query(sql, &[&shape.table]).map_err(|error| fault(&error))?;
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
        let writer = self.client()?.copy_in(&sql).map_err(failed)?;
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
        let sql = if shape.manner == Manner::Update {
            let columns: Vec<&str> = shape.all_columns().collect();
            let same = |column: &&str| format!("{column} = put.{column}");
            let set: Vec<String> = columns[shape.keys..].iter().map(same).collect();
            let keys: Vec<String> = shape.columns[..shape.keys]
                .iter()
                .map(|key| format!("{0}.{key} = put.{key}", shape.table))
                .collect();
            format!(
                "UPDATE {} SET {} FROM unnest({}) AS put ({}) WHERE {}",
                shape.table,
                set.join(", "),
                arrays.join(", "),
                columns.join(", "),
                keys.join(" AND ")
            )
        } else {
            format!("{head} SELECT * FROM unnest({}){tail}", arrays.join(", "))
        };
        let statement = self.statement(&sql)?;
        let columns: Vec<Vec<&Value>> = (0..types.len())
            .map(|place| rows.iter().map(|row| row.get(place).unwrap_or(&Value::Null)).collect())
            .collect();
        let values: Vec<&(dyn ToSql + Sync)> =
            columns.iter().map(|column| column as &(dyn ToSql + Sync)).collect();
        let put = self.client()?.execute(&statement, &values).map_err(|error| fault(&error))?;
        shape.check_put(rows.len(), put)
    }
}

impl Sql for Postgres {
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        let statement = self.statement(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.client()?.query(&statement, &values).map_err(|error| fault(&error))?;
        rows.iter().map(read_row).collect()
    }

    fn change(&mut self, sql: &str, values: &[Value]) -> Result<usize, Fault> {
        let statement = self.statement(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let changed = self.client()?.execute(&statement, &values).map_err(|error| fault(&error))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn put(&mut self, shape: &Shape, rows: &[Row]) -> Result<(), Fault> {
        let types = self.types(shape)?;
        for rows in rows.chunks(ROWS_MAX) {
            if shape.manner == Manner::Insert && rows.len() >= COPY_FROM_ROWS {
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
            let rows = self.client()?.query(&statement, &[&keys]).map_err(|error| fault(&error))?;
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
        self.client()?.batch_execute(sql).map_err(|error| fault(&error))
    }

    fn commit(&mut self) -> Result<(), Fault> {
        self.client()?.batch_execute("COMMIT").map_err(|error| fault(&error))
    }

    fn roll_back(&mut self) {
        if let Ok(client) = self.client()
            && let Err(error) = client.batch_execute("ROLLBACK")
        {
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
        let row = self.client()?.query_one(sql, &[]).map_err(|error| fault(&error))?;
        if !row.get::<_, bool>(0) {
            return Ok(0);
        }
        let sql = "SELECT COALESCE(MAX(version), 0) FROM schema_steps";
        self.client()?.query_one(sql, &[]).map(|row| row.get(0)).map_err(|error| fault(&error))
    }

    fn is_empty(&mut self) -> Result<bool, Fault> {
        // Also what this user may not see into.
        let sql = "SELECT COUNT(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
                   WHERE nspname = current_schema()";
        let row = self.client()?.query_one(sql, &[]).map_err(|error| fault(&error))?;
        Ok(row.get::<_, i64>(0) == 0)
    }

    fn is_ours(&mut self) -> Result<bool, Fault> {
        let sql = "SELECT to_regclass('store') IS NOT NULL AND to_regclass('pen') IS NOT NULL";
        self.client()?.query_one(sql, &[]).map(|row| row.get(0)).map_err(|error| fault(&error))
    }

    fn step(&mut self, sql: &str, version: i64) -> Result<(), Fault> {
        let sql = in_its_words(sql);
        let room = if version == 1 { ROOM } else { "" };
        let whole = format!(
            "BEGIN; SELECT pg_advisory_xact_lock(7_531_004);
             CREATE TABLE IF NOT EXISTS schema_steps (version BIGINT PRIMARY KEY);
             INSERT INTO schema_steps (version) VALUES ({version}); {sql} {room} COMMIT"
        )
        .replace("7_531_004", "7531004");
        match self.client()?.batch_execute(&whole) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.roll_back();
                // Another node applied the same step a moment before.
                if error.code() == Some(&SqlState::UNIQUE_VIOLATION) { Ok(()) } else { Err(fault(&error)) }
            }
        }
    }
}

/// Room on each page, so that a row that changes often stays on its page and no index has to know.
const ROOM: &str = "ALTER TABLE pen SET (fillfactor = 10); ALTER TABLE accounts SET (fillfactor = 70); \
                    ALTER TABLE usage SET (fillfactor = 70);";

/// The one schema text in PostgreSQL's words.
fn in_its_words(sql: &str) -> String {
    sql.replace(" BLOB", " BYTEA")
        .replace(" INTEGER", " BIGINT")
        .replace(") STRICT, WITHOUT ROWID;", ");")
        .replace(") STRICT;", ");")
        .replace("X'", "'\\x")
}
