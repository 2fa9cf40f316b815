//! The place where a cluster's nodes agree on who leads: one etcd.

use std::{fs::File, path::PathBuf, process::Child, time::Duration};

use crate::{fault::Fault, folder::Folder, ports, programs, programs::Programs, rest, wait};

const START_LIMIT: Duration = Duration::from_secs(30);

/// A running etcd. It lives as long as its cluster, which also ends it.
#[derive(Debug)]
pub(crate) struct Etcd {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Etcd {
    /// Starts one in its cluster's folder and waits until it is healthy.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] when it is not installed; else the end of its log.
    pub(crate) fn start(of: &Folder, programs: &Programs) -> Result<Self, Fault> {
        let (port, peers) = (ports::free()?, ports::free()?);
        let (client, peer) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{peers}"));
        let (folder, log) = (of.path().join("etcd"), of.path().join("etcd.log"));
        let file = File::create(&log).map_err(Fault::io("writing", &log))?;
        let again = file.try_clone().map_err(Fault::io("writing", &log))?;
        let program = programs::program("etcd")?;
        let child = programs
            .command(&program)
            .arg("--data-dir")
            .arg(&folder)
            .args(["--name", "testbed", "--initial-cluster", &format!("testbed={peer}")])
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .stdout(file)
            .stderr(again)
            .spawn()
            .map_err(Fault::io("running", &program))?;
        of.list(child.id())?;
        let mut etcd = Self { child, port, folder };
        wait::until(
            "a healthy etcd",
            START_LIMIT,
            || wait::tail(&log),
            || {
                if let Ok(Some(status)) = etcd.child.try_wait() {
                    let what = format!("etcd ended with {status}");
                    return Err(Fault::Failed { what, said: wait::tail(&log) });
                }
                Ok(rest::get(port, "/health").filter(|(status, _)| *status == 200).map(|_healthy| ()))
            },
        )?;
        Ok(etcd)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The path in its arguments, and its process.
    pub(crate) fn parts(&mut self) -> (PathBuf, &mut Child) {
        (self.folder.clone(), &mut self.child)
    }
}
