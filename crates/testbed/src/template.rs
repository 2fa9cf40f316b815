//! A database folder as `initdb` makes it: made once in a process, then copied.

use std::{
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

use crate::{
    fault::Fault,
    folder::Folder,
    programs::{Programs, run},
};

static MADE: OnceLock<Folder> = OnceLock::new();
static MAKING: Mutex<()> = Mutex::new(());

/// Puts a new database folder at `place`, which must not exist yet.
///
/// # Errors
///
/// Those of `initdb` and `cp`.
pub(crate) fn copy_to(place: &Path, programs: &Programs) -> Result<(), Fault> {
    let template = made(programs)?;
    run(programs.command(Path::new("cp")).arg("-a").arg(template.join("model")).arg(place))
}

fn made(programs: &Programs) -> Result<&'static Path, Fault> {
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(folder) = MADE.get() {
        return Ok(folder.path());
    }
    // No value of it is ever dropped: its janitor comes when the process ends.
    let folder = Folder::temporary("template")?;
    programs.give(folder.path())?;
    // Not synced: a server's crash loses nothing that the kernel has, and the machine does not crash here.
    let mut initdb = programs.postgresql("initdb");
    initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
    initdb.args(["--data-checksums", "--no-sync", "--no-instructions", "--pgdata"]);
    run(initdb.arg(folder.path().join("model")))?;
    Ok(MADE.get_or_init(|| folder).path())
}
