//! A fresh folder, and a janitor who clears it and its servers away when the test ends, however it ends.

use std::{
    fs,
    io::Write,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use crate::{fault::Fault, wait};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// How long the janitor may take.
const CLEARED: Duration = Duration::from_secs(20);
/// Where the folder lists the processes that may outlive a test that dies.
const PIDS: &str = "pids";

/// It waits until its standard input closes, which also happens when the test's process is killed. A number counts
/// only while that process has the folder in its arguments: numbers are given again.
const JANITOR: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
cd /
end() { grep -qsaF "$1/" "/proc/$2/cmdline" && kill -9 "$2" 2>/dev/null; }
while read -r pid; do end "$1" "$pid"; done 2>/dev/null <"$1/pids"
for file in "$1"/*/postmaster.pid "$1"/*/*/postmaster.pid; do
  read -r pid 2>/dev/null <"$file" && end "$1" "$pid"
done
for disk in "$1"/*; do
  if mountpoint -q "$disk" 2>/dev/null; then umount "$disk" || umount -l "$disk"; fi
done 2>/dev/null
for try in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf -- "$1" 2>/dev/null && exit
  sleep 0.1
done
exit 1
"#;

/// A folder of one server or cluster. Dropping it ends what it lists and removes it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    janitor: Child,
}

impl Folder {
    /// Makes one in `parent`, open to every user: the servers' is another than the test's when that is root.
    ///
    /// # Errors
    ///
    /// [`Fault::Io`].
    pub(crate) fn new(parent: &Path, name: &str) -> Result<Self, Fault> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("testbed-{name}-{}-{number}", std::process::id()));
        if path.exists() {
            // Of a process that had this number once and whose janitor was killed with it.
            fs::remove_dir_all(&path).map_err(Fault::io("removing", &path))?;
        }
        fs::create_dir_all(&path).map_err(Fault::io("making", &path))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).map_err(Fault::io("opening", &path))?;
        let janitor = Command::new("sh")
            .args(["-c", JANITOR, "janitor"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(Fault::io("running", Path::new("sh")))?;
        Ok(Self { path, janitor })
    }

    /// One in the system's folder for temporary files.
    ///
    /// # Errors
    ///
    /// [`Fault::Io`].
    pub(crate) fn temporary(name: &str) -> Result<Self, Fault> {
        Self::new(&std::env::temp_dir(), name)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Lists a process for the janitor.
    ///
    /// # Errors
    ///
    /// [`Fault::Io`].
    pub(crate) fn list(&self, pid: u32) -> Result<(), Fault> {
        let file = self.path.join(PIDS);
        let opened = fs::OpenOptions::new().create(true).append(true).open(&file);
        opened.and_then(|mut file| writeln!(file, "{pid}")).map_err(Fault::io("writing", &file))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        let said = || self.path.display().to_string();
        let janitor = &mut self.janitor;
        let ended = wait::until("the janitor's end", CLEARED, said, || {
            janitor.try_wait().map_err(Fault::io("waiting for", Path::new("sh")))
        });
        // A test that has failed must show its own fault, so this one does not panic.
        if let Err(fault) = ended {
            let _unsaid = writeln!(std::io::stderr(), "{fault}");
        }
    }
}
