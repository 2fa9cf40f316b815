//! A production server from a configuration file, and asks of an operator to its book.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{PROGRAM, free_port, text};

const START_LIMIT: Duration = Duration::from_secs(30);

/// A data folder, its configuration, and the server on it while it runs.
pub(crate) struct Node {
    pub(crate) data: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) port: u16,
    /// What the server is started with beside the environment of the test.
    pub(crate) environment: Vec<(OsString, OsString)>,
    child: Option<Child>,
    http: reqwest::Client,
}

impl Node {
    /// Writes a configuration in `folder`; `store` is the URL of PostgreSQL, or nothing.
    pub(crate) fn new(folder: &Path, name: &str, store: Option<&str>) -> Self {
        std::fs::create_dir_all(folder).expect("a folder");
        let (data, config) = (folder.join(name), folder.join(format!("{name}.toml")));
        let port = free_port();
        let store = store.map_or_else(String::new, |url| format!("[store]\nurl = \"{url}\"\n"));
        let outside = "http://127.0.0.1:9";
        let written = format!(
            "data = \"{}\"\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://localhost:{port}\"\n\
             client_id = \"drill\"\nverifier = \"{outside}/verifier\"\ncarrier = \"{outside}/carrier\"\n\
             {store}[banks]\n",
            data.display()
        );
        std::fs::write(&config, written).expect("a configuration");
        Self { data, config, port, environment: Vec::new(), child: None, http: reqwest::Client::new() }
    }

    pub(crate) fn start(&mut self) {
        let child = Command::new(PROGRAM)
            .args(["serve", "--config"])
            .arg(&self.config)
            .envs(self.environment.iter().cloned())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let child = self.child.insert(child);
        let end = Instant::now() + START_LIMIT;
        while !answers(self.port) {
            assert!(Instant::now() < end, "the server does not answer");
            if let Ok(Some(status)) = child.try_wait() {
                panic!("the server ended at its start with {status}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().map(Child::id).expect("it runs")
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
    }

    /// Puts the secrets of another node's folder into this one, which is not there yet.
    pub(crate) fn take_secrets_of(&self, other: &Self) {
        std::fs::create_dir_all(&self.data).expect("a folder");
        for name in
            ["store.key", "ledger.token", "operator.token", "carrier.token", "signing.key", "dpop.key"]
        {
            std::fs::copy(other.data.join(name), self.data.join(name)).expect("a secret");
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run_in_time(Command::new(PROGRAM).args(arguments).arg("--config").arg(&self.config))
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<Value, reqwest::Error> {
        let token = std::fs::read_to_string(self.data.join("ledger.token")).expect("a token");
        let request = request.bearer_auth(token.trim());
        loop {
            let answer = request.try_clone().expect("a body that is there").send().await?;
            let status = answer.status();
            if status.as_u16() == 429 {
                // The server says how long to wait.
                let seconds =
                    answer.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                continue;
            }
            let body: Value = answer.json().await?;
            assert!(status.is_success(), "{status} {body}");
            return Ok(body);
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        self.ask(self.http.get(url)).await.expect("an answer")
    }

    /// Nothing when the server is gone.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Option<Value> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        self.ask(self.http.post(url).json(body)).await.ok()
    }

    pub(crate) async fn open(&self, account: Uuid, floor: Option<i64>) {
        let body = json!({ "id": account, "floor": floor });
        self.post("/v1/ledger/accounts", &body).await.expect("an account");
    }

    /// The balances of these accounts, as the server says.
    pub(crate) async fn balances(&self, accounts: &[Uuid]) -> BTreeMap<Uuid, i64> {
        let mut balances = BTreeMap::new();
        for account in accounts {
            let shown = self.get(&format!("/v1/ledger/accounts/{account}")).await;
            balances.insert(*account, shown["account"]["balance"].as_i64().expect("a balance"));
        }
        balances
    }

    /// The ids of all transfers of an account, from its history.
    pub(crate) async fn history(&self, account: Uuid) -> Vec<String> {
        let first = format!("/v1/ledger/accounts/{account}/transfers?limit=1000");
        let (mut path, mut ids) = (first.clone(), Vec::new());
        loop {
            let page = self.get(&path).await;
            let lines = page["transfers"].as_array().expect("a page");
            ids.extend(lines.iter().map(|line| line["transfer"]["id"].as_str().expect("an id").to_owned()));
            match page["next"].as_str() {
                Some(next) => path = format!("{first}&before={next}"),
                None => return ids,
            }
        }
    }
}

/// The port is taken before the database is opened, so only an answer says that the server is there.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(&head == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// Runs a command to its end; one that serves instead of refusing is ended.
pub(crate) fn run_in_time(command: &mut Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    let end = Instant::now() + START_LIMIT;
    while child.try_wait().expect("waited for").is_none() {
        if Instant::now() > end {
            child.kill().expect("killed");
            panic!("{command:?} does not end: {:?}", child.wait_with_output());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().expect("its output")
}

impl Drop for Node {
    /// A test that fails leaves nobody behind.
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _gone_already = child.kill();
            let _buried_already = child.wait();
        }
    }
}

/// What a command printed with `--json`; it must have succeeded.
pub(crate) fn printed(what: &str, output: &Output) -> Value {
    crate::stage::must_succeed(what, output);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{what}: {why}: {}", text(&output.stdout)))
}

/// The one line of a command that ended with this code.
pub(crate) fn refused(what: &str, output: &Output, code: i32) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{what}: {said}");
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("tsugime: ")).collect();
    assert_eq!(lines.len(), 1, "{what} says one clear line: {said}");
    lines[0].to_owned()
}
