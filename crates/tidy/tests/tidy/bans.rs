//! What a crate must not touch, and who may instead.

use crate::{complaint::Complaint, manifest::Manifest, source::Source, tree::Tree};

/// Crates whose answers depend on nothing but their arguments.
const PURE: [&str; 4] = ["terms", "ledger", "gate", "engine"];

/// What pure code does not use, and what it uses instead.
const NOT_IN_PURE: &[(&str, &str)] = &[
    ("std::fs", "facts in, plan out: the store reads and writes"),
    ("std::net", "plan an errand: banks, identity and couriers speak to the outside"),
    ("std::env", "take it as an argument: only tsugime reads the environment"),
    ("std::process", "plan an errand, or return a value"),
    ("std::thread", "return a value: the teller and the shell decide what runs when"),
    ("std::time::SystemTime", "take `now: terms::Time` as an argument"),
    ("std::time::Instant", "take `now: terms::Time` as an argument"),
    ("SystemTime", "take `now: terms::Time` as an argument"),
    ("Instant", "take `now: terms::Time` as an argument"),
    ("std::collections::HashMap", "BTreeMap: its order is the same in every run"),
    ("std::collections::HashSet", "BTreeSet: its order is the same in every run"),
    ("HashMap", "BTreeMap: its order is the same in every run"),
    ("HashSet", "BTreeSet: its order is the same in every run"),
    ("println!", "return a value, or write an event into the plan"),
    ("eprintln!", "return a value, or write an event into the plan"),
    ("async", "decide at once from facts: waiting is the shell's"),
];

/// Dependencies that only some crates have, and why.
const ONLY: &[(&str, &[&str], &str)] = &[
    (
        "rusqlite",
        &["store", "sandbox"],
        "only store knows SQL (the sandbox is another company with its own books)",
    ),
    (
        "axum",
        &["server", "sandbox"],
        "only server knows HTTP (the sandbox is another company with its own pages)",
    ),
    ("axum-extra", &["server", "sandbox"], "only server knows HTTP"),
    ("askama", &["server", "sandbox"], "only server knows HTML"),
    ("fluent-bundle", &["server"], "only server speaks to people"),
    ("webauthn-rs", &["server"], "the ceremony is part of HTTP; engine sees only its result"),
    (
        "reqwest",
        &["banks", "identity", "couriers", "jose", "player", "sandbox"],
        "only those who speak to the outside call out",
    ),
    ("clap", &["tsugime"], "only tsugime reads the command line"),
    (
        "toml",
        &["tsugime", "engine", "gate", "attack", "tidy"],
        "only tsugime reads configuration; engine has its directory as a table, gate the operators' rules, \
         attack its scenarios",
    ),
    ("tracing-subscriber", &["tsugime"], "only tsugime decides where the log goes"),
];

/// What only tests of a crate may have besides.
const ONLY_IN_TESTS: &[(&str, &[&str])] =
    &[("reqwest", &["server", "tsugime", "teller"]), ("webauthn-rs", &["player"])];

/// What pure crates do not depend on.
const NOT_BELOW_PURE: [&str; 7] =
    ["tokio", "rand", "jiff", "reqwest", "tracing", "futures-util", "aws-lc-rs"];

/// Crates that may ask what time it is, and why. Everybody else takes the time as an argument.
const CLOCK: &[(&str, &str)] = &[
    ("tsugime", "hands the clock to everybody else"),
    ("teller", "its clock port: stamps each batch once"),
    ("sandbox", "another company's process has a clock of its own"),
    ("player", "plays a client from outside; its proofs carry the time of making"),
    ("testbed", "two processes that look for free ports at once begin at different places"),
    ("jose", "proofs and assertions carry the time of making"),
    ("banks", "tokens run out while an errand waits"),
    ("identity", "assertions and ID tokens run out"),
    ("tidy", "names the words that it looks for"),
];

/// How the wall clock is asked.
const ASKS_THE_CLOCK: [&str; 4] = ["SystemTime::now", "Timestamp::now", "Zoned::now", "now_v7"];

/// Crates that may read the environment, and why.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("tsugime", "the only crate that reads configuration"),
    ("testbed", "finds the folder for temporary files"),
    ("tidy", "finds the tree"),
];

/// Texts that are SQL. Upper case, so that a sentence is not one.
const SQL: [&str; 6] =
    ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE ", "CREATE INDEX ", "PRAGMA "];
/// Crates that may have such texts, and why.
const SPEAKS_SQL: &[(&str, &str)] = &[
    ("store", "the only crate of the wallet that knows SQL"),
    ("sandbox", "another company with its own books"),
    ("tidy", "names the words that it looks for"),
];

fn listed(list: &[(&str, &str)], krate: &str) -> bool {
    list.iter().any(|(name, _)| *name == krate)
}

fn names(list: &[(&str, &str)]) -> String {
    list.iter().map(|(name, _)| *name).filter(|name| *name != "tidy").collect::<Vec<_>>().join(", ")
}

/// Dependencies that a crate must not have.
pub(crate) fn check_manifests(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for manifest in Manifest::all(tree) {
        let name = manifest.name();
        for section in ["dependencies", "dev-dependencies"] {
            let in_tests = section == "dev-dependencies";
            for dependency in manifest.dependencies(section) {
                let mut complain = |better: String| {
                    let what = format!("`{name}` must not depend on `{dependency}` ({section})");
                    let line = manifest.line_of(section, dependency);
                    complaints.push(Complaint::new(&manifest.path, line, what, better));
                };
                if PURE.contains(&name) && !in_tests && NOT_BELOW_PURE.contains(&dependency) {
                    complain(format!(
                        "{} depend on nothing that waits, rolls dice or has a clock",
                        PURE.join(", ")
                    ));
                }
                let tests_may = ONLY_IN_TESTS.iter().any(|(d, who)| *d == dependency && who.contains(&name));
                if in_tests && tests_may {
                    continue;
                }
                if let Some((_, who, why)) =
                    ONLY.iter().find(|(d, who, _)| *d == dependency && !who.contains(&name))
                {
                    complain(format!("{why}: {}", who.join(", ")));
                }
            }
        }
    }
    complaints
}

/// Words that must not stand in a crate's code.
pub(crate) fn check_sources(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in tree.sources().iter().filter(|source| source.path.starts_with("crates/")) {
        let name = source.krate();
        let mut complain = |line: usize, word: &str, better: &str| {
            let what = format!("`{word}` in `{name}`");
            let complaint = Complaint::new(&source.path, line, what, better);
            if !complaints.contains(&complaint) {
                complaints.push(complaint);
            }
        };
        if PURE.contains(&name) {
            for (word, better) in NOT_IN_PURE {
                for line in found(source, word) {
                    complain(line, word, better);
                }
            }
        }
        if !listed(ENVIRONMENT, name) {
            for line in found(source, "std::env") {
                complain(line, "std::env", "take it as an argument: only tsugime reads the environment");
            }
        }
        if !listed(CLOCK, name) {
            for word in ASKS_THE_CLOCK {
                for line in source.lines_with(word) {
                    let better =
                        format!("take the time as an argument; it is asked only in {}", names(CLOCK));
                    complain(line, word, &better);
                }
            }
        }
        if !listed(SPEAKS_SQL, name) {
            for word in SQL {
                for (at, _) in source.uncommented.match_indices(word) {
                    let line = source.line_of(at);
                    if !source.is_test(line) && !source.uncommented[..at].ends_with(char::is_alphanumeric) {
                        complain(line, word.trim_end(), "a function of store: SQL stays in store");
                    }
                }
            }
        }
    }
    complaints
}

/// Lines outside tests where a path is named, in full or by a `use` with braces.
fn found(source: &Source, path: &str) -> Vec<usize> {
    let mut lines = source.lines_with(path);
    let under = format!("{path}::");
    let used = source.uses().into_iter().filter(|(_, used)| used == path || used.starts_with(&under));
    lines.extend(used.map(|(line, _)| line).filter(|line| !source.is_test(*line)));
    lines
}

/// Clippy knows the same bans, so that an editor shows them; the four files are one text.
pub(crate) fn check_clippy(tree: &Tree) -> Vec<Complaint> {
    let path = |name: &str| format!("crates/{name}/clippy.toml");
    let model = tree.text(&path(PURE[0]));
    let others = PURE.iter().filter(|name| model.is_none() || tree.text(&path(name)) != model);
    others
        .map(|name| {
            let better = format!("the same text as {}: one rule for {}", path(PURE[0]), PURE.join(", "));
            Complaint::new(&path(name), 1, format!("`{name}` has other clippy bans than its peers"), better)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn complains_about_what_a_crate_must_not_touch() {
        let tree = Tree::sample(&[
            (
                "crates/engine/Cargo.toml",
                "[dependencies]\ntokio = \"1\"\n[dev-dependencies]\nrusqlite = \"1\"\n",
            ),
            ("crates/server/Cargo.toml", "[dependencies]\nreqwest = \"1\"\n"),
            ("crates/banks/Cargo.toml", "[dependencies]\nreqwest = \"1\"\n"),
            (
                "crates/engine/src/a.rs",
                "use std::{collections::{BTreeMap, HashMap}, fs};\nfn f() { x::Instant }\n",
            ),
            ("crates/gate/src/b.rs", "// HashMap\nconst A: &str = \"std::net\";\nfn f(async_: u8) {}\n"),
            (
                "crates/server/src/c.rs",
                "fn f() { g(SystemTime::now(), \"SELECT 1\", std::env::var(\"A\")) }\n",
            ),
            ("crates/store/src/d.rs", "const A: &str = \"SELECT 1\";\n"),
        ]);
        let manifests: Vec<String> = super::check_manifests(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(manifests.len(), 3, "{manifests:#?}");
        assert!(manifests[0].starts_with("crates/engine/Cargo.toml:2: `engine` must not depend on `tokio`"));
        let sources: Vec<String> = super::check_sources(&tree).iter().map(ToString::to_string).collect();
        for part in [
            "crates/engine/src/a.rs:1: `std::fs` in `engine`",
            "crates/engine/src/a.rs:1: `HashMap` in `engine`. Better: BTreeMap",
            "crates/engine/src/a.rs:2: `Instant` in `engine`",
            "crates/server/src/c.rs:1: `SystemTime::now` in `server`",
            "crates/server/src/c.rs:1: `SELECT` in `server`",
            "crates/server/src/c.rs:1: `std::env` in `server`",
        ] {
            assert!(sources.iter().any(|line| line.starts_with(part)), "{part}: {sources:#?}");
        }
        assert!(!sources.iter().any(|line| line.contains("gate") || line.contains("store/")), "{sources:#?}");
        assert_eq!(super::check_clippy(&tree).len(), 4);
    }
}
