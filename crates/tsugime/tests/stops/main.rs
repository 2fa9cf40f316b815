//! Stops by the program's own commands, against real servers (promise: P7).

mod commands;
#[path = "../faults/door.rs"]
mod door;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../node/mod.rs"]
mod node;
mod nodes;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../stage/mod.rs"]
mod stage;
#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "../faults/world.rs"]
mod world;

use std::process::{Command, Output};

use node::{Node, printed, run_in_time};
use stage::PROGRAM;

/// Where commands go: a node, and the folder of its token.
struct Desk {
    url: String,
    data: String,
}

impl Desk {
    fn of(node: &Node) -> Self {
        let data = node.data.to_str().expect("a path").to_owned();
        Self { url: format!("http://localhost:{}", node.port), data }
    }

    /// Runs a command; without a token of one's own, the folder's.
    fn run(&self, token: Option<&str>, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).args(["--url", &self.url, "--data", &self.data]);
        command.env_remove("TSUGIME_OPERATOR_TOKEN");
        if let Some(token) = token {
            command.env("TSUGIME_OPERATOR_TOKEN", token);
        }
        run_in_time(&mut command)
    }

    /// The one JSON object of a command that succeeded.
    fn json(&self, token: Option<&str>, arguments: &[&str]) -> serde_json::Value {
        let what = arguments.join(" ");
        let answer = printed(&what, &self.run(token, &[arguments, &["--json"]].concat()));
        assert!(answer.is_object(), "{what}: {answer}");
        answer
    }

    /// Adds a person; gives the token.
    fn joins(&self, name: &str) -> String {
        let added = self.json(None, &["operator", "add", name]);
        assert_eq!(added["name"], name);
        added["token"].as_str().expect("a token").to_owned()
    }
}
