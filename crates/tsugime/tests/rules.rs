//! `tsugime rules`: what is refused and how, and a back-test, proposal and promotion against a real server.

#[allow(dead_code, reason = "each test binary uses its own part")]
mod node;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod stage;

use node::{Node, printed, refused, run_in_time};
use stage::{PROGRAM, folder, must_succeed, text};
use std::{
    fs,
    process::{Command, Output},
};

fn rules(arguments: &[&str]) -> Output {
    run_in_time(Command::new(PROGRAM).arg("rules").args(arguments))
}

fn file(when: &str) -> String {
    format!(
        "[[rule]]\ncode = \"many\"\nversion = 1\nsteps = [\"sign_up\"]\nwhen = \"{when}\"\nweight = 60\n\
         says_ja = \"多い\"\nsays_en = \"Many.\"\n"
    )
}

#[test]
fn a_bad_file_is_refused_with_its_places() {
    let ground = folder("rules-bad");
    fs::create_dir_all(&ground).expect("a folder");
    let path = ground.join("rules.toml");
    let name = path.to_str().expect("a path");
    fs::write(&path, file("hour > 24 && nobody")).expect("written");
    for command in [&["check", name][..], &["backtest", name], &["propose", name, "--reason", "seen"]] {
        let line = refused(&format!("{command:?}"), &rules(command), 2);
        assert!(line.contains("rules.toml:5:22: `nobody` is not known; allowed are"), "{line}");
    }
    let told = rules(&["check", name, "--json"]);
    assert_eq!(told.status.code(), Some(2));
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!((&told["mistakes"][0]["line"], &told["mistakes"][0]["column"]), (&5.into(), &22.into()));
    for (what, bytes) in [("no text", vec![0xff; 9]), ("large", vec![b'#'; 60_000])] {
        fs::write(&path, bytes).expect("written");
        refused(what, &rules(&["check", name]), 2);
    }
    refused("not there", &rules(&["check", ground.join("none").to_str().expect("a path")]), 2);
    fs::write(&path, file("hour > 24")).expect("written");
    must_succeed("a good one", &rules(&["check", name]));
    let line =
        refused("no folder", &rules(&["backtest", name, "--data", ground.to_str().expect("a path")]), 2);
    assert!(line.contains("no data folder"), "{line}");
    let names = printed("names", &rules(&["names", "--json"]));
    assert!(names["names"].as_array().is_some_and(|names| names.len() > 10));
    fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn rules_are_tested_proposed_and_promoted_beside_a_server() {
    let ground = folder("rules-good");
    fs::create_dir_all(&ground).expect("a folder");
    let path = ground.join("rules.toml");
    let name = path.to_str().expect("a path");
    fs::write(&path, file("hour >= 0")).expect("written");
    let mut node = Node::new(&ground, "wallet", None);
    node.start();
    let told = printed("back-test", &node.run(&["rules", "backtest", name, "--json"]));
    assert_eq!((&told["judged"], &told["rules"][0]["rule"]), (&0.into(), &"many@1".into()));
    let days = ["rules", "backtest", name, "--from", "2026-11-02", "--until", "2026-11-01"];
    assert!(refused("days", &node.run(&days), 2).contains("--until"));

    let url = format!("http://localhost:{}", node.port);
    let data = node.data.to_str().expect("a path");
    let at_server = ["--url", &url, "--data", data, "--json"];
    let ask = |what: &str, arguments: &[&str], token: Option<&str>| {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).args(at_server);
        if let Some(token) = token {
            command.env("TSUGIME_OPERATOR_TOKEN", token);
        }
        (what.to_owned(), run_in_time(&mut command))
    };
    let tokens = ["akari", "minato"].map(|person| {
        let (what, output) = ask(person, &["operator", "add", person], None);
        printed(&what, &output)["token"].as_str().expect("a token").to_owned()
    });
    let [akari, minato] = tokens.each_ref().map(|token| Some(token.as_str()));
    let (what, output) = ask("propose", &["rules", "propose", name, "--reason", "seen"], akari);
    assert_eq!(printed(&what, &output)["state"], "shadow");
    let promote = ["rules", "promote", "1", "--reason", "looked at"];
    let (what, output) = ask("her own", &promote, akari);
    refused(&what, &output, 2);
    let (what, output) = ask("promote", &promote, minato);
    assert_eq!(printed(&what, &output)["state"], "active");
    let (what, output) = ask("list", &["rules", "list"], akari);
    assert_eq!(printed(&what, &output)["sets"][0]["promoted"]["by"], "minato");
    let (what, output) = ask("retire", &["rules", "retire", "1", "--reason", "enough"], akari);
    assert_eq!(printed(&what, &output)["state"], "retired", "{}", text(&output.stderr));
    node.kill();
    fs::remove_dir_all(&ground).expect("removed");
}
