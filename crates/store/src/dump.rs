//! PostgreSQL's own programs for backups: `pg_dump` and `pg_restore`, as child processes.

use crate::{
    Fault, Store,
    backup::{Listener, Progress, said},
    pen::Pen,
    postgres_url::PostgresUrl,
    prove::{self, ProofReport},
    sql::{Value, column},
};
use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Of what a program says when it fails, so much is kept.
const SAID_BYTES_MAX: usize = 2_000;

/// Dumps a database as it is at one commit, gives that commit, and proves the book in the same snapshot.
pub(crate) fn dump(
    store: &Store,
    url: &PostgresUrl,
    to: &Path,
    proved: bool,
    listener: Listener<'_>,
) -> Result<(Pen, Option<ProofReport>), Fault> {
    store.read(|shelf| {
        // The snapshot lives as long as this transaction, and the server must not end it for idling.
        shelf.sql.change("SET LOCAL idle_in_transaction_session_timeout = 0", &[])?;
        let rows = shelf.sql.query("SELECT pg_export_snapshot()", &[])?;
        let row = rows.first().ok_or(Fault::Row { table: "snapshot", why: "none came".to_owned() })?;
        let snapshot = column("snapshot", row, 0, |value| Value::as_text(value).map(str::to_owned))?;
        let pen = Pen::look(shelf.sql)?;
        let mut command = program("pg_dump", url);
        command.args(["--format=custom", "--no-owner", "--no-privileges", "--no-password"]);
        command.arg(format!("--snapshot={snapshot}")).arg("--file").arg(to);
        run(command, "pg_dump", url, &mut || {
            let bytes = std::fs::metadata(to).map_or(0, |file| file.len());
            listener(Progress::Copied { bytes, of: None });
        })?;
        let proof = if proved {
            Some(prove::prove_here(shelf, |rows| listener(Progress::Proved(rows)))?)
        } else {
            None
        };
        Ok((pen, proof))
    })
}

/// Restores a dump into an empty database, all of it or nothing.
pub(crate) fn restore(url: &PostgresUrl, from: &Path, listener: Listener<'_>) -> Result<(), Fault> {
    let mut command = program("pg_restore", url);
    command.args([
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        "--no-password",
    ]);
    command.arg(format!("--dbname={}", url.database())).arg(from);
    let of = std::fs::metadata(from).map_or(0, |file| file.len());
    run(command, "pg_restore", url, &mut || listener(Progress::Copied { bytes: 0, of: Some(of) }))
}

fn program(name: &str, url: &PostgresUrl) -> Command {
    let mut command = Command::new(name);
    // By the environment, so that no password stands in the list of processes.
    command.envs(url.environment()).env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn run(mut command: Command, name: &str, url: &PostgresUrl, tick: &mut dyn FnMut()) -> Result<(), Fault> {
    let fault = |why: String| Fault::Folder { path: url.shown(), why };
    let mut child = command.spawn().map_err(|why| {
        fault(format!(
            "{name} cannot be run ({why}); install PostgreSQL's client programs of the server's version or newer"
        ))
    })?;
    let mut stderr = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        // What cannot be read is not there to be told.
        let _end = stderr.as_mut().map(|stderr| stderr.read_to_end(&mut said));
        said
    });
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => std::thread::sleep(LOOK_EVERY),
            Err(why) => return Err(fault(format!("{name} cannot be waited for ({why})"))),
        }
        tick();
    };
    let text = reader.join().unwrap_or_default();
    if status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&text[..text.len().min(SAID_BYTES_MAX)]);
    let line = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    Err(fault(format!("{name} ended with {status}: {line}")))
}

/// Whether a file is a dump of `pg_dump -Fc`, by its first bytes.
pub(crate) fn is_dump(path: &Path) -> Result<bool, Fault> {
    let mut first = [0; 5];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut first));
    let read = read.map_err(|why| said(path, format!("cannot be read ({why})")))?;
    Ok(&first[..read] == b"PGDMP")
}
