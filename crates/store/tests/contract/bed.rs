//! A fresh database of either kind, gone when its story ends, and a plain connection to it beside the store's.

use crate::raw::Raw;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};
use store::{Fault, Keys, Place, Store, Writer};

static NEXT: AtomicU32 = AtomicU32::new(0);
/// One server for all stories of the process; it ends with the process.
static SERVER: Mutex<Option<testbed::Postgres>> = Mutex::new(None);

/// A folder of its own.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("store-contract-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left lies among the system's temporary files.
        let _left = fs::remove_dir_all(&self.0);
    }
}

/// A database and how to reach it.
pub(crate) enum Bed {
    File(Folder),
    Postgres { url: String },
}

impl Bed {
    pub(crate) fn file() -> Self {
        Self::File(Folder::new())
    }

    /// A new database on the server of this process; nothing where none is installed.
    pub(crate) fn postgres() -> Option<Self> {
        let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        if server.is_none() {
            *server = testbed::or_skip(testbed::Postgres::start());
        }
        let name = format!("story_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        server
            .as_ref()
            .map(|server| Self::Postgres { url: server.database(&name).expect("an empty database") })
    }

    pub(crate) fn place(&self) -> Place {
        match self {
            Self::File(_) => Place::File(self.file_path()),
            Self::Postgres { url } => Place::Postgres(url.parse().expect("a URL")),
        }
    }

    /// The file; only where there is one.
    pub(crate) fn file_path(&self) -> PathBuf {
        match self {
            Self::File(folder) => folder.path().join("tsugime.db"),
            Self::Postgres { .. } => panic!("a server has no file"),
        }
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    pub(crate) fn open(&self) -> (Store, Writer) {
        self.try_open(keys()).expect("opens")
    }

    pub(crate) fn try_open(&self, keys: Keys) -> Result<(Store, Writer), Fault> {
        Store::open_at(self.place(), keys)
    }

    pub(crate) fn look(&self) -> Store {
        Store::look_at(self.place(), keys()).expect("opens to look")
    }

    /// Everything that is stored: the file byte by byte, or every row of every table.
    pub(crate) fn whole(&self) -> Vec<String> {
        let mut raw = match self {
            Self::File(folder) => return files(folder.path()),
            Self::Postgres { .. } => self.raw(),
        };
        let tables = raw.tables();
        tables
            .iter()
            .map(|table| format!("{table}: {:?}", raw.rows(&format!("SELECT * FROM {table} ORDER BY 1"))))
            .collect()
    }

    pub(crate) fn raw(&self) -> Raw {
        match self {
            Self::File(_) => Raw::file(&self.file_path()),
            Self::Postgres { url } => Raw::postgres(url),
        }
    }
}

/// The store's keys in these tests.
pub(crate) fn keys() -> Keys {
    Keys::new(&[7; 32]).expect("keys")
}

/// Proves, and gives the violation.
pub(crate) fn violation(store: &Store) -> Option<String> {
    store::prove(store, |_| {}).expect("can be read").violation
}

/// Names and contents of a folder's files.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<String> = entries
        // What is shared between processes is no content.
        .filter(|path| !path.to_string_lossy().ends_with("-shm"))
        .map(|path| format!("{}: {:?}", path.display(), fs::read(&path).unwrap_or_default()))
        .collect();
    files.sort();
    files
}
