//! The sandbox's database: one SQLite connection, one transaction at a time, each commit on disk.

use crate::Fault;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// The database. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Db(Arc<Mutex<Connection>>);

impl Db {
    pub(crate) fn open(folder: &Path, schemas: &[&str]) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder)
            .map_err(|why| Fault::outside(format!("{}: cannot be made ({why})", folder.display())))?;
        let connection = Connection::open(folder.join("sandbox.sqlite"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.set_prepared_statement_cache_capacity(128);
        for schema in schemas {
            connection.execute_batch(schema)?;
        }
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
