//! Brings the schema up to date: numbered steps, forward only, each in one transaction.

use crate::Fault;
use rusqlite::Connection;
use std::path::Path;

/// The steps in order; a step is never changed once it was released.
const STEPS: &[&str] = &[include_str!("migrations/0001_first.sql")];

/// Applies the steps that are missing.
pub(crate) fn up(connection: &mut Connection, path: &Path) -> Result<(), Fault> {
    let known = STEPS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(Fault::NewerVersion { path: path.display().to_string(), found, known });
    }
    for (step, sql) in STEPS.iter().enumerate().skip(found.max(0) as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", step as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
