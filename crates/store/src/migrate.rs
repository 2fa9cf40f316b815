//! Brings the schema up to date: numbered steps, forward only, each in one transaction.

use crate::Fault;

/// The steps in order; a step is never changed once it was released.
pub(crate) const STEPS: &[&str] = &[include_str!("migrations/0001_first.sql")];

/// A database that can be brought up to date.
pub(crate) trait Migrated {
    /// The number of the last step applied; 0 where there is none.
    fn version(&mut self) -> Result<i64, Fault>;
    /// Whether there is nothing in it, ours or anybody's.
    fn is_empty(&mut self) -> Result<bool, Fault>;
    /// Whether what is in it was made by this program, of whichever version.
    fn is_ours(&mut self) -> Result<bool, Fault>;
    /// Applies a step, whole or not at all, and notes its number; not again when another program did so in between.
    fn step(&mut self, sql: &str, version: i64) -> Result<(), Fault>;
}

/// Applies the steps that are missing.
pub(crate) fn up(database: &mut impl Migrated, shown: &str) -> Result<(), Fault> {
    let found = known_version(database, shown)?;
    for (step, sql) in STEPS.iter().enumerate().skip(found) {
        database.step(sql, step as i64 + 1)?;
    }
    Ok(())
}

/// Whether the schema is this version's, neither older nor newer.
pub(crate) fn check(database: &mut impl Migrated, shown: &str) -> Result<(), Fault> {
    match known_version(database, shown)? {
        found if found == STEPS.len() => Ok(()),
        found => Err(Fault::Folder {
            path: shown.to_owned(),
            why: format!(
                "has schema {found}, this program needs {}; start the server once, or run tsugime migrate",
                STEPS.len()
            ),
        }),
    }
}

/// The number of the last step applied, if it is one of ours.
pub(crate) fn known_version(database: &mut impl Migrated, shown: &str) -> Result<usize, Fault> {
    if database.is_empty()? {
        return Ok(0);
    }
    let known = STEPS.len() as i64;
    let found = database.version()?;
    // Other programs number their versions too.
    if found <= 0 || !database.is_ours()? {
        return Err(Fault::Folder {
            path: shown.to_owned(),
            why: "holds tables of something else; give an empty database of its own".to_owned(),
        });
    }
    if found > known {
        return Err(Fault::NewerVersion { path: shown.to_owned(), found, known });
    }
    Ok(usize::try_from(found).unwrap_or(0))
}
