//! What an operator can get wrong: one clear line, the right exit code, and nothing was touched.

#[allow(dead_code, reason = "each test binary uses its own part")]
mod node;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod stage;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use node::{Node, printed, refused, run_in_time};
use serde_json::json;
use stage::{PROGRAM, folder, must_succeed};

fn run(arguments: &[&str], data: &Path) -> Output {
    run_in_time(Command::new(PROGRAM).args(arguments).arg("--data").arg(data))
}

/// A data folder whose server ran once; the node's own configuration is beside it.
fn ran_once(folder: &Path) -> Node {
    let mut node = Node::new(folder, "wallet", None);
    node.start();
    node.kill();
    // The write-ahead log is taken in, so that the file alone is the database.
    must_succeed("migrate", &node.run(&["migrate"]));
    node
}

/// The version of our schema stands in the head of a SQLite file (offset 60, four bytes).
fn set_version(database: &Path, version: u32) {
    let mut bytes = fs::read(database).expect("a database");
    bytes[60..64].copy_from_slice(&version.to_be_bytes());
    fs::write(database, bytes).expect("written");
}

fn files_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), fs::read(&path).expect("a file")))
        .collect();
    files.sort();
    files
}

#[test]
fn a_database_that_is_not_ours_is_refused_and_stays_as_it_is() {
    let ground = folder("not-ours");
    let node = ran_once(&ground);
    let database = node.data.join("wallet.sqlite");
    let backup = ground.join("x.backup");
    let to = backup.to_str().expect("a path");
    let ours = fs::read(&database).expect("a database");
    let damaged = [&ours[..100], &vec![0x5a; ours.len() - 100]].concat();
    for (what, spoil, word) in [
        (
            "a newer schema",
            Box::new(|path: &Path| set_version(path, 999)) as Box<dyn Fn(&Path)>,
            "newer version",
        ),
        ("tables of something else", Box::new(|path: &Path| set_version(path, 0)), "something else"),
        (
            "a text",
            Box::new(|path: &Path| fs::write(path, "just a text".repeat(99)).expect("written")),
            "not a database",
        ),
        (
            "a damaged file",
            Box::new(move |path: &Path| fs::write(path, &damaged).expect("written")),
            "wallet.sqlite",
        ),
    ] {
        spoil(&database);
        let before = files_of(&node.data);
        for command in [&["ledger", "prove"][..], &["serve"], &["migrate"], &["backup", "--to", to]] {
            let line = refused(&format!("{what}: {command:?}"), &node.run(command), 3);
            assert!(line.contains(word), "{what}: {command:?}: {line}");
            assert!(files_of(&node.data) == before, "{what}: {command:?} changed a file");
        }
        fs::write(&database, &ours).expect("written");
    }
    must_succeed("the right one again", &node.run(&["ledger", "prove"]));
    fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn migrate_says_what_it_did_and_a_folder_in_use_is_left_alone() {
    let ground = folder("migrate");
    let mut node = ran_once(&ground);
    let done = printed("migrate", &node.run(&["migrate", "--json"]));
    assert_eq!((&done["ok"], &done["from"]), (&json!(true), &done["to"]));
    fs::remove_file(node.data.join("wallet.sqlite")).expect("removed");
    let done = printed("migrate from nothing", &node.run(&["migrate", "--json"]));
    assert_eq!((&done["from"], done["to"].as_i64() >= Some(1)), (&json!(0), true));
    node.start();
    let line = refused("beside a server", &node.run(&["migrate"]), 3);
    assert!(line.contains("in use by another tsugime"), "{line}");
    let backup = ground.join("b");
    let to = backup.to_str().expect("a path");
    printed("a backup beside a server", &node.run(&["backup", "--json", "--no-prove", "--to", to]));
    let key = node.data.join("store.key");
    let restore = ["restore", "--from", to, "--key", key.to_str().expect("a path")];
    let line = refused("into the folder in use", &node.run(&restore), 2);
    assert!(line.contains("not empty"), "{line}");
    let nowhere = ["backup", "--to", "/nowhere/at/all/b"];
    let line = refused("into a folder that is not there", &node.run(&nowhere), 3);
    assert!(line.contains("cannot be written"), "{line}");
    node.kill();
    let line = refused("no folder", &run(&["backup", "--to", to], &ground.join("no")), 2);
    assert!(line.contains("--data"), "{line}");
    // By folder instead of configuration, and without a manifest.
    fs::remove_file(store::manifest_path(&backup)).expect("removed");
    let new = ground.join("new");
    let report = printed("a restore", &run(&[&restore[..], &["--json"]].concat(), &new));
    assert_eq!((&report["ok"], &report["manifest"]), (&json!(true), &json!(null)));
    must_succeed("the proof", &run(&["ledger", "prove"], &new));
    fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn a_postgresql_that_cannot_be_used_is_said_in_one_line() {
    let ground = folder("wrong-pg");
    let port = stage::free_port();
    for (url, word) in [
        (format!("postgresql://me:4071@127.0.0.1:{port}/wallet"), "127.0.0.1"),
        ("postgresql://me:4071@127.0.0.1:5432".to_owned(), "names no database"),
        ("mysql://me:4071@127.0.0.1/wallet".to_owned(), "postgresql://user@host"),
        ("postgresql://me:4071@db/wallet?sslmode=require".to_owned(), "TLS"),
    ] {
        let node = Node::new(&ground, "wrong", Some(&url));
        let line = refused(&url, &node.run(&["serve"]), 3);
        assert!(line.contains(word) && !line.contains("4071"), "{line}");
    }
    fs::remove_dir_all(&ground).expect("removed");
}

fn psql(url: &str, sql: &str) {
    must_succeed(
        sql,
        &Command::new("psql").arg(url).args(["-v", "ON_ERROR_STOP=1", "-c", sql]).output().expect("runs"),
    );
}

#[test]
fn rights_schema_key_and_programs_of_postgresql_are_checked() {
    let Some(server) = testbed::or_skip(testbed::Postgres::start()) else { return };
    let ground = folder("pg-rights");
    let url = server.database("wallet").expect("a database");
    psql(&url, "CREATE ROLE clerk LOGIN");
    let clerk = Node::new(&ground, "clerk", Some(&url.replace("postgres@", "clerk@")));
    let line = refused("no rights", &clerk.run(&["serve"]), 3);
    assert!(line.contains("permission denied") && line.contains("CREATE"), "{line}");

    let mut node = Node::new(&ground, "node", Some(&url));
    node.start();
    // Another folder makes another key.
    let stranger = Node::new(&ground, "stranger", Some(&url));
    let line = refused("another key", &stranger.run(&["serve"]), 3);
    assert!(line.contains("another store key"), "{line}");
    let to = ground.join("x.backup");
    let mut without = Command::new(PROGRAM);
    without.args(["backup", "--config"]).arg(&node.config).arg("--to").arg(&to).env("PATH", "");
    let line = refused("no pg_dump", &run_in_time(&mut without), 3);
    assert!(line.contains("pg_dump cannot be run") && line.contains("install"), "{line}");
    assert!(!to.exists() && !ground.join("x.backup.new").exists(), "nothing half-done is left");
    node.kill();
    // By the environment instead of the file.
    let nowhere = Node::new(&ground, "node", None);
    let proved = Command::new(PROGRAM)
        .args(["ledger", "prove", "--json", "--config"])
        .arg(&nowhere.config)
        .env("TSUGIME_STORE_URL", &url)
        .output();
    assert_eq!(printed("the proof", &proved.expect("runs"))["ok"], true);
    let node = Node::new(&ground, "node", Some(&url));
    psql(&url, "INSERT INTO schema_steps (version) VALUES (999)");
    for command in [&["serve"][..], &["ledger", "prove"], &["migrate"]] {
        let line = refused("a newer schema", &node.run(command), 3);
        assert!(line.contains("newer version"), "{line}");
    }
    let other = server.database("other").expect("a database");
    psql(&other, "CREATE TABLE theirs (id INTEGER)");
    let theirs = Node::new(&ground, "theirs", Some(&other));
    let line = refused("somebody else's database", &theirs.run(&["serve"]), 3);
    assert!(line.contains("something else"), "{line}");
    fs::remove_dir_all(&ground).expect("removed");
}
