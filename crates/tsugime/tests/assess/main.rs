//! `tsugime assess` as people and scripts meet it: texts, reports, exit codes, and a server that does not start.

#[path = "../node/mod.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod node;
#[path = "../stage/mod.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod stage;

mod agreed;
mod exception;
mod input;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The root of the tree: examples are named from there.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const KOZA_2020: &str = "linkage/koza-2020.toml";
const TODAY: &str = "linkage/today.toml";

fn assess(arguments: &[&str]) -> Output {
    let mut command = Command::new(stage::PROGRAM);
    node::run_in_time(command.arg("assess").args(arguments).current_dir(ROOT))
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("a text")
}

fn root(name: &str) -> PathBuf {
    Path::new(ROOT).join(name)
}
