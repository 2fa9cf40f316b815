//! A plain connection, as somebody has it who goes around the program: rows as cells, changes as text.

use std::path::Path;

/// A value as it stands in a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The connection.
pub(crate) enum Raw {
    File(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

impl Raw {
    pub(crate) fn file(path: &Path) -> Self {
        Self::File(rusqlite::Connection::open(path).expect("opens"))
    }

    pub(crate) fn postgres(url: &str) -> Self {
        Self::Postgres(Box::new(postgres::Client::connect(url, postgres::NoTls).expect("connects")))
    }

    pub(crate) fn try_change(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Self::File(file) => file.execute_batch(sql).map_err(|error| error.to_string()),
            Self::Postgres(client) => {
                client.batch_execute(sql).map_err(|error| format!("{error}: {:?}", error.as_db_error()))
            }
        }
    }

    pub(crate) fn change(&mut self, sql: &str) {
        self.try_change(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    pub(crate) fn rows(&mut self, sql: &str) -> Vec<Vec<Cell>> {
        match self {
            Self::File(file) => file_rows(file, sql).unwrap_or_else(|error| panic!("{sql}: {error}")),
            Self::Postgres(client) => {
                let rows = client.query(sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}"));
                rows.iter().map(|row| (0..row.len()).map(|place| cell(row, place)).collect()).collect()
            }
        }
    }

    /// A number by a query.
    pub(crate) fn number(&mut self, sql: &str) -> i64 {
        match self.rows(sql).first().and_then(|row| row.first()) {
            Some(Cell::Int(number)) => *number,
            other => panic!("{sql}: {other:?}"),
        }
    }

    /// Names and types of a table's columns: `INTEGER`, `TEXT` or `BLOB`, and whether they may be null.
    pub(crate) fn columns(&mut self, table: &str) -> Vec<(String, String, bool)> {
        let sql = match self {
            Self::File(_) => {
                format!("SELECT name, type, \"notnull\" OR pk FROM pragma_table_info('{table}') ORDER BY cid")
            }
            Self::Postgres(_) => format!(
                "SELECT column_name::text, data_type::text, (is_nullable = 'NO')::int::bigint
                 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'
                 ORDER BY ordinal_position"
            ),
        };
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => {
                text.replace("bigint", "INTEGER").replace("bytea", "BLOB").replace("text", "TEXT")
            }
            other => panic!("{other:?}"),
        };
        let rows = self.rows(&sql);
        rows.iter().map(|row| (text(&row[0]), text(&row[1]), row[2] == Cell::Int(0))).collect()
    }

    /// The tables of the store, sorted.
    pub(crate) fn tables(&mut self) -> Vec<String> {
        let sql = match self {
            Self::File(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
            Self::Postgres(_) => {
                "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            }
        };
        let name = |row: &Vec<Cell>| match &row[0] {
            Cell::Text(name) => name.clone(),
            other => panic!("{other:?}"),
        };
        self.rows(sql).iter().map(name).filter(|name| name != "schema_steps").collect()
    }

    /// A value as text of a statement.
    pub(crate) fn literal(&self, cell: &Cell) -> String {
        match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Int(number) => number.to_string(),
            Cell::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Cell::Bytes(bytes) => {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                match self {
                    Self::File(_) => format!("X'{hex}'"),
                    Self::Postgres(_) => format!("'\\x{hex}'::bytea"),
                }
            }
        }
    }
}

pub(crate) fn file_rows(file: &rusqlite::Connection, sql: &str) -> rusqlite::Result<Vec<Vec<Cell>>> {
    use rusqlite::types::ValueRef;
    let mut statement = file.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let cell = |place| {
            Ok(match row.get_ref(place)? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(number) => Cell::Int(number),
                ValueRef::Real(number) => Cell::Text(number.to_string()),
                ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(blob) => Cell::Bytes(blob.to_vec()),
            })
        };
        found.push((0..columns).map(cell).collect::<rusqlite::Result<Vec<Cell>>>()?);
    }
    Ok(found)
}

fn cell(row: &postgres::Row, place: usize) -> Cell {
    match row.columns()[place].type_().name() {
        "int8" => row.get::<_, Option<i64>>(place).map_or(Cell::Null, Cell::Int),
        "text" => row.get::<_, Option<String>>(place).map_or(Cell::Null, Cell::Text),
        "bytea" => row.get::<_, Option<Vec<u8>>>(place).map_or(Cell::Null, Cell::Bytes),
        other => panic!("a column of type {other}"),
    }
}
