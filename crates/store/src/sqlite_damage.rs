//! Damage of a file that no row shows: an index that misses rows, a page that is nobody's, a schema that was altered.

use crate::{
    Fault,
    migrate::{Migrated, STEPS},
    sql::{Row, Sql, Value},
    sqlite::Sqlite,
};

const SCHEMA: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";

/// The first damage in words.
pub(crate) fn damage(sql: &mut dyn Sql) -> Result<Option<String>, Fault> {
    if sql.query(SCHEMA, &[])? != schema_as_made()? {
        return Ok(Some("the tables or indexes are not those that this program makes".to_owned()));
    }
    let rows = sql.query("PRAGMA integrity_check(1)", &[])?;
    let said = rows.first().and_then(|row| row.first()).and_then(Value::as_text).unwrap_or("nothing");
    Ok((said != "ok").then(|| format!("the file is damaged: {said}")))
}

fn schema_as_made() -> Result<Vec<Row>, Fault> {
    let mut made = Sqlite(rusqlite::Connection::open_in_memory()?);
    for (place, step) in STEPS.iter().enumerate() {
        made.step(step, place as i64 + 1)?;
    }
    made.query(SCHEMA, &[])
}
