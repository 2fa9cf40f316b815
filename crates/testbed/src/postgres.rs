//! One PostgreSQL server: durable, on a port of its own, stopped and killed at will.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Child,
    time::Duration,
};

use crate::{
    fault::Fault,
    folder::Folder,
    ports, processes,
    programs::{Programs, run},
    template, wait,
};

/// Recovery after a crash under load takes a few seconds here.
const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// Other processes look for free ports too.
const TRIES: usize = 3;
/// Linux does not take longer names of sockets, and the socket's own name needs room.
const LONGEST_SOCKET_FOLDER: usize = 85;

/// A running server, or one that was stopped or killed and can be started again on the same port and folder.
#[derive(Debug)]
pub struct Postgres {
    programs: Programs,
    port: u16,
    settings: Vec<(String, String)>,
    child: Option<Child>,
    // Its data, where the caller wants them.
    place: Folder,
    // Its log and sockets, where there is room even when the place is full.
    folder: Folder,
}

impl Postgres {
    /// A new server with fsync, checksums and the user `postgres`, whom it trusts on this machine's loopback.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] when PostgreSQL is not installed; else what the server said.
    pub fn start() -> Result<Self, Fault> {
        Self::start_in(&std::env::temp_dir(), &[])
    }

    /// The same with its data in a folder of your choice, for example on a [`crate::FullDisk`], and with settings as
    /// in `postgresql.conf`.
    ///
    /// # Errors
    ///
    /// Those of [`Postgres::start`].
    pub fn start_in(parent: &Path, settings: &[(&str, &str)]) -> Result<Self, Fault> {
        let programs = Programs::find()?;
        let (place, folder) = (Folder::new(parent, "postgres")?, Folder::temporary("log")?);
        programs.give(place.path())?;
        programs.give(folder.path())?;
        template::copy_to(&place.path().join("data"), &programs)?;
        let settings =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut server = Self { programs, port: 0, settings, child: None, place, folder };
        for left in (0..TRIES).rev() {
            server.port = ports::free()?;
            match server.start_again() {
                Err(Fault::Failed { said, .. }) if left > 0 && said.contains("Address already in use") => {}
                other => return other.map(|()| server),
            }
        }
        unreachable!("the last try returns")
    }

    /// Where a client connects: the database `postgres` of the user `postgres`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database and returns its address. Names are of small letters, digits and `_`.
    ///
    /// # Errors
    ///
    /// [`Fault::Failed`] when the server runs not, or has the name already.
    pub fn database(&self, name: &str) -> Result<String, Fault> {
        create_database(&self.programs, self.port, name)?;
        Ok(self.url_of(name))
    }

    /// Stops it in good order; open transactions are rolled back.
    ///
    /// # Errors
    ///
    /// [`Fault::Late`] when it does not stop.
    pub fn stop_fast(&mut self) -> Result<(), Fault> {
        self.end_with("INT")
    }

    /// Stops it in good order and starts it again.
    ///
    /// # Errors
    ///
    /// Those of both.
    pub fn restart(&mut self) -> Result<(), Fault> {
        self.stop_fast()?;
        self.start_again()
    }

    /// SIGKILL to the server and all its processes at once, as a crash would end them. It returns when they are gone.
    ///
    /// # Errors
    ///
    /// [`Fault::Late`] when they do not go.
    pub fn kill(&mut self) -> Result<(), Fault> {
        let folder = self.data();
        let Some(child) = &mut self.child else { return Ok(()) };
        processes::kill_all(&[&folder], &mut [child])?;
        self.child = None;
        Ok(())
    }

    /// Starts it after a stop or a kill; after a kill it recovers first. Where it runs, this waits
    /// until it takes connections.
    ///
    /// # Errors
    ///
    /// [`Fault::Failed`] with the end of its log when it ends again, [`Fault::Late`] when it does not get ready.
    pub fn start_again(&mut self) -> Result<(), Fault> {
        if let Some(child) = &mut self.child
            && matches!(child.try_wait(), Ok(None))
        {
            // It may be recovering from a crash of its own.
            let pid = child.id();
            return self.wait_until_ready(pid);
        }
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log());
        let log = log.map_err(Fault::io("writing", &self.log()))?;
        let again = log.try_clone().map_err(Fault::io("writing", &self.log()))?;
        let mut command = self.programs.postgresql("postgres");
        command.arg("-D").arg(self.data()).stdout(log).stderr(again);
        for (name, value) in self.all_settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        let child = command.spawn().map_err(Fault::io("running", self.programs.bin()))?;
        let pid = child.id();
        self.child = Some(child);
        self.place.list(pid)?;
        self.wait_until_ready(pid)
    }

    /// The end of what the server has said.
    #[must_use]
    pub fn log_tail(&self) -> String {
        wait::tail(&self.log())
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn all_settings(&self) -> Vec<(String, String)> {
        let sockets = self.folder.path().display().to_string();
        let sockets = if sockets.len() > LONGEST_SOCKET_FOLDER { String::new() } else { sockets };
        let ours = [
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("port", self.port.to_string()),
            ("unix_socket_directories", sockets),
            ("fsync", "on".to_owned()),
            // In the folder, so that nothing is left elsewhere after a kill.
            ("dynamic_shared_memory_type", "mmap".to_owned()),
            ("logging_collector", "off".to_owned()),
        ];
        let ours = ours.into_iter().map(|(name, value)| (name.to_owned(), value));
        ours.chain(self.settings.clone()).collect()
    }

    /// The server writes its state into the eighth line of its `postmaster.pid`; whether it is back from a crash of
    /// one of its processes shows only by asking.
    fn wait_until_ready(&mut self, pid: u32) -> Result<(), Fault> {
        let (file, log) = (self.data().join("postmaster.pid"), self.log());
        let Some(child) = &mut self.child else { return Ok(()) };
        wait::until(
            "a PostgreSQL server",
            START_LIMIT,
            || wait::tail(&log),
            || {
                if let Some(status) = child.try_wait().map_err(Fault::io("waiting for", &log))? {
                    let what = format!("the PostgreSQL server ended with {status}");
                    return Err(Fault::Failed { what, said: wait::tail(&log) });
                }
                let text = fs::read_to_string(&file).unwrap_or_default();
                let lines: Vec<&str> = text.lines().map(str::trim).collect();
                let ready =
                    lines.first() == Some(&pid.to_string().as_str()) && lines.get(7) == Some(&"ready");
                Ok(ready.then_some(()))
            },
        )
    }

    fn end_with(&mut self, signal: &str) -> Result<(), Fault> {
        let log = self.log();
        let Some(child) = &mut self.child else { return Ok(()) };
        processes::signal(signal, &[child.id()].into())?;
        wait::until(
            "the end of a PostgreSQL server",
            STOP_LIMIT,
            || wait::tail(&log),
            || child.try_wait().map_err(Fault::io("waiting for", &log)),
        )?;
        self.child = None;
        Ok(())
    }
}

impl Drop for Postgres {
    /// At once, but so that the server gives its shared memory back; whatever is left then is killed.
    fn drop(&mut self) {
        let ended = self.end_with("QUIT").or_else(|_hangs| self.kill());
        if let Err(fault) = ended {
            eprintln!("{fault}");
        }
    }
}

/// Makes an empty database on a server of this machine.
pub(crate) fn create_database(programs: &Programs, port: u16, name: &str) -> Result<(), Fault> {
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if name.is_empty() || !plain {
        let what = format!("a database cannot be named {name:?}: small letters, digits and _ are allowed");
        return Err(Fault::Failed { what, said: String::new() });
    }
    let mut command = programs.postgresql("createdb");
    command.args(["--host=127.0.0.1", "--username=postgres", "--no-password"]);
    run(command.arg(format!("--port={port}")).arg(name))
}
