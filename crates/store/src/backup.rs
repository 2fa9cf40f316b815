//! Backups while the server runs: a copy that was proved, beside a manifest that says what it is.
//!
//! The copy holds everything but the secrets: without the store's key nobody reads the sealed rows, and nobody signs.

use crate::{
    Fault, Keys, Place, Store, dump, migrate,
    pen::Pen,
    prove::{self, ProofReport},
    shelf::Shelf,
    sqlite::{self, Sqlite},
};
use aws_lc_rs::digest::{Context, SHA256};
use rusqlite::{
    OpenFlags,
    backup::{Backup as Copying, StepResult},
};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
};
use terms::Digest;

const FORMAT: u32 = 1;
/// Pages of 4 KiB that are copied in one step; few in tests, so that a small copy takes many.
const STEP_PAGES: i32 = if cfg!(test) { 2 } else { 4_096 };
const BUFFER_BYTES: usize = 1 << 20;
const MANIFEST_BYTES_MAX: u64 = 64 * 1024;

/// What a backup is of: written beside it, and compared when it is restored. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// How this manifest is written: 1.
    pub format: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// `sqlite`: a database file; `postgresql`: a dump of `pg_dump -Fc`.
    pub database: String,
    /// The schema: the number of its last step.
    pub schema: i64,
    /// The number of the last commit within.
    pub commits: i64,
    /// The number of the last transfer within.
    pub transfers: i64,
    /// When that commit was made (RFC 3339, UTC).
    pub at: String,
    /// The digest of the chain at that commit: keep it elsewhere too.
    pub digest: String,
    /// The size of the backup, in bytes.
    pub bytes: u64,
    /// SHA-256 of the backup.
    pub sha256: String,
    /// Whether the book within was proved.
    pub proved: bool,
}

/// A backup that was made.
#[derive(Debug)]
pub struct Backup {
    /// What it is of.
    pub manifest: Manifest,
    /// The proof of its book; nothing where none was wanted. With a violation in it the backup stays beside its
    /// place, and an older one stays in it.
    pub proof: Option<ProofReport>,
    /// Where it is.
    pub path: PathBuf,
}

/// How far a backup or restore is.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// So many bytes are copied, of so many where that is known.
    Copied {
        /// Done.
        bytes: u64,
        /// All.
        of: Option<u64>,
    },
    /// So many rows of the book were read to prove it.
    Proved(u64),
}

/// Hears how far it is.
pub type Listener<'l> = &'l mut dyn FnMut(Progress);

/// Where the manifest of a backup stands.
pub fn manifest_path(backup: &Path) -> PathBuf {
    with_end(backup, ".manifest.json")
}

/// Backs a database up to a file while others write to it: the copy is of one commit. An older backup of that name
/// is replaced in one step, by a copy that was proved if the store's keys are given once more for that.
///
/// # Errors
/// The database cannot be read, the file cannot be written, or `pg_dump` is not there.
pub fn back_up(
    store: &Store,
    to: &Path,
    prove_with: Option<Keys>,
    listener: Listener<'_>,
) -> Result<Backup, Fault> {
    let beside = with_end(to, ".new");
    remove_left(&beside)?;
    create_private(&beside)?;
    let copied = copy_beside(store, &beside, prove_with, listener);
    let (database, pen, proof) = copied.inspect_err(|_| {
        // The fault is what is told; what cannot be removed is removed by the next backup.
        let _left = remove_left(&beside);
    })?;
    let (bytes, sha256) = sha256_of(&beside)?;
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        database: database.to_owned(),
        schema: migrate::STEPS.len() as i64,
        commits: pen.commits,
        transfers: pen.transfers,
        at: pen.at.to_string(),
        digest: pen.digest.to_string(),
        bytes,
        sha256: sha256.to_string(),
        proved: proof.as_ref().is_some_and(|proof| proof.violation.is_none()),
    };
    if proof.as_ref().is_some_and(|proof| proof.violation.is_some()) {
        return Ok(Backup { manifest, proof, path: beside });
    }
    let synced = File::open(&beside).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::rename(&beside, to)).map_err(|why| unwritten(to, &why))?;
    write_manifest(&manifest_path(to), &manifest)?;
    Ok(Backup { manifest, proof, path: to.to_owned() })
}

/// The kind of the copy, the commit that it is of, and its proof.
type Copied = (&'static str, Pen, Option<ProofReport>);

fn copy_beside(
    store: &Store,
    beside: &Path,
    prove_with: Option<Keys>,
    listener: Listener<'_>,
) -> Result<Copied, Fault> {
    match store.place() {
        Place::File(path) => {
            let pen = copy_file(path, beside, listener)?;
            let proof = prove_with.map(|keys| prove_file(keys, beside, listener)).transpose()?;
            Ok(("sqlite", pen, proof))
        }
        Place::Postgres(url) => {
            let (pen, proof) = dump::dump(store, url, beside, prove_with.is_some(), listener)?;
            Ok(("postgresql", pen, proof))
        }
    }
}

/// Reads the manifest of a backup; nothing where there is none.
///
/// # Errors
/// It cannot be read, or is none of ours.
pub(crate) fn read_manifest(backup: &Path) -> Result<Option<Manifest>, Fault> {
    let path = manifest_path(backup);
    if !path.exists() {
        return Ok(None);
    }
    let mut text = String::new();
    let read = File::open(&path)
        .and_then(|file| file.take(MANIFEST_BYTES_MAX).read_to_string(&mut text).map(|_| ()));
    read.map_err(|why| unread(&path, &why))?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|why| said(&path, format!("is no manifest of a backup ({why})")))?;
    if manifest.format != FORMAT {
        return Err(said(
            &path,
            format!("has format {}; use the newer program that wrote it", manifest.format),
        ));
    }
    Ok(Some(manifest))
}

/// Copies a live database file page by page, as it is at one commit, and gives that commit.
///
/// The reader's transaction holds its snapshot: without it each commit of the server would begin the copy anew. Until
/// it ends, the server's write-ahead log is not shortened.
fn copy_file(from: &Path, to: &Path, listener: Listener<'_>) -> Result<Pen, Fault> {
    let mut source = Sqlite(sqlite::open(from, OpenFlags::empty())?);
    source.0.execute_batch("BEGIN")?;
    let pen = Pen::look(&mut source)?;
    let page_bytes: i64 = source.0.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let mut target = sqlite::open(to, OpenFlags::SQLITE_OPEN_CREATE)?;
    target.pragma_update(None, "synchronous", "FULL")?;
    let copying = Copying::new(&source.0, &mut target)?;
    loop {
        let step = copying.step(STEP_PAGES).map_err(|error| sqlite::in_words(to, error.into()))?;
        let progress = copying.progress();
        let pages = |pages: i32| u64::try_from(i64::from(pages) * page_bytes).unwrap_or(0);
        let of = pages(progress.pagecount);
        listener(Progress::Copied { bytes: of - pages(progress.remaining).min(of), of: Some(of) });
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            // Somebody else has the lock for a moment.
            _ => std::thread::sleep(std::time::Duration::from_millis(20)),
        }
    }
    drop(copying);
    target.close().map_err(|(_, error)| sqlite::in_words(to, error.into()))?;
    source.0.execute_batch("COMMIT")?;
    Ok(pen)
}

fn prove_file(keys: Keys, path: &Path, listener: Listener<'_>) -> Result<ProofReport, Fault> {
    let copy = Store::look_at(Place::File(path.to_owned()), keys)?;
    prove::prove(&copy, |rows| listener(Progress::Proved(rows)))
}

/// The chain at one of its commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Number of the last transfer up to and with this commit.
    pub transfers: i64,
    /// The chain's digest after it.
    pub digest: Digest,
}

/// The chain at a commit, by its number; nothing where there is no such commit.
///
/// # Errors
/// When the database fails.
pub fn chain_at(shelf: &mut Shelf<'_>, number: i64) -> Result<Option<Link>, Fault> {
    use crate::sql::{Value, column};
    let table = crate::journal::COMMITS.table;
    let sql = "SELECT transfers, digest FROM commits WHERE number = ?1";
    let rows = shelf.query(table, sql, &[Value::Int(number)])?;
    let read = |row| {
        let bytes = |value: &Value| <[u8; 32]>::try_from(value.as_blob()?).ok().map(Digest::new);
        Ok(Link { transfers: column(table, row, 0, Value::as_int)?, digest: column(table, row, 1, bytes)? })
    };
    rows.first().map(read).transpose()
}

/// Size and SHA-256 of a file.
pub(crate) fn sha256_of(path: &Path) -> Result<(u64, Digest), Fault> {
    let mut file = File::open(path).map_err(|why| unread(path, &why))?;
    let (mut context, mut size, mut buffer) = (Context::new(&SHA256), 0, vec![0; BUFFER_BYTES]);
    loop {
        match file.read(&mut buffer).map_err(|why| unread(path, &why))? {
            0 => break,
            read => {
                size += read as u64;
                context.update(&buffer[..read]);
            }
        }
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Ok((size, Digest::new(bytes)))
}

fn write_manifest(path: &Path, manifest: &Manifest) -> Result<(), Fault> {
    let text =
        serde_json::to_vec_pretty(manifest).map_err(|why| said(path, format!("cannot be made ({why})")))?;
    let beside = with_end(path, ".new");
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(&text)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        sync_folder_of(path)
    };
    write().map_err(|why| unwritten(path, &why))
}

/// The entry of a file in its folder goes to the disk.
pub(crate) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// An empty file that only its owner reads.
pub(crate) fn create_private(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path);
    made.map(|_| ()).map_err(|why| unwritten(path, &why))
}

/// What a copy that was broken off has left behind.
pub(crate) fn remove_left(path: &Path) -> Result<(), Fault> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let left = with_end(path, end);
        match fs::remove_file(&left) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(unwritten(&left, &why)),
            _ => {}
        }
    }
    Ok(())
}

pub(crate) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut text = OsString::from(path);
    text.push(end);
    text.into()
}

pub(crate) fn said(path: &Path, why: impl Into<String>) -> Fault {
    Fault::Folder { path: path.display().to_string(), why: why.into() }
}

pub(crate) fn unread(path: &Path, why: &std::io::Error) -> Fault {
    said(path, format!("cannot be read ({why})"))
}

pub(crate) fn unwritten(path: &Path, why: &std::io::Error) -> Fault {
    said(path, format!("cannot be written ({why}); is the folder there, writable, and is there room?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::ledger::{Account, Item, Posting, Transfer};
    use terms::{AccountId, Time, TransferId, Yen};
    use uuid::Uuid;

    fn keys() -> Keys {
        Keys::new(&[7; 32]).expect("keys")
    }

    // promise: P1
    #[test]
    fn commits_while_it_is_copied_do_not_get_into_a_backup_nor_begin_it_anew() {
        let folder = std::env::temp_dir().join(format!("tsugime-backup-{}", std::process::id()));
        let _absent = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let (store, mut writer) = Store::open(&folder.join("wallet.sqlite"), keys()).expect("a store");
        let (one, other) = (AccountId::new(Uuid::from_u128(1)), AccountId::new(Uuid::from_u128(2)));
        let mut number = 10;
        let mut pay = |most: u128| {
            let open = [one, other].map(|id| Item::alone(Posting::Open(Account::open(id, None))));
            let ids = number..number + most;
            number += most;
            let now = Time::from_millis(1_795_381_200_000);
            let pay = |id| Transfer::yen(TransferId::new(Uuid::from_u128(id)), one, other, Yen::of(1), now);
            let items: Vec<Item> =
                open.into_iter().chain(ids.map(|id| Item::alone(Posting::Transfer(pay(id))))).collect();
            let applied = writer.commit(|shelf| shelf.apply_all(&items, now)).expect("committed");
            assert!(applied.iter().all(Result::is_ok), "{applied:?}");
        };
        pay(2_000);
        let (to, mut steps) = (folder.join("the.backup"), 0);
        let made = back_up(&store, &to, Some(keys()), &mut |progress| {
            if let Progress::Copied { .. } = progress {
                steps += 1;
                assert!(steps < 2_000, "it is begun anew for ever");
                pay(20);
            }
        });
        let made = made.expect("a backup");
        assert!(steps > 10, "{steps} steps");
        assert_eq!((made.manifest.commits, made.manifest.transfers, made.manifest.proved), (1, 2_000, true));
        let copy = Store::look_at(Place::File(to), keys()).expect("the copy");
        let proof = prove::prove(&copy, |_| ()).expect("read");
        assert_eq!((proof.violation, proof.transfers, proof.digest), (None, 2_000, made.manifest.digest));
        drop((copy, store));
        fs::remove_dir_all(&folder).expect("removed");
    }
}
