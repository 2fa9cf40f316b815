//! Wallet nodes behind a door, and the sandbox beside them: each a process of its own that can be killed alone.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

use crate::{
    door::Door,
    node::Node,
    stage::{PROGRAM, folder, free_port, must_succeed},
};

const START_LIMIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The sandbox's name for the wallet, and a token that only this test knows.
const CLIENT: &str = "tsugime-demo";
const CARRIER_TOKEN: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

/// What is outside of the wallet.
pub(crate) struct Outside {
    pub(crate) port: u16,
    data: PathBuf,
    wallet: String,
    child: Option<Child>,
}

impl Outside {
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Starts it, for the first time or again.
    pub(crate) fn start(&mut self) {
        let child = Command::new(PROGRAM)
            .args(["sandbox", "--until-stdin-closes", "--client-id", CLIENT, "--wallet", &self.wallet])
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--data"])
            .arg(&self.data)
            .env("TSUGIME_CARRIER_TOKEN", CARRIER_TOKEN)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let child = self.child.insert(child);
        let end = Instant::now() + START_LIMIT;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < end, "the sandbox does not answer");
            assert!(matches!(child.try_wait(), Ok(None)), "the sandbox ended at its start");
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
    }

    /// `STOP`: connections are taken and nobody answers. `CONT`: it goes on where it was.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.as_ref().map(Child::id).expect("it runs").to_string();
        must_succeed(name, &Command::new("kill").args([&format!("-{name}"), &pid]).output().expect("runs"));
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _gone_already = child.kill();
            let _buried_already = child.wait();
        }
    }
}

/// All of it, running.
pub(crate) struct World {
    pub(crate) nodes: Vec<Node>,
    pub(crate) outside: Outside,
    pub(crate) door: Door,
    folder: PathBuf,
}

impl World {
    /// So many nodes on one database; without its URL, one node on SQLite.
    pub(crate) fn start(runtime: &Runtime, name: &str, store: Option<&str>, nodes: usize) -> Self {
        let folder = folder(name);
        Self::start_in(runtime, &folder, &folder, store, nodes)
    }

    /// The same, with the nodes' data in a place of their own.
    pub(crate) fn start_in(
        runtime: &Runtime,
        folder: &Path,
        of_nodes: &Path,
        store: Option<&str>,
        nodes: usize,
    ) -> Self {
        let mut world = Self::prepare(runtime, folder, of_nodes, store, nodes);
        world.run();
        world
    }

    /// Starts everything.
    pub(crate) fn run(&mut self) {
        self.outside.start();
        self.nodes[0].start();
        for place in 1..self.nodes.len() {
            let (first, others) = self.nodes.split_at_mut(1);
            others[place - 1].take_secrets_of(&first[0]);
            others[place - 1].start();
        }
    }

    /// Nothing runs yet but the door.
    pub(crate) fn prepare(
        runtime: &Runtime,
        folder: &Path,
        of_nodes: &Path,
        store: Option<&str>,
        nodes: usize,
    ) -> Self {
        let nodes: Vec<Node> =
            (0..nodes).map(|place| Node::new(of_nodes, &format!("node{place}"), store)).collect();
        let door = Door::open(runtime, nodes.iter().map(|node| node.port).collect());
        let wallet = format!("http://localhost:{}", door.port);
        let data = folder.join("sandbox");
        let outside = Outside { port: free_port(), data, wallet: wallet.clone(), child: None };
        for node in &nodes {
            std::fs::write(&node.config, configuration(node, &wallet, &outside.url(), store))
                .expect("written");
        }
        std::fs::create_dir_all(&nodes[0].data).expect("a folder");
        std::fs::write(nodes[0].data.join("carrier.token"), CARRIER_TOKEN).expect("a token");
        Self { nodes, outside, door, folder: folder.to_owned() }
    }

    /// The whole book, while servers run or not.
    pub(crate) fn prove(&self, when: &str) {
        must_succeed(when, &self.nodes[0].run(&["ledger", "prove", "--json"]));
    }

    /// Ends everything and removes the folder; a test that fails keeps it.
    pub(crate) fn end(mut self) {
        self.nodes.iter_mut().for_each(Node::kill);
        self.prove("the proof after the last kill");
        self.outside.kill();
        std::fs::remove_dir_all(&self.folder).expect("removed");
    }
}

/// As an operator would write it, with spans of seconds instead of days.
fn configuration(node: &Node, wallet: &str, outside: &str, store: Option<&str>) -> String {
    let store = store.map_or_else(String::new, |url| format!("[store]\nurl = \"{url}\"\n"));
    let banks = engine::directory::Directory::embedded();
    let banks: Vec<String> =
        banks.banks.keys().map(|code| format!("\"{code}\" = \"{outside}/banks/{code}\"\n")).collect();
    format!(
        "data = \"{}\"\nlisten = \"127.0.0.1:{}\"\npublic_url = \"{wallet}\"\nclient_id = \"{CLIENT}\"\n\
         verifier = \"{outside}/verifier\"\ncarrier = \"{outside}/carrier\"\nbank_limit_ms = 2000\n\
         [policy]\nvalue_matures_ms = 1000\npayout_delay_ms = 1000\nerrand_taken_ms = 3000\n\
         {store}[banks]\n{}",
        node.data.display(),
        node.port,
        banks.concat()
    )
}
