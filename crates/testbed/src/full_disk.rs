//! A disk that is soon full: a small file system in memory, or a limit on the files that one process may write.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    fault::Fault,
    folder::Folder,
    programs::{program, run},
};

/// Written at once while filling, in bytes.
const PIECE: usize = 4_096;

/// A file system of a few megabytes in memory. Dropping it unmounts and removes it.
#[derive(Debug)]
pub struct FullDisk {
    disk: PathBuf,
    size_bytes: u64,
    // Its janitor unmounts.
    _folder: Folder,
}

impl FullDisk {
    /// Mounts an empty one.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] when this process may not mount: only root may, and not in every container. Then
    /// [`with_file_limit`] is what is left.
    pub fn new(size_bytes: u64) -> Result<Self, Fault> {
        let folder = Folder::temporary("disk")?;
        let disk = folder.path().join("disk");
        fs::create_dir(&disk).map_err(Fault::io("making", &disk))?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size_bytes},mode=1777"), "testbed"]);
        run(mount.arg(&disk).stdin(Stdio::null()))
            .map_err(|_refused| Fault::missing("a disk of its own", "only root may mount one"))?;
        Ok(Self { disk, size_bytes, _folder: folder })
    }

    /// Where it is mounted. Everybody may write there.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.disk
    }

    /// Writes a file of zeroes until not a single page is left.
    ///
    /// # Errors
    ///
    /// [`Fault::Io`] when anything else than the disk's end stops the writing.
    pub fn fill(&self) -> Result<(), Fault> {
        self.fill_but(0)
    }

    /// The same, and leaves this much room.
    ///
    /// # Errors
    ///
    /// Those of [`FullDisk::fill`]; a disk that has less room already is no fault.
    pub fn fill_but(&self, room_bytes: u64) -> Result<(), Fault> {
        let filler = self.filler();
        let mut file = File::create(&filler).map_err(Fault::io("making", &filler))?;
        // Bounded: one piece more than there is.
        for pieces in 0..=self.size_bytes / PIECE as u64 {
            match file.write(&[0; PIECE]) {
                Ok(_written) => {}
                Err(fault) if fault.kind() == ErrorKind::StorageFull => {
                    let written = pieces * PIECE as u64;
                    return file
                        .set_len(written.saturating_sub(room_bytes))
                        .map_err(Fault::io("cutting", &filler));
                }
                Err(fault) => return Err(Fault::io("writing", &filler)(fault)),
            }
        }
        let what = format!("{} took more than it can hold", self.disk.display());
        Err(Fault::Failed { what, said: String::new() })
    }

    /// Removes what [`FullDisk::fill`] wrote.
    ///
    /// # Errors
    ///
    /// [`Fault::Io`] when it was not filled.
    pub fn make_room(&self) -> Result<(), Fault> {
        fs::remove_file(self.filler()).map_err(Fault::io("removing", &self.filler()))
    }

    fn filler(&self) -> PathBuf {
        self.disk.join("filler")
    }
}

/// A command whose process cannot make any file longer than this: a write beyond is refused with `EFBIG`, as a full
/// disk's is with `ENOSPC`, and the signal that comes with it is ignored. Needs no rights.
///
/// # Errors
///
/// [`Fault::Missing`] without util-linux's `prlimit`.
pub fn with_file_limit(command: impl AsRef<OsStr>, longest_bytes: u64) -> Result<Command, Fault> {
    let mut limited = Command::new(program("env")?);
    limited.arg("--ignore-signal=XFSZ").arg(program("prlimit")?);
    limited.arg(format!("--fsize={longest_bytes}")).arg("--").arg(command);
    Ok(limited)
}
