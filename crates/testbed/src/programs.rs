//! Where the servers' programs are, and as whom they run.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::fault::Fault;

const OLDEST: u32 = 15;
const DEBIAN: &str = "/usr/lib/postgresql";
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
const BETTER: &str = "`./test tools` installs it";
/// PostgreSQL refuses to be root; Debian's packages make this user for it.
const USER: &str = "postgres";

/// The programs of PostgreSQL, and who runs servers.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    bin: PathBuf,
    /// Uid and gid to change to; `None` when the test is not root and stays who it is.
    user: Option<(u32, u32)>,
}

impl Programs {
    /// The newest PostgreSQL here.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] when there is none of version 15 or later, or no user to run it.
    pub(crate) fn find() -> Result<Self, Fault> {
        let bin = newest_of_debian().or_else(|| on_path("postgres")?.parent().map(Path::to_owned));
        let bin = bin
            .filter(|bin| bin.join("initdb").exists() && bin.join("createdb").exists())
            .ok_or_else(|| Fault::missing("PostgreSQL 15 or later", BETTER))?;
        Ok(Self { bin, user: user()? })
    }

    /// The folder with PostgreSQL's programs.
    pub(crate) fn bin(&self) -> &Path {
        &self.bin
    }

    /// A program of PostgreSQL.
    pub(crate) fn postgresql(&self, name: &str) -> Command {
        self.command(&self.bin.join(name))
    }

    /// A program that has nothing of the test's environment, as the servers' user.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", PATH).env("LC_ALL", "C.UTF-8").stdin(Stdio::null()).process_group(0);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Gives a file or folder to the servers' user.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Fault> {
        let Some((uid, gid)) = self.user else { return Ok(()) };
        std::os::unix::fs::chown(path, Some(uid), Some(gid)).map_err(Fault::io("giving away", path))
    }
}

/// A program that is found on the usual path.
///
/// # Errors
///
/// [`Fault::Missing`].
pub(crate) fn program(name: &str) -> Result<PathBuf, Fault> {
    on_path(name).ok_or_else(|| Fault::missing(name, BETTER))
}

/// Runs it to its end, which must be a good one.
///
/// # Errors
///
/// [`Fault::Io`] when it does not start, [`Fault::Failed`] with what it said when it ends badly.
pub(crate) fn run(command: &mut Command) -> Result<(), Fault> {
    let name = PathBuf::from(command.get_program());
    let Output { status, stdout, stderr } = command.output().map_err(Fault::io("running", &name))?;
    if status.success() {
        return Ok(());
    }
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    Err(Fault::Failed { what: format!("{} ended with {status}", name.display()), said })
}

fn on_path(name: &str) -> Option<PathBuf> {
    PATH.split(':').map(|folder| Path::new(folder).join(name)).find(|path| path.exists())
}

fn newest_of_debian() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).ok()?.flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let bin = entry.path().join("bin");
        (version >= OLDEST && bin.join("postgres").exists()).then_some((version, bin))
    });
    versions.max().map(|(_, bin)| bin)
}

fn user() -> Result<Option<(u32, u32)>, Fault> {
    let me = Path::new("/proc/self");
    if fs::metadata(me).map_err(Fault::io("reading", me))?.uid() != 0 {
        return Ok(None);
    }
    let users = Path::new("/etc/passwd");
    let text = fs::read_to_string(users).map_err(Fault::io("reading", users))?;
    let of_line = |line: &str| {
        let mut fields = line.split(':');
        (fields.next() == Some(USER)).then_some(())?;
        Some((fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let found = text.lines().find_map(of_line);
    found.map(Some).ok_or_else(|| Fault::missing("the user `postgres`, who runs servers for root,", BETTER))
}
