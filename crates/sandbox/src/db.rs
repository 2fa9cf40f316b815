//! The sandbox's database: one SQLite connection, one transaction at a time, each commit on disk.

use crate::Fault;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// Which tables there are: raised when one of them changes so that older files do not fit.
const VERSION: i64 = 1;

/// The database. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Db(Arc<Mutex<Connection>>);

impl Db {
    pub(crate) fn open(folder: &Path, schemas: &[&str]) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder)
            .map_err(|why| Fault::outside(format!("{}: cannot be made ({why})", folder.display())))?;
        let file = folder.join("sandbox.sqlite");
        Self::open_file(&file, schemas).map_err(|why| Fault::outside(format!("{}: {why}", file.display())))
    }

    fn open_file(file: &Path, schemas: &[&str]) -> Result<Self, Fault> {
        let connection = Connection::open(file)?;
        let is_new: bool =
            connection.query_row("SELECT COUNT(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if !is_new && version != VERSION {
            return Err(Fault::outside(format!(
                "its tables are of version {version} and this program keeps version {VERSION}; \
                 move the file away, or name another data folder"
            )));
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.set_prepared_statement_cache_capacity(128);
        for schema in schemas {
            connection.execute_batch(schema)?;
        }
        connection.pragma_update(None, "user_version", VERSION)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Looks something up.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        self.with(|connection| look(connection)).await
    }

    /// Changes something, all or nothing.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let changed = change(&transaction)?;
            transaction.commit()?;
            Ok(changed)
        })
        .await
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let connection = Arc::clone(&self.0);
        let worked = tokio::task::spawn_blocking(move || {
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        Ok(worked.await.map_err(Fault::outside)??)
    }
}
