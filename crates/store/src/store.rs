//! An open database, whichever it is: readers that look at one snapshot, and the writer that has the pen.

use crate::{
    Fault, Keys, Shelf,
    cache::Cache,
    checkpoint,
    journal::COMMITS,
    pen::Pen,
    postgres_url::PostgresUrl,
    sql::{Database, Sql, Value},
    sqlite,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use terms::Digest;
use uuid::Uuid;

const READERS_MAX: usize = 8;
/// How often a batch is done again after a lost race or a lost connection.
const TRIES_MAX: u32 = 8;
/// A commit without an answer is looked for so often, at most this long after one another: half a minute in all,
/// for a primary to fail over, and a moment after the database is back.
const LOOKS_MAX: u32 = 60;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Where a database is.
#[derive(Clone)]
pub enum Place {
    /// A file of the embedded database.
    File(PathBuf),
    /// A PostgreSQL server, 15 or newer.
    Postgres(PostgresUrl),
}

/// An open database: where it is, its keys and its idle readers.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    place: Place,
    keys: Keys,
    idle: Mutex<Vec<Box<dyn Database>>>,
}

impl Place {
    /// Opens a connection to a database that is there.
    pub(crate) fn connect(&self) -> Result<Box<dyn Database>, Fault> {
        match self {
            Self::File(path) => sqlite::connect(path),
            Self::Postgres(url) => url.connect(),
        }
    }

    /// As people know it; without a password.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Postgres(url) => url.shown(),
        }
    }
}

impl Store {
    /// Opens or creates the database file and brings its schema up to date.
    ///
    /// # Errors
    /// The folder cannot be written, the file is no database of ours, or a newer program wrote it.
    pub fn open(path: &Path, keys: Keys) -> Result<(Self, Writer), Fault> {
        Self::open_at(Place::File(path.to_owned()), keys)
    }

    /// Opens a database and brings its schema up to date.
    ///
    /// # Errors
    /// It cannot be reached or written, is no database of ours, or a newer program wrote it.
    pub fn open_at(place: Place, keys: Keys) -> Result<(Self, Writer), Fault> {
        let mut connection = match &place {
            Place::File(path) => sqlite::create(path)?,
            Place::Postgres(url) => blocking(|| url.create())?,
        };
        blocking(|| check_key(&keys, connection.as_mut(), &place))?;
        let store = Self { inner: Arc::new(Inner { place, keys, idle: Mutex::new(Vec::new()) }) };
        let writer = Writer {
            store: store.clone(),
            connection: Some(connection),
            cache: Cache::default(),
            as_of: Pen::default().digest,
        };
        Ok((store, writer))
    }

    /// Opens a database as it is: nothing is created, nothing is brought up to date, for proofs beside a server.
    ///
    /// # Errors
    /// It cannot be reached, is no database of ours, or another version wrote it.
    pub fn look_at(place: Place, keys: Keys) -> Result<Self, Fault> {
        let mut connection = match &place {
            Place::File(path) => sqlite::look(path)?,
            Place::Postgres(url) => blocking(|| url.look())?,
        };
        blocking(|| check_key(&keys, connection.as_mut(), &place))?;
        Ok(Self { inner: Arc::new(Inner { place, keys, idle: Mutex::new(vec![connection]) }) })
    }

    /// The store's keys.
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// Whether other nodes may work on the same database.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.place, Place::Postgres(_))
    }

    /// Where the database is.
    pub fn place(&self) -> &Place {
        &self.inner.place
    }

    /// Looks something up in one consistent snapshot. Blocks: call it where blocking is allowed.
    ///
    /// # Errors
    /// As the look-up's, or when no connection can be had.
    pub fn read<T>(&self, look: impl FnOnce(&mut Shelf<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut connection = self.reader()?;
        let found = look(&mut Shelf::to_read(connection.as_sql(), &self.inner.keys));
        match &found {
            Err(Fault::Lost(_)) => connection.roll_back(),
            _ => {
                // What was read is read, whatever becomes of the connection now.
                if connection.commit().is_ok() {
                    let mut idle = self.idle();
                    if idle.len() < READERS_MAX {
                        idle.push(connection);
                    }
                }
            }
        }
        found
    }

    /// A connection in a transaction that looks. One that lost its server while it was idle is replaced.
    fn reader(&self) -> Result<Box<dyn Database>, Fault> {
        for _ in 0..=READERS_MAX {
            let Some(mut connection) = self.idle().pop() else { break };
            match connection.begin(false) {
                Ok(()) => return Ok(connection),
                Err(Fault::Lost(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        let mut connection = self.inner.place.connect()?;
        connection.begin(false)?;
        Ok(connection)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Box<dyn Database>>> {
        self.inner.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The connection that writes.
pub struct Writer {
    store: Store,
    connection: Option<Box<dyn Database>>,
    cache: Cache,
    /// The end of the chain with which the cache is true; a number would not tell a restored database.
    as_of: Digest,
}

impl Writer {
    /// Runs a batch in one transaction: all of it is on disk when this returns, or nothing is. The batch may be run
    /// again when another node was faster or the connection was lost.
    ///
    /// # Errors
    /// As the batch's, or when the commit fails; then nothing was written, but for [`Fault::Unknown`].
    pub fn commit<T>(
        &mut self,
        mut batch: impl FnMut(&mut Shelf<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut tries = 1;
        loop {
            match self.try_commit(&mut batch) {
                Err(fault @ (Fault::Race(_) | Fault::Lost(_))) if tries < TRIES_MAX => {
                    tracing::warn!(%fault, tries, "a batch is done again");
                    std::thread::sleep(Duration::from_millis(20 << tries));
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    fn try_commit<T>(
        &mut self,
        batch: &mut impl FnMut(&mut Shelf<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.store.inner.place.connect()?,
        };
        let id = Uuid::from_bytes(crate::keys::random_bytes()?);
        let written = self.write(connection.as_mut(), id, batch);
        let (ran, pen, cache) = match written {
            Ok(written) => written,
            Err(fault) => {
                if !matches!(fault, Fault::Lost(_)) {
                    connection.roll_back();
                    self.connection = Some(connection);
                }
                return Err(fault);
            }
        };
        match connection.commit() {
            Ok(()) => self.connection = Some(connection),
            Err(Fault::Lost(why)) => self.settle(&pen, id, why)?,
            Err(fault) => {
                connection.roll_back();
                self.connection = Some(connection);
                return Err(fault);
            }
        }
        self.cache = cache;
        self.as_of = pen.digest;
        Ok(ran)
    }

    /// Takes the pen, runs the batch, and writes all that it leaves; what stays is the commit itself.
    fn write<T>(
        &mut self,
        connection: &mut dyn Database,
        id: Uuid,
        batch: &mut impl FnMut(&mut Shelf<'_>) -> Result<T, Fault>,
    ) -> Result<(T, Pen, Cache), Fault> {
        // Whatever goes wrong from here on, what was remembered is forgotten with it.
        let mut cache = std::mem::take(&mut self.cache);
        connection.begin(true)?;
        let pen = Pen::take(connection)?;
        if pen.digest != self.as_of {
            cache = Cache::default();
        }
        cache.trim();
        let keys = &self.store.inner.keys;
        let mut shelf = Shelf::to_write(connection.as_sql(), keys, pen, cache);
        let ran = batch(&mut shelf)?;
        shelf.write_balances()?;
        let Shelf { sql, mut pen, mut pending, mut cache, journal, book, .. } = shelf;
        cache.book = book;
        if pending.is_written() || journal.is_written() {
            pen.commits += 1;
            let commit = journal.close(&pen, id)?;
            pen.digest = commit.digest;
            pending.add(&COMMITS, commit.row());
            checkpoint::sign_if_due(&pen, keys, sql)?;
            pending.flush_all(sql)?;
            pen.put_back(sql)?;
        }
        Ok((ran, pen, cache))
    }

    /// The connection died while it committed: a new one tells whether that commit is there.
    fn settle(&mut self, pen: &Pen, id: Uuid, why: String) -> Result<(), Fault> {
        tracing::warn!(
            why,
            commit = pen.commits,
            "a commit got no answer; the database is asked whether it was done"
        );
        for looks in 1..=LOOKS_MAX {
            let soon = Duration::from_millis(50 << looks.min(TRIES_MAX));
            std::thread::sleep(soon.min(BETWEEN_LOOKS));
            let Ok(mut connection) = self.store.inner.place.connect() else { continue };
            if connection.begin(true).and_then(|()| Pen::take(connection.as_mut())).is_err() {
                continue;
            }
            // With the pen in hand nobody else's commit is under way, the lost one neither.
            let sql = "SELECT 1 FROM commits WHERE number = ?1 AND id = ?2";
            let Ok(found) = connection.as_sql().query(sql, &[Value::Int(pen.commits), Value::id(id)]) else {
                continue;
            };
            connection.roll_back();
            self.connection = Some(connection);
            return if found.is_empty() { Err(Fault::Race(why)) } else { Ok(()) };
        }
        Err(Fault::Unknown(why))
    }
}

/// Does on a thread of its own what blocks, so that a store can be opened wherever its opener is.
pub(crate) fn blocking<T: Send>(work: impl FnOnce() -> Result<T, Fault> + Send) -> Result<T, Fault> {
    let panicked = || Err(Fault::Lost("opening it panicked".to_owned()));
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|_| panicked()))
}

/// A database belongs to one key: its mark is written at the first opening, while it is empty.
fn check_key(keys: &Keys, connection: &mut dyn Database, place: &Place) -> Result<(), Fault> {
    let mark = keys.gate_tag("store", "mark");
    let sql = connection.as_sql();
    let refused = |why: &str| Err(Fault::Folder { path: place.shown(), why: why.to_owned() });
    let known = match mark_in(sql)? {
        None if Pen::look(sql)? == Pen::default() => {
            let insert = "INSERT INTO store (id, mark) VALUES (1, ?1) ON CONFLICT (id) DO NOTHING";
            sql.change(insert, &[Value::digest(&mark)])?;
            // Another program may have been faster, with another key.
            mark_in(sql)?
        }
        known => known,
    };
    match known {
        Some(known) if known == mark.bytes().as_slice() => Ok(()),
        Some(_) => refused("belongs to another store key; put back the key file that it was made with"),
        None => refused("has lost the mark of its store key: it was altered; restore a backup"),
    }
}

pub(crate) fn mark_in(sql: &mut dyn Sql) -> Result<Option<Vec<u8>>, Fault> {
    let rows = sql.query("SELECT mark FROM store WHERE id = 1", &[])?;
    Ok(rows.first().and_then(|row| row.first()).and_then(Value::as_blob).map(<[u8]>::to_vec))
}
