//! The real program in its own processes, on free ports and in a new folder.

use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_tsugime");
const START_LIMIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Wallet and sandbox, as `tsugime demo` starts them.
pub(crate) struct Demo {
    pub(crate) child: Child,
    pub(crate) wallet: u16,
    pub(crate) sandbox: u16,
    pub(crate) data: PathBuf,
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tsugime-{name}-{}", std::process::id()));
    let _none = std::fs::remove_dir_all(&folder);
    folder
}

impl Demo {
    pub(crate) fn start(data: &Path, wallet: u16, sandbox: u16) -> Self {
        let mut demo = Self::begin(data, wallet, sandbox);
        demo.await_answers();
        demo
    }

    /// Starts it and does not wait.
    pub(crate) fn begin(data: &Path, wallet: u16, sandbox: u16) -> Self {
        let child = Command::new(PROGRAM)
            .args(["demo", "--no-people", "--data"])
            .arg(data)
            .args(["--listen", &format!("127.0.0.1:{wallet}")])
            .args(["--sandbox-listen", &format!("127.0.0.1:{sandbox}")])
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        Self { child, wallet, sandbox, data: data.to_owned() }
    }

    fn await_answers(&mut self) {
        let end = Instant::now() + START_LIMIT;
        while TcpStream::connect(("127.0.0.1", self.wallet)).is_err()
            || TcpStream::connect(("127.0.0.1", self.sandbox)).is_err()
        {
            assert!(Instant::now() < end, "the demo does not answer");
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the demo ended at its start with {status}");
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// kill -9, and the sandbox goes with it: its standard input closes.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
        let end = Instant::now() + START_LIMIT;
        while TcpListener::bind(("127.0.0.1", self.sandbox)).is_err() {
            assert!(Instant::now() < end, "the sandbox outlived the demo");
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

impl Drop for Demo {
    /// A test that fails leaves nobody behind.
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _buried_already = self.child.wait();
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn prove(data: &Path) -> Output {
    Command::new(PROGRAM).args(["ledger", "prove", "--json", "--data"]).arg(data).output().expect("runs")
}

pub(crate) fn must_succeed(what: &str, output: &Output) {
    assert!(
        output.status.success(),
        "{what}: {}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
}
