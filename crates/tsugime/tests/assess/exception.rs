//! A server does not start on a refused linkage, unless a person has signed for it until a day (H14).

use crate::{
    KOZA_2020, assess,
    input::copied,
    node::{Node, refused},
    printed, root,
    stage::folder,
};
use std::{fs, path::Path};

/// A configuration whose limits are those of the linkage of 2020, with `[linkage]` as given.
fn configured(node: &Node, linkage: &str, recovery_h: u64) {
    let text = fs::read_to_string(&node.config).expect("a configuration");
    let policy = format!(
        "[policy]\nrecovery_delay_ms = {}\nlink_young_ms = 0\n\
         [policy.link_top_ups]\nday = 300000\nweek = 300000\nmonth = 300000\n",
        recovery_h * 3_600_000
    );
    fs::write(&node.config, format!("{text}{policy}{linkage}")).expect("written");
}

fn new_node(ground: &Path, name: &str, linkage: &str) -> Node {
    let node = Node::new(ground, name, None);
    configured(&node, linkage, 0);
    node
}

// promise: P4
#[test]
fn a_refused_linkage_needs_a_signature_that_fits() {
    let ground = folder("exception");
    fs::create_dir_all(&ground).expect("a folder");
    let file = ground.join("koza.toml");
    fs::copy(root(KOZA_2020), &file).expect("copied");
    let (file, key) = (file.to_str().expect("a path"), ground.join("exception.key"));
    let key = key.to_str().expect("a path");
    let public = printed(&assess(&["new-key", key]));
    assert_eq!(assess(&["new-key", key]).status.code(), Some(3), "a key is not overwritten");
    let other_key = ground.join("other.key");
    let other_public = printed(&assess(&["new-key", other_key.to_str().expect("a path")]));
    let until = day_from_now(30);
    let sign = |file: &str, until: &str| {
        assess(&[
            "sign-exception",
            file,
            "--key",
            key,
            "--person",
            "山田 花子",
            "--reason",
            "moving to codes",
            "--until",
            until,
        ])
    };
    let token = printed(&sign(file, &until));
    fs::write(ground.join("exception.jws"), &token).expect("written");
    fs::write(ground.join("spoilt.jws"), token.replace('.', ".e30")).expect("written");
    let linkage = |exception: &str, key: &str| {
        format!(
            "[linkage]\nfile = \"koza.toml\"\nexception = \"{exception}\"\nexception_key = \"{}\"\n",
            key.trim()
        )
    };
    for (name, linkage, expected) in [
        ("none", "[linkage]\nfile = \"koza.toml\"\n".to_owned(), "calendar_limits, depositor_not_told"),
        ("other", linkage("exception.jws", &other_public), "not valid"),
        ("spoilt", linkage("spoilt.jws", &public), "not valid"),
        ("no-key", linkage("exception.jws", "abc"), "exception"),
        ("gone", linkage("gone.jws", &public), "gone.jws: cannot be read"),
    ] {
        let line = refused(name, &new_node(&ground, name, &linkage).run(&["serve"]), 2);
        assert!(line.contains("this linkage is refused") && line.contains(expected), "{name}: {line}");
        assert!(!ground.join(name).exists(), "{name}: a data folder was made");
    }
    let mut covered = new_node(&ground, "covered", &linkage("exception.jws", &public));
    covered.start();
    covered.kill();
    // The file is changed, though by a comment only: somebody must look again.
    let text = fs::read_to_string(file).expect("a linkage");
    fs::write(file, format!("{text}# changed\n")).expect("written");
    let line = refused("changed", &covered.run(&["serve"]), 2);
    assert!(line.contains("the file was changed since"), "{line}");
    for (until, expected) in
        [("2020-09-10", "ended on"), ("2026-02-30", "no day"), (&day_from_now(200)[..], "at most 92 days")]
    {
        let output = sign(file, until);
        let said = String::from_utf8(output.stderr).expect("a text");
        assert!(output.status.code() == Some(2) && said.contains(expected), "{said}");
    }
    let accepted = sign(root("linkage/today.toml").to_str().expect("a path"), &until);
    assert_eq!(accepted.status.code(), Some(2), "there is nothing to sign for");
    fs::remove_dir_all(&ground).expect("removed");
}

/// Whoever may change one file of a folder changes what the exception was signed for.
// promise: P4
#[test]
fn an_exception_for_a_folder_covers_all_of_its_files() {
    let ground = folder("exception-folder");
    let whole = ground.join("whole");
    copied(&root("directory"), &whole);
    fs::copy(root(KOZA_2020), whole.join("linkage.toml")).expect("copied");
    let key = ground.join("exception.key");
    let public = printed(&assess(&["new-key", key.to_str().expect("a path")]));
    let (whole_path, key, until) =
        (whole.to_str().expect("a path"), key.to_str().expect("a path"), day_from_now(30));
    let signed = ["sign-exception", whole_path, "--key", key, "--until", &until];
    let signed = [&signed[..], &["--person", "山田 花子", "--reason", "moving to codes"]].concat();
    fs::write(ground.join("exception.jws"), printed(&assess(&signed))).expect("written");
    let linkage = format!(
        "[linkage]\nfile = \"whole\"\nexception = \"exception.jws\"\nexception_key = \"{}\"\n",
        public.trim()
    );
    let mut node = new_node(&ground, "whole-node", &linkage);
    node.start();
    node.kill();
    for name in ["methods.toml", "curves.toml", "banks/0001.toml", "linkage.toml"] {
        let text = fs::read_to_string(whole.join(name)).expect("a file");
        fs::write(whole.join(name), format!("{text}# changed\n")).expect("written");
        let line = refused(name, &node.run(&["serve"]), 2);
        assert!(line.contains("the file was changed since"), "{name}: {line}");
        fs::write(whole.join(name), text).expect("written");
    }
    node.start();
    node.kill();
    fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn a_linkage_must_be_the_one_in_force() {
    let ground = folder("in-force");
    fs::create_dir_all(&ground).expect("a folder");
    fs::copy(root("linkage/today.toml"), ground.join("today.toml")).expect("copied");
    let linkage = "[linkage]\nfile = \"today.toml\"\n";
    let node = Node::new(&ground, "otherwise", None);
    configured(&node, linkage, 24);
    let line = refused("other limits", &node.run(&["serve"]), 2);
    assert!(line.contains("limits.week_yen is 500000, but 300000 is in force"), "{line}");
    // Without a linkage of its own, the program's stands under the policy in force: recovery at once is refused.
    let node = Node::new(&ground, "at-once", None);
    configured(&node, "", 0);
    let line = refused("recovery at once", &node.run(&["serve"]), 2);
    assert!(line.contains("recovery_weaker_than_sign_in"), "{line}");
    let mut node = Node::new(&ground, "right", None);
    let text = fs::read_to_string(&node.config).expect("a configuration");
    fs::write(&node.config, format!("{text}{linkage}")).expect("written");
    node.start();
    node.kill();
    fs::remove_dir_all(&ground).expect("removed");
}

/// A day as `2026-12-31`, so many days from today.
fn day_from_now(days: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let today = i64::try_from(now.as_secs() / 86_400 + days).expect("a day");
    let mut found = String::new();
    for year in 2026..2_200 {
        for month in 1..=12 {
            for day in 1..=31 {
                let text = format!("{year}-{month:02}-{day:02}");
                if engine::linkage::end_of_day_s(&text) == Some((today + 1) * 86_400) {
                    found = text;
                }
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}
