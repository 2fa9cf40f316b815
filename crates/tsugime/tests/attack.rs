//! `tsugime attack`: what is listed, played, compared, cut short and refused.

#[allow(dead_code, reason = "each test binary uses its own part")]
mod node;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod stage;

use node::{printed, refused, run_in_time};
use serde_json::Value;
use stage::{PROGRAM, folder, must_succeed, text};
use std::{
    fs,
    process::{Command, Output, Stdio},
    time::Duration,
};

/// A list at one bank, where nothing is in force: over in a second.
const SMALL: &str = "title = \"A small one\"\ndays = 1\ncontrols = []\n[banks]\ncount = 1\nweak = 1\n\
                     tries_per_day = 0\n[[phisher]]\nper_day = 6\nbanks = 1\n";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("attack").args(arguments).env_remove("TSUGIME_SEED");
    command
}

fn attack(arguments: &[&str]) -> Output {
    run_in_time(&mut command(arguments))
}

#[test]
fn without_a_scenario_the_names_are_listed() {
    for arguments in [&[][..], &["--list"], &["flood", "--list"]] {
        let told = attack(arguments);
        must_succeed("the list", &told);
        let told = text(&told.stdout);
        assert!(told.contains("  koza-2020 ") && told.contains("The 2020 case"), "{told}");
    }
    let told = printed("the list", &attack(&["--json"]));
    assert!(told["scenarios"].as_array().is_some_and(|all| all.len() >= 16), "{told}");
}

#[test]
fn a_scenario_is_played_the_same_twice_and_compared() {
    let ground = folder("attack-small");
    fs::create_dir_all(&ground).expect("a folder");
    let place = |name: &str| ground.join(name).to_str().expect("a path").to_owned();
    let (small, svg) = (place("small.toml"), place("bars.svg"));
    fs::write(&small, SMALL).expect("written");
    let played =
        |seed: &str| printed("played", &attack(&[&small, "--seed", seed, "--json"]))["outcome"].clone();
    let (first, again, other) = (played("7"), played("7"), played("8"));
    assert_eq!(first, again);
    assert_ne!(first["yen_taken"], other["yen_taken"]);
    assert!(first["accounts_debited"].as_u64().is_some_and(|count| count > 0), "{first}");
    let told = attack(&[&small]);
    must_succeed("for people", &told);
    assert!(text(&told.stdout).contains("accounts debited "), "{}", text(&told.stdout));
    // A line that is written over and over is for a terminal only.
    assert_eq!(text(&told.stderr), "");

    // Sixteen campaigns take as long as the machine needs.
    let compared = command(&[&small, "--ablate", "--seeds", "1", "--svg", &svg, "--json"]).output();
    let table = printed("compared", &compared.expect("runs"));
    let rows = table["rows"].as_array().expect("rows");
    let lost = |row: Option<&Value>| row.and_then(|row| row["yen_lost"]["most"].as_i64());
    assert_eq!(rows.len(), 16, "none, seven alone, all but each of seven, all: {table}");
    assert!(lost(rows.first()) > Some(0) && lost(rows.last()) == Some(0), "{table}");
    assert!(fs::read_to_string(&svg).expect("a picture").contains("<svg"));
    assert!(fs::read(place("bars.png")).expect("a picture").starts_with(b"\x89PNG\r\n\x1a\n"));
    fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn what_is_not_allowed_is_refused_in_one_line() {
    let ground = folder("attack-bad");
    fs::create_dir_all(&ground).expect("a folder");
    let path = ground.join("bad.toml");
    let name = path.to_str().expect("a path");
    for (file, said) in [
        ("", "bad.toml:1: the file is empty"),
        ("title = \"x\"\n", "a scenario has an end: days is missing; allowed is 1 to 400"),
        ("title = \"x\"\ndays = 3\nhours = 2\n", "bad.toml:3: unknown field `hours`"),
        ("title = \"x\"\ndays = \"3 d\"\n", "bad.toml:2: days: invalid type"),
        ("title = \"x\"\ndays = 500\n", "bad.toml:2: days = 500; allowed is 1 to 400"),
    ] {
        fs::write(&path, file).expect("written");
        let line = refused(file, &attack(&[name]), 2);
        assert!(line.contains(said), "{line}");
    }
    let line = refused("no such file", &attack(&["nowhere.toml"]), 2);
    assert!(
        line.contains("nowhere.toml: no such file; allowed is a scenario file or one of flood, "),
        "{line}"
    );
    let most = "9007199254740991";
    for (arguments, said) in [
        (
            &["flood", "--seed", "-1"][..],
            "--seed \"-1\": allowed is a whole number from 0 to 9007199254740991",
        ),
        (&["flood", "--seed", "9007199254740992"], "--seed"),
        (&["flood", "--ablate", "--seeds", "0"], "--seeds \"0\": allowed is a whole number from 1 to 100"),
        (&["flood", "--ablate", "--seed", most, "--seeds", "2"], "goes beyond"),
    ] {
        let line = refused(said, &attack(arguments), 2);
        assert!(line.contains(said), "{line}");
    }
    must_succeed("the highest seed", &attack(&["flood", "--seed", most, "--json"]));
    fs::write(&path, b"title = \"x\"\ndays = \xff\n").expect("written");
    for (place, said) in [
        (name, "bad.toml:2: no text; allowed is TOML in UTF-8"),
        (ground.to_str().expect("a path"), "is a folder; allowed is a scenario file"),
        ("/dev/zero", "a scenario has at most 100000 bytes"),
    ] {
        let line = refused(place, &attack(&[place]), 2);
        assert!(line.contains(said), "{line}");
    }
    fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn a_comparison_that_ends_early_says_so_and_leaves_the_picture() {
    let ground = folder("attack-cut");
    fs::create_dir_all(&ground).expect("a folder");
    let svg = ground.join("bars.svg");
    fs::write(&svg, "as it was").expect("written");
    let mut command = command(&["koza-2020", "--ablate", "--seeds", "100", "--json", "--svg"]);
    let child = command.arg(&svg).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    std::thread::sleep(Duration::from_secs(3));
    let id = child.id().to_string();
    let sent = Command::new("sh").args(["-c", &format!("kill -INT {id}")]).status().expect("a shell");
    assert!(sent.success());
    let told = child.wait_with_output().expect("its output");
    must_succeed("cut short", &told);
    assert!(text(&told.stderr).contains("ended early: no picture was written"), "{}", text(&told.stderr));
    let table: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!(table["cut_short"], true, "{table}");
    assert_eq!(fs::read_to_string(&svg).expect("a file"), "as it was");
    assert!(!ground.join("bars.png").exists());
    fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn ctrl_c_prints_what_was_found_so_far() {
    let mut command = Command::new(PROGRAM);
    let command = command.args(["attack", "koza-2020", "--json"]).stdout(Stdio::piped());
    let mut child = command.spawn().expect("runs");
    std::thread::sleep(Duration::from_secs(2));
    let id = child.id().to_string();
    // The shell's own `kill` needs no program beside.
    let sent = Command::new("sh").args(["-c", &format!("kill -INT {id}")]).status().expect("a shell");
    assert!(sent.success() && child.try_wait().expect("waited for").is_none_or(|status| status.success()));
    let told = child.wait_with_output().expect("its output");
    must_succeed("cut short", &told);
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!(told["outcome"]["cut_short"], true, "{told}");
    assert!(told["outcome"]["days"].as_f64().is_some_and(|days| days < 12.0), "{told}");
}
