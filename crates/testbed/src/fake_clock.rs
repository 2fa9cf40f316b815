//! The wall clock of one process, moved as an operator or a broken time server would: by `libfaketime`, without rights.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use crate::{fault::Fault, folder::Folder};

const LIBRARY: &str = "faketime/libfaketimeMT.so.1";
/// Debian keeps it in a folder of the processor's name, others directly in one of these.
const PLACES: [&str; 3] = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];

/// A clock that goes right until it is moved. Processes with [`FakeClock::environment`] look at it each time they ask
/// what time it is; their monotonic clock goes on as ever, as the system's does when somebody sets the time.
#[derive(Debug)]
pub struct FakeClock {
    library: PathBuf,
    shown: PathBuf,
    _folder: Folder,
}

impl FakeClock {
    /// One that goes right.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] without `libfaketime`, [`Fault::Io`].
    pub fn new() -> Result<Self, Fault> {
        let library = library().ok_or_else(|| Fault::missing("libfaketime", "`./test tools` installs it"))?;
        let folder = Folder::temporary("clock")?;
        let clock = Self { library, shown: folder.path().join("clock"), _folder: folder };
        clock.move_to(0)?;
        Ok(clock)
    }

    /// Sets the clock so many seconds before (below zero) or after the right time; it goes on from there.
    ///
    /// # Errors
    ///
    /// [`Fault::Io`].
    pub fn move_to(&self, off_by_s: i64) -> Result<(), Fault> {
        // Renamed, so that nobody reads half of it.
        let next = self.shown.with_extension("next");
        fs::write(&next, format!("{off_by_s:+}\n")).map_err(Fault::io("writing", &next))?;
        fs::rename(&next, &self.shown).map_err(Fault::io("renaming", &next))
    }

    /// What a process must be started with to go by this clock.
    #[must_use]
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let variables = [
            ("LD_PRELOAD", self.library.as_os_str()),
            ("FAKETIME_TIMESTAMP_FILE", self.shown.as_os_str()),
            ("FAKETIME_NO_CACHE", "1".as_ref()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".as_ref()),
        ];
        variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    /// Removes what the library leaves in shared memory for a process that is killed.
    pub fn clear_after(pid: u32) {
        for name in [format!("faketime_shm_{pid}"), format!("sem.faketime_sem_{pid}")] {
            // One that ended in good order has cleared them itself.
            let _gone_already = fs::remove_file(Path::new("/dev/shm").join(name));
        }
    }
}

fn library() -> Option<PathBuf> {
    let below = |place: &str| {
        let folders = fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
        folders.map(|folder| folder.join(LIBRARY)).find(|path| path.exists())
    };
    PLACES.into_iter().find_map(|place| {
        let direct = Path::new(place).join(LIBRARY);
        if direct.exists() { Some(direct) } else { below(place) }
    })
}
