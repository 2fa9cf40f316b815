//! `tsugime bench scale`: a small year as a new user runs it, what is refused, and Ctrl-C.

#[allow(dead_code, reason = "each test binary uses its own part")]
mod node;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod stage;

use node::{printed, refused, run_in_time};
use serde_json::Value;
use stage::{PROGRAM, must_succeed, text};
use std::{
    process::{Command, Output, Stdio},
    time::Duration,
};

const SMALL: [&str; 8] = ["--banks", "3", "--depositors", "2000", "--wallets", "2000", "--days", "12"];

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["bench", "scale"]).args(arguments).env_remove("TSUGIME_SEED");
    command
}

fn scale(arguments: &[&str]) -> Output {
    run_in_time(&mut command(arguments))
}

#[test]
fn a_small_year_is_the_same_twice_and_told_for_people() {
    let year = |seed: &str| printed("a year", &scale(&[&SMALL[..], &["--seed", seed, "--json"]].concat()));
    let (first, again, other) = (year("7"), year("7"), year("8"));
    assert_eq!(first["outcome"], again["outcome"]);
    assert_ne!(first["outcome"]["by_kind"], other["outcome"]["by_kind"]);
    assert!(first["run_seconds"].is_number() && first["outcome"]["honest"]["asks"].is_number(), "{first}");
    let told = scale(&[&SMALL[..], &["--quiet"]].concat());
    must_succeed("for people", &told);
    let lines = text(&told.stdout);
    assert!(lines.contains("2,000 wallets, 12 of 12 days, seed 1"), "{lines}");
    assert!(lines.contains("alarms while nobody attacked: 0;") && !lines.contains("attacker \""), "{lines}");
    assert_eq!(text(&told.stderr), "", "a bar is for a terminal only");
}

#[test]
fn what_cannot_be_played_is_refused() {
    for (arguments, said) in [
        (
            &["--depositors", "1000"][..],
            "--wallets 5000000: allowed are 16 to 11666, for no more than a third",
        ),
        (&["--banks", "36"], "36 is not in 1..=35"),
        (&["--days", "9"], "9 is not in 10..=1100"),
        (&["--times", "0"], "0 is not in 1..=100"),
        (&["--seed", "9007199254740992"], "9007199254740992 is not in 0..=9007199254740991"),
    ] {
        let told = scale(arguments);
        assert_eq!(told.status.code(), Some(2), "{said}");
        assert!(text(&told.stderr).contains(said), "{}", text(&told.stderr));
    }
    let line = refused("too many wallets", &scale(&["--depositors", "1000"]), 2);
    assert!(line.contains("depositors"), "{line}");
}

#[test]
fn ctrl_c_prints_what_was_found_so_far() {
    let mut command = command(&["--wallets", "200000", "--json"]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("runs");
    std::thread::sleep(Duration::from_secs(2));
    let kill = format!("kill -INT {}", child.id());
    let sent = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
    assert!(sent.success() && child.try_wait().expect("waited for").is_none());
    let told = child.wait_with_output().expect("its output");
    must_succeed("cut short", &told);
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let days = told["outcome"]["days_played"].as_u64().expect("days");
    assert!((1..365).contains(&days) && told["outcome"]["cut_short"] == true, "{days}");
}
