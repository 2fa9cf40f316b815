//! Something broke, or the database cannot be used: text for the operator, never for the asker.

/// Why the store could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database refused or failed.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// PostgreSQL refused or failed.
    #[error("database: {0}")]
    Postgres(String),
    /// Another node was faster, or a lock could not be had: the same batch may be done again.
    #[error("database: lost a race ({0})")]
    Race(String),
    /// The connection is gone.
    #[error("database: the connection was lost ({0})")]
    Lost(String),
    /// The commit's answer did not come, and the database cannot be asked whether it was done.
    #[error("database: it is not known whether the last commit was done ({0}); ask again under the same ids")]
    Unknown(String),
    /// A row cannot be understood: another key, or it was altered.
    #[error("table {table}: a row cannot be read ({why}); was the key file replaced, or the row altered?")]
    Row {
        /// Which table.
        table: &'static str,
        /// Why.
        why: String,
    },
    /// The database was made by a newer program.
    #[error(
        "{path}: written by a newer version (schema {found}, this program knows {known}); use the newer program"
    )]
    NewerVersion {
        /// The database.
        path: String,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// The folder, file or server cannot be used.
    #[error("{path}: {why}")]
    Folder {
        /// Which.
        path: String,
        /// Why, and what to do.
        why: String,
    },
    /// A decision planned what the book refuses: a bug; nothing was written.
    #[error("bug: {ask} planned a posting that the book refuses: {why}")]
    Bug {
        /// Which ask.
        ask: &'static str,
        /// The book's refusal.
        why: String,
    },
}
