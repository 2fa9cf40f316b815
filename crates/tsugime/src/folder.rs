//! The data folder: one process at a time, secrets in files of their own, complete or not there.
//!
//! Every file is written beside its place and moved into it, and `folder.toml` is written last: a folder
//! without it is new, or was left half-written and says so.

use crate::{clock::secret_bytes, exit::Ended};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};
use terms::{Digest, Secret};

const MARK: &str = "folder.toml";
const MARK_TEXT: &str = "# Written by tsugime; the folder is complete.\nformat = 1\n";
const LOCK: &str = "lock";
const STORE_KEY: &str = "store.key";
/// The key file that is about to take its place.
const STORE_KEY_NEXT: &str = "store.key.next";
const DATABASE: &str = "wallet.sqlite";

/// An open data folder. The lock lasts as long as this value.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Opens the folder for this process alone, making it if it is not there.
    ///
    /// # Errors
    /// It cannot be written, another process has it, or it is half-written.
    pub(crate) fn open(path: &Path) -> Result<Self, Ended> {
        let folder = Self::open_to_rotate(path)?;
        let next = path.join(STORE_KEY_NEXT);
        if next.exists() {
            let why = "is there: a rotation was cut off; run `tsugime keys rotate-tags` again to finish it";
            return Err(Ended::fault(next.display(), why));
        }
        Ok(folder)
    }

    /// As [`Folder::open`], also where a rotation was cut off.
    ///
    /// # Errors
    /// It cannot be written, another process has it, or it is half-written.
    pub(crate) fn open_to_rotate(path: &Path) -> Result<Self, Ended> {
        let folder = Self::lock(path)?;
        folder.check_complete()?;
        Ok(folder)
    }

    /// The text of the next key file: the one that stands, and one tag key more. The same again after it was cut off.
    ///
    /// # Errors
    /// A key file cannot be read or written.
    pub(crate) fn next_key_text(&self) -> Result<Secret, Ended> {
        let next = self.path.join(STORE_KEY_NEXT);
        if !next.exists() {
            let key = Digest::new(secret_bytes().map_err(|why| Ended::fault("random numbers", why))?);
            let text = key_text(&self.key_path())?;
            self.write(STORE_KEY_NEXT, &format!("{}\n{key}\n", text.expose()))?;
        }
        key_text(&next)
    }

    /// The next key file takes its place.
    ///
    /// # Errors
    /// It cannot be moved.
    pub(crate) fn take_next_key(&self) -> Result<(), Ended> {
        let moved = fs::rename(self.path.join(STORE_KEY_NEXT), self.key_path())
            .and_then(|()| File::open(&self.path)?.sync_all());
        moved.map_err(|why| Ended::fault(self.key_path().display(), format!("cannot be replaced ({why})")))
    }

    fn lock(path: &Path) -> Result<Self, Ended> {
        let at = path.display();
        fs::create_dir_all(path).map_err(|why| {
            Ended::fault(&at, format!("cannot be made ({why}); choose another folder with --data"))
        })?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = lock.map_err(|why| {
            Ended::fault(&at, format!("cannot be written ({why}); give write permission or use --data"))
        })?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Ended::fault(&at, "in use by another tsugime; stop it or use another --data"));
            }
            Err(TryLockError::Error(why)) => {
                return Err(Ended::fault(&at, format!("cannot be locked ({why})")));
            }
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// A new folder for a backup, with the key that the backup was made under. It is no data folder before
    /// [`Folder::complete`].
    ///
    /// # Errors
    /// It cannot be written, another process has it, or anything else is in it.
    pub(crate) fn prepare(path: &Path, key: &str) -> Result<Self, Ended> {
        if let Ok(mut entries) = fs::read_dir(path)
            && entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != LOCK))
        {
            let why = "is not empty; restore into a new folder";
            return Err(Ended::Refused(format!("{}: {why}", path.display())));
        }
        let folder = Self::lock(path)?;
        folder.write(STORE_KEY, key)?;
        Ok(folder)
    }

    /// Makes a prepared folder a data folder.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn complete(&self) -> Result<(), Ended> {
        self.write(MARK, MARK_TEXT)
    }

    /// Empties a prepared folder, so that it can be tried again.
    pub(crate) fn clear(&self) {
        for name in [STORE_KEY, DATABASE, "wallet.sqlite-wal", "wallet.sqlite-shm", "wallet.sqlite.new"] {
            // What was not written is not there.
            let _absent = fs::remove_file(self.path.join(name));
        }
    }

    /// Opens a folder that must be there already, without locking it: for proofs beside a running server.
    ///
    /// # Errors
    /// There is no complete folder.
    pub(crate) fn look_at(path: &Path) -> Result<PathBuf, Ended> {
        if path.join(MARK).is_file() {
            Ok(path.to_owned())
        } else {
            let why =
                "is no data folder (folder.toml is not there); name the one that the server uses with --data";
            Err(Ended::Refused(format!("{}: {why}", path.display())))
        }
    }

    fn check_complete(&self) -> Result<(), Ended> {
        let has = |name: &str| self.path.join(name).exists();
        let marked = fs::read_to_string(self.path.join(MARK)).ok();
        match marked {
            Some(text) if text == MARK_TEXT && has(STORE_KEY) => Ok(()),
            Some(text) if text == MARK_TEXT => Err(Ended::fault(
                self.path.join(STORE_KEY).display(),
                "is gone, and without it the database cannot be read; put it back from a copy",
            )),
            Some(_) => Err(Ended::fault(
                self.path.join(MARK).display(),
                "names a format that this program does not know; use the program that wrote it",
            )),
            None if has(DATABASE) => Err(Ended::fault(
                self.path.display(),
                "is half-written (a database without folder.toml); remove the folder to begin anew",
            )),
            // A key that was put here beforehand is kept: another node's, or the one of a backup.
            None if has(STORE_KEY) => {
                store_keys(&self.path)?;
                self.write(MARK, MARK_TEXT)
            }
            None => {
                let key = Digest::new(secret_bytes().map_err(|why| Ended::fault("random numbers", why))?);
                self.write(STORE_KEY, &key.to_string())?;
                self.write(MARK, MARK_TEXT)
            }
        }
    }

    /// Where the store's key stands.
    pub(crate) fn key_path(&self) -> PathBuf {
        self.path.join(STORE_KEY)
    }

    /// The folder's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the store with the folder's key.
    ///
    /// # Errors
    /// The key or the database cannot be used.
    pub(crate) fn open_store(&self, place: store::Place) -> Result<(store::Store, store::Writer), Ended> {
        Ok(store::Store::open_at(place, store_keys(&self.path)?)?)
    }

    /// A secret text kept in a file of the folder; made at its first use.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(crate) fn secret(&self, name: &str, make: impl FnOnce([u8; 32]) -> String) -> Result<Secret, Ended> {
        let path = self.path.join(name);
        if let Ok(text) = fs::read_to_string(&path) {
            return Ok(Secret::new(text.trim()));
        }
        let made = make(secret_bytes().map_err(|why| Ended::fault("random numbers", why))?);
        self.write(name, &made)?;
        Ok(Secret::new(made))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Ended> {
        let path = self.path.join(name);
        write_whole(&path, text)
            .map_err(|why| Ended::fault(path.display(), format!("cannot be written ({why})")))
    }
}

/// Writes a file whole or not at all, readable by its owner only.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// The store's keys from a folder.
///
/// # Errors
/// The key file is not there or is no key.
pub(crate) fn store_keys(folder: &Path) -> Result<store::Keys, Ended> {
    let path = folder.join(STORE_KEY);
    keys_of(&path, &key_text(&path)?)
}

/// What a key file says.
///
/// # Errors
/// It cannot be read.
pub(crate) fn key_text(path: &Path) -> Result<Secret, Ended> {
    let text = fs::read_to_string(path)
        .map_err(|why| Ended::fault(path.display(), format!("cannot be read ({why})")))?;
    Ok(Secret::new(text.trim()))
}

/// The keys that a key file's text gives: the store's key in the first line, and a tag key in each line after it.
///
/// # Errors
/// A line is no key.
pub(crate) fn keys_of(path: &Path, text: &Secret) -> Result<store::Keys, Ended> {
    let key = |(number, line): (usize, &str)| {
        Digest::parse(line.trim()).map_err(|why| Ended::fault(format!("{}:{number}", path.display()), why))
    };
    let mut lines = (1..).zip(text.expose().lines());
    let first = key(lines.next().unwrap_or((1, "")))?;
    let keys = store::Keys::new(first.bytes())?;
    lines.try_fold(keys, |keys, line| Ok(keys.rotated(key(line)?.bytes())))
}

/// The database file of a folder.
pub(crate) fn database_of(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}
