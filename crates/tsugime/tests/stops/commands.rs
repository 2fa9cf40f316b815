//! What the commands print and refuse: one clear line, the right exit code, and one JSON object where it is asked for.

use crate::{
    Desk,
    node::{Node, refused},
    stage::{folder, free_port, must_succeed, text},
};

/// Succeeds, and gives what it printed for people.
fn lines(desk: &Desk, token: Option<&str>, arguments: &[&str]) -> String {
    let output = desk.run(token, arguments);
    must_succeed(&arguments.join(" "), &output);
    text(&output.stdout)
}

// promise: P7
#[test]
fn one_person_stops_by_command_and_two_resume() {
    let ground = folder("stops-commands");
    let mut node = Node::new(&ground, "wallet", None);
    node.start();
    let desk = Desk::of(&node);
    assert_eq!(lines(&desk, None, &["stops"]), "Nothing is stopped.\n");
    let [akari, minato, sora] = ["akari", "minato", "sora"].map(|name| desk.joins(name));
    let (akari, minato, sora) = (Some(akari.as_str()), Some(minato.as_str()), Some(sora.as_str()));

    let stop = ["stop", "bank:0001", "--level", "top_ups", "--reason", "failures tripled"];
    let said = lines(&desk, akari, &stop);
    for part in ["bank:0001", "open", "top_ups", "operator:akari", "failures tripled"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert_eq!(lines(&desk, minato, &["stops"]), said);

    // One person cannot do both parts, nor can whoever stopped, nor the token of the first hour.
    let ask = ["resume", "bank:0001", "--to", "probing_1", "--reason", "calm again"];
    let confirm = ["resume", "bank:0001", "--to", "probing_1", "--confirm"];
    let first_hour = refused("first hour", &desk.run(None, &ask), 2);
    assert!(first_hour.contains("second_person_needed"), "{first_hour}");
    let early = refused("nobody asked", &desk.run(sora, &confirm), 2);
    assert!(early.contains("wrong_state"), "{early}");
    let said = lines(&desk, minato, &ask);
    assert!(said.contains("tsugime resume bank:0001 --to probing_1 --confirm"), "what comes next: {said}");
    for (told, token) in [("both parts", minato), ("own stop", akari), ("first hour", None)] {
        let line = refused(told, &desk.run(token, &confirm), 2);
        assert!(line.contains("second_person_needed"), "{told}: {line}");
        assert_eq!(line.lines().count(), 1);
    }
    let resumed = desk.json(sora, &confirm);
    assert_eq!((&resumed["setting"], &resumed["version"]), (&"probing_1".into(), &3.into()));

    let listed = desk.json(None, &["stops"]);
    assert_eq!(listed["stops"].as_array().map(Vec::len), Some(1));
    let stopped = desk.json(None, &["stop", "operation:payout", "--reason", "by hand"]);
    assert_eq!((&stopped["stopped_by"], &stopped["level"]), (&"operator:operator".into(), &"links".into()));

    let staff = desk.json(akari, &["operator", "list"]);
    assert_eq!(staff["operators"].as_array().map(Vec::len), Some(3));
    let ended = desk.json(akari, &["operator", "end", "sora"]);
    assert_eq!((&ended["name"], &ended["ended"]), (&"sora".into(), &true.into()));
    let line = refused("who left", &desk.run(sora, &["stops"]), 2);
    assert!(line.contains("not_signed_in"), "{line}");
    let said = lines(&desk, None, &["operator", "list"]);
    assert!(said.lines().count() == 3 && said.contains("until"), "{said}");
    assert!(!said.contains("op_"), "{said}");
    let twice = refused("a name twice", &desk.run(None, &["operator", "add", "sora"]), 2);
    assert!(twice.contains("wrong_state"), "{twice}");
    drop(node);
    std::fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn what_cannot_be_done_is_said_in_one_line() {
    let ground = folder("stops-refused");
    let mut node = Node::new(&ground, "wallet", None);
    node.start();
    let desk = Desk::of(&node);
    for (told, arguments, says) in [
        ("a reason too short", &["stop", "all", "--reason", "x"][..], "field_not_allowed"),
        ("not stopped", &["resume", "all", "--to", "closed", "--reason", "why"], "not stopped"),
        ("a name too short", &["operator", "add", "x"], "field_not_allowed"),
        ("nobody of that name", &["operator", "end", "nobody"], "not_found"),
    ] {
        let line = refused(told, &desk.run(None, arguments), 2);
        assert!(line.contains(says) && line.contains(&desk.url) | line.contains("stops"), "{told}: {line}");
    }
    // What the command line itself refuses: it says what is missing or allowed, and asks nobody.
    for (told, arguments, says) in [
        ("no reason", &["stop", "all"][..], "--reason"),
        ("no scope", &["stop", "--reason", "why"], "SCOPE"),
        ("an unknown scope", &["stop", "bank:1", "--reason", "why"], "bank:0001"),
        ("an unknown operation", &["stop", "operation:fly", "--reason", "why"], "payout"),
        ("the scope of no stop", &["resume", "banks", "--to", "closed", "--reason", "why"], "bank:0001"),
        ("a level", &["stop", "all", "--level", "everything", "--reason", "why"], "young_top_ups"),
        ("neither part", &["resume", "all", "--to", "closed"], "--reason"),
        ("both parts", &["resume", "all", "--to", "closed", "--reason", "why", "--confirm"], "--confirm"),
        ("another setting", &["resume", "all", "--to", "open", "--reason", "why"], "probing_10"),
    ] {
        let output = desk.run(None, arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}: {said}");
        assert!(said.contains(says) && output.stdout.is_empty(), "{told}: {said}");
    }
    let forged = refused("a forged token", &desk.run(Some("op_forged"), &["stops"]), 2);
    assert!(forged.contains("not_signed_in") && !forged.contains("op_forged"), "{forged}");
    assert_eq!(desk.json(None, &["stops"]), serde_json::json!({ "stops": [] }));

    let nowhere = Desk { url: format!("http://localhost:{}", free_port()), data: desk.data.clone() };
    for arguments in [&["stops"][..], &["stop", "all", "--reason", "why"], &["operator", "list"]] {
        let line = refused("no server", &nowhere.run(None, arguments), 3);
        assert!(line.contains(&nowhere.url) && line.contains("is it running"), "{line}");
    }
    let no_folder = Desk { url: desk.url.clone(), data: ground.join("none").display().to_string() };
    let line = refused("no token", &no_folder.run(None, &["stops"]), 2);
    assert!(line.contains("operator.token") && line.contains("TSUGIME_OPERATOR_TOKEN"), "{line}");
    drop(node);
    std::fs::remove_dir_all(&ground).expect("removed");
}
