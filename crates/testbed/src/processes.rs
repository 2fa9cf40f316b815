//! Processes by what they were started with, their children, and the end of both.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::ffi::OsStrExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{fault::Fault, wait};

/// How long killed processes may take until the kernel has cleared them away.
const CLEARED: Duration = Duration::from_secs(20);

/// Those that have this very path as one of their arguments. Paths here are of fresh folders, so they are ours.
pub(crate) fn started_with(path: &Path) -> BTreeSet<u32> {
    let path = path.as_os_str().as_bytes();
    let with_path = |pid: &u32| {
        fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|arguments| arguments.split(|byte| *byte == 0).any(|argument| argument == path))
    };
    all().into_iter().filter(with_path).collect()
}

/// These and everything that they started, as far as it has not been orphaned.
pub(crate) fn with_children(roots: &BTreeSet<u32>) -> BTreeSet<u32> {
    let parents: Vec<(u32, u32)> =
        all().into_iter().filter_map(|pid| Some((pid, state_and_parent(pid)?.1))).collect();
    let mut family = roots.clone();
    loop {
        let before = family.len();
        family.extend(
            parents
                .iter()
                .filter(|(_, parent)| family.contains(parent))
                .map(|(pid, _)| *pid)
                .collect::<Vec<_>>(),
        );
        if family.len() == before {
            return family;
        }
    }
}

/// SIGKILL to all that were started with one of the paths and to their children, and waits until they are gone.
/// The first are stopped before the others are counted, so that none is born in between.
///
/// # Errors
///
/// [`Fault::Late`] when the kernel does not clear them away, [`Fault::Io`] when no signal could be sent.
pub(crate) fn kill_all(paths: &[&Path], own: &mut [&mut Child]) -> Result<(), Fault> {
    let roots: BTreeSet<u32> = paths.iter().flat_map(|path| started_with(path)).collect();
    signal("STOP", &roots)?;
    let family = with_children(&roots);
    signal("KILL", &family)?;
    let left = || format!("{:?}", family.iter().filter(|pid| lives(**pid)).collect::<Vec<_>>());
    wait::until("the end of killed processes", CLEARED, left, || {
        let mut buried = true;
        for child in own.iter_mut() {
            buried &= !matches!(child.try_wait(), Ok(None));
        }
        Ok((buried && !family.iter().any(|pid| lives(*pid))).then_some(()))
    })
}

/// Sends a signal to each of them; one that is gone already is no fault.
pub(crate) fn signal(name: &str, pids: &BTreeSet<u32>) -> Result<(), Fault> {
    if pids.is_empty() {
        return Ok(());
    }
    let sent = Command::new("kill")
        .arg(format!("-{name}"))
        .args(pids.iter().map(u32::to_string))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
    sent.map(|_some_gone| ()).map_err(Fault::io("running", Path::new("kill")))
}

/// A zombie does not live: nobody may be there to bury it.
pub(crate) fn lives(pid: u32) -> bool {
    state_and_parent(pid).is_some_and(|(state, _)| state != 'Z' && state != 'X')
}

fn state_and_parent(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything, brackets and spaces too.
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn all() -> Vec<u32> {
    let me = std::process::id();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(|pid| *pid != me).collect()
}
