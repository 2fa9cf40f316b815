//! The directory and the sandbox's own list of banks are two files of two sides; they must agree.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use engine::directory::Directory;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Line {
    code: String,
    name: String,
    name_en: String,
    methods: Vec<String>,
}

#[test]
fn the_wallet_and_the_sandbox_know_the_same_banks() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../sandbox/src/banks/banks.json");
    let theirs: Vec<Line> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut theirs: BTreeMap<String, Line> =
        theirs.into_iter().map(|line| (line.code.clone(), line)).collect();
    for bank in Directory::embedded().banks.values() {
        let ours = Line {
            code: bank.code.to_string(),
            name: bank.name.clone(),
            name_en: bank.name_en.clone(),
            methods: bank.methods.clone(),
        };
        assert_eq!(theirs.remove(&ours.code).as_ref(), Some(&ours));
    }
    assert!(theirs.is_empty(), "banks that only the sandbox has: {theirs:?}");
}
