//! Restoring a backup into a new place, and bringing a database up to date.

use crate::{
    Fault, Keys, Place, Store,
    backup::{self, Listener, Manifest, Progress, said, unread, unwritten},
    dump, migrate,
    pen::Pen,
    prove::{self, ProofReport},
    sqlite,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::Path,
};

const SQLITE_HEAD: &[u8] = b"SQLite format 3\0";
const BUFFER_BYTES: usize = 1 << 20;

/// A backup that was restored.
#[derive(Debug)]
pub struct Restored {
    /// What the backup said about itself; nothing where it had no manifest.
    pub manifest: Option<Manifest>,
    /// The number of the last commit within.
    pub commits: i64,
    /// The digest of the chain at that commit.
    pub digest: String,
    /// The proof of the book; nothing where none was wanted.
    pub proof: Option<ProofReport>,
    /// What does not hold, the first of it: the book, or that it is not the one of the manifest.
    pub violation: Option<String>,
}

/// The schema before and after it was brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upgraded {
    /// The number of the last step that had been applied; 0 for an empty database.
    pub from: i64,
    /// The number of the last step now.
    pub to: i64,
}

/// Restores a backup: into a database file that is not there yet, or into an empty database of PostgreSQL. The
/// schema is brought up to date.
///
/// # Errors
/// The backup or its manifest is damaged or of another kind than the place, the key is another, or the place is
/// taken or cannot be written.
pub fn restore(
    from: &Path,
    place: Place,
    keys: Keys,
    proved: bool,
    listener: Listener<'_>,
) -> Result<Restored, Fault> {
    let manifest = check_backup(from, &place)?;
    match &place {
        Place::File(path) => copy(from, path, listener)?,
        Place::Postgres(url) => {
            if !url.is_empty()? {
                return Err(Fault::Folder {
                    path: url.shown(),
                    why: "is not empty; restore into a new database (createdb)".to_owned(),
                });
            }
            dump::restore(url, from, listener)?;
        }
    }
    let (store, writer) = Store::open_at(place, keys)?;
    drop(writer);
    let pen = store.read(|shelf| Pen::look(shelf.sql))?;
    let proof =
        if proved { Some(prove::prove(&store, |rows| listener(Progress::Proved(rows)))?) } else { None };
    let (commits, digest) = (pen.commits, pen.digest.to_string());
    let of_book = proof.as_ref().and_then(|proof| proof.violation.clone());
    let other =
        manifest.as_ref().filter(|manifest| (manifest.commits, &manifest.digest) != (commits, &digest));
    let other = other.map(|manifest| {
        format!(
            "the chain ends at commit {commits}, the manifest says {} with another digest",
            manifest.commits
        )
    });
    Ok(Restored { manifest, commits, digest, proof, violation: of_book.or(other) })
}

/// Brings the schema of a database up to date and says what was done.
///
/// # Errors
/// It cannot be reached or written, is no database of ours, belongs to another key, or a newer program wrote it.
pub fn upgrade(place: Place, keys: Keys) -> Result<Upgraded, Fault> {
    let from = match &place {
        Place::File(path) => sqlite::version(path)?,
        Place::Postgres(url) => url.version()?,
    };
    Store::open_at(place, keys)?;
    Ok(Upgraded { from: from.max(0), to: migrate::STEPS.len() as i64 })
}

/// The backup is whole and of the place's kind.
fn check_backup(from: &Path, place: &Place) -> Result<Option<Manifest>, Fault> {
    let mut first = [0; SQLITE_HEAD.len()];
    let read =
        File::open(from).and_then(|mut file| file.read(&mut first)).map_err(|why| unread(from, &why))?;
    match place {
        Place::File(_) if dump::is_dump(from)? => {
            return Err(said(
                from,
                "is a dump of PostgreSQL; restore it with --config, into an empty database",
            ));
        }
        Place::File(_) if &first[..read] != SQLITE_HEAD => {
            return Err(said(from, "is no backup of this program; name the file that tsugime backup wrote"));
        }
        Place::Postgres(_) if !dump::is_dump(from)? => {
            return Err(said(from, "is no dump of PostgreSQL; restore a database file with --data"));
        }
        _ => {}
    }
    let manifest = backup::read_manifest(from)?;
    if let Some(manifest) = &manifest {
        let (bytes, sha256) = backup::sha256_of(from)?;
        if (bytes, sha256.to_string()) != (manifest.bytes, manifest.sha256.clone()) {
            return Err(said(
                from,
                format!(
                    "is not the backup of its manifest ({bytes} bytes with another digest than the {} written); \
                     it was altered or cut off: take another copy",
                    manifest.bytes
                ),
            ));
        }
    }
    Ok(manifest)
}

fn copy(from: &Path, to: &Path, listener: Listener<'_>) -> Result<(), Fault> {
    use std::os::unix::fs::OpenOptionsExt;
    let beside = backup::with_end(to, ".new");
    backup::remove_left(&beside)?;
    if to.exists() {
        return Err(said(to, "is there already; restore into a new folder"));
    }
    let mut source = File::open(from).map_err(|why| unread(from, &why))?;
    let of = source.metadata().map(|file| file.len()).ok();
    let mut write = || -> std::io::Result<()> {
        let mut target = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&beside)?;
        let (mut buffer, mut bytes) = (vec![0; BUFFER_BYTES], 0);
        loop {
            match source.read(&mut buffer)? {
                0 => break,
                read => {
                    target.write_all(&buffer[..read])?;
                    bytes += read as u64;
                    listener(Progress::Copied { bytes, of });
                }
            }
        }
        target.sync_all()?;
        fs::rename(&beside, to)?;
        backup::sync_folder_of(to)
    };
    write().map_err(|why| unwritten(to, &why))
}
