//! The program as a whole: a customer's life, kill -9 in the middle, the life of others, and the proof of the book.
//!
//! Goal: what was acknowledged before the kill is there after it (promise: P2), payments under way end once
//! (promise: P8), and the book is right (promise: P1). Method: the real program in its own processes, real ports,
//! a real database in a new folder.

mod stage;

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use stage::{Demo, PROGRAM, folder, free_port, must_succeed, prove, text};

impl Demo {
    fn smoke(&self) -> Command {
        let mut smoke = Command::new(PROGRAM);
        smoke
            .args(["smoke", "--json", "--url", &format!("http://localhost:{}", self.wallet)])
            .args(["--sandbox", &format!("http://localhost:{}", self.sandbox), "--data"])
            .arg(&self.data);
        smoke
    }

    /// Ctrl-C: it must stop cleanly.
    fn interrupt(mut self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
        assert!(sent.success());
        let status = self.child.wait().expect("ended");
        assert!(status.success(), "Ctrl-C ends with {status}");
    }
}

// promise: P1, P2, P3, P8
#[test]
fn a_life_a_kill_another_life_and_the_book_is_right() {
    let data = folder("life");
    let (wallet, sandbox) = (free_port(), free_port());
    let demo = Demo::start(&data, wallet, sandbox);
    must_succeed("the first life", &demo.smoke().output().expect("smoke runs"));

    // A second life is cut off in the middle of its payments.
    let mut cut_off = demo.smoke().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("smoke runs");
    std::thread::sleep(Duration::from_secs(12));
    demo.kill();
    cut_off.kill().expect("killed");
    cut_off.wait().expect("gone");
    must_succeed("the proof after kill -9", &prove(&data));

    let demo = Demo::start(&data, wallet, sandbox);
    // The third life compares every bank's books as well, those that the kill left in the middle too.
    must_succeed("the life after kill -9", &demo.smoke().output().expect("smoke runs"));
    must_succeed("the proof beside a running server", &prove(&data));
    demo.interrupt();
    must_succeed("the proof after Ctrl-C", &prove(&data));
    std::fs::remove_dir_all(&data).expect("removed");
}

/// A start that must fail: its exit code, and one line that says what, where and what to do.
fn check_refused(arguments: &[&str], data: &Path, code: i32, words: &[&str]) {
    let output = Command::new(PROGRAM).args(arguments).arg("--data").arg(data).output().expect("runs");
    let line = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {line}");
    let last = line.trim_end().lines().last().unwrap_or_default();
    for word in words {
        assert!(last.contains(word), "{arguments:?}: {word} is not in: {last}");
    }
}

#[test]
fn a_start_that_cannot_be_says_so_in_one_line() {
    // A taken port.
    let data = folder("port");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    check_refused(&["demo", "--listen", &address], &data, 3, &[&address, "--listen"]);
    std::fs::remove_dir_all(&data).expect("removed");

    // A half-written folder: a database without its mark.
    let data = folder("half");
    std::fs::create_dir_all(&data).expect("made");
    std::fs::write(data.join("wallet.sqlite"), "").expect("written");
    check_refused(&["demo"], &data, 3, &["half-written"]);
    check_refused(&["ledger", "prove"], &data, 2, &["folder.toml", "--data"]);
    std::fs::remove_dir_all(&data).expect("removed");

    // A folder that is a file.
    let data = folder("file");
    std::fs::write(&data, "").expect("written");
    check_refused(&["demo"], &data, 3, &["cannot be made"]);
    std::fs::remove_file(&data).expect("removed");
}
