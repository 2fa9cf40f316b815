//! Standard output that is closed early, or is full, as commands meet it.

use std::{
    fs::OpenOptions,
    process::{Command, Stdio},
};

/// A command with its arguments, and how it ends when all is printed.
const COMMANDS: [(&[&str], i32); 4] = [
    (&["assess", "../../linkage/koza-2020.toml", "--json"], 2),
    (&["assess", "../../linkage/today.toml"], 0),
    (&["attack", "--list"], 0),
    (&["bench", "scale", "--banks", "2", "--depositors", "1000", "--wallets", "16", "--days", "10"], 0),
];

fn tsugime(arguments: &[&str], out: Stdio) -> (Option<i32>, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_tsugime"))
        .args(arguments)
        .stdout(out)
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let done = child.wait_with_output().expect("ended");
    (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    for (arguments, code) in COMMANDS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let (ended, said) = tsugime(arguments, writer.into());
        assert_eq!(ended, Some(code), "{arguments:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("pipe"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_full_disk_is_a_fault_in_one_line() {
    for (arguments, _) in COMMANDS {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
        let (ended, said) = tsugime(arguments, full.into());
        assert_eq!(ended, Some(3), "{arguments:?}: {said}");
        assert!(said.starts_with("tsugime: standard output: "), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
    }
}
