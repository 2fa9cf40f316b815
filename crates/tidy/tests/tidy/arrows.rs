//! Which crate may know which: arrows point downwards only.

use crate::{complaint::Complaint, manifest::Manifest, tree::Tree};

/// Each crate, and what of ours it may know. A crate that is not here does not exist yet.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("terms", &[]),
    ("ledger", &["terms"]),
    ("gate", &["terms"]),
    ("engine", &["terms", "ledger", "gate", "jpqr"]),
    ("store", &["terms", "ledger", "gate", "engine", "jpqr"]),
    ("teller", &["terms", "ledger", "gate", "engine", "store"]),
    ("attack", &["terms", "ledger", "gate", "engine", "store", "pins"]),
    ("banks", &["terms", "engine", "jose"]),
    ("identity", &["terms", "engine", "jose"]),
    ("couriers", &["terms", "engine", "jose"]),
    (
        "server",
        &["terms", "ledger", "gate", "engine", "store", "teller", "banks", "identity", "jose", "jpqr"],
    ),
    (
        "tsugime",
        &[
            "terms", "attack", "ledger", "gate", "engine", "store", "teller", "banks", "identity",
            "couriers", "server", "jose", "jpqr", "sandbox", "player",
        ],
    ),
    // Written from outside: they share no type with the wallet.
    ("jose", &[]),
    ("jpqr", &[]),
    ("pins", &[]),
    ("player", &[]),
    ("sandbox", &[]),
    ("testbed", &[]),
    ("tidy", &[]),
];

/// What the tests of a crate may know besides: the outside world, to speak with it over real HTTP, real database
/// servers, and where a table's figures come from.
const TESTS_MAY_KNOW: &[(&str, &[&str])] = &[
    ("engine", &["pins"]),
    ("banks", &["sandbox"]),
    ("identity", &["sandbox"]),
    ("couriers", &["sandbox"]),
    ("server", &["sandbox", "player", "testbed"]),
    ("store", &["testbed"]),
    ("teller", &["sandbox", "testbed"]),
    ("tsugime", &["testbed"]),
];

fn row<'a>(list: &[(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    list.iter().find(|(krate, _)| *krate == name).map(|(_, known)| *known)
}

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let manifests = Manifest::all(tree);
    let ours: Vec<&str> = manifests.iter().map(Manifest::name).collect();
    let mut complaints = Vec::new();
    for manifest in &manifests {
        let name = manifest.name();
        let Some(known) = row(MAY_KNOW, name) else {
            let better =
                "say in crates/tidy/tests/tidy/arrows.rs where it stands and what rule makes it a crate";
            complaints.push(Complaint::new(&manifest.path, 1, format!("the crate `{name}` is new"), better));
            continue;
        };
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let extra = if section == "dev-dependencies" { row(TESTS_MAY_KNOW, name) } else { None };
            for other in manifest.dependencies(section).into_iter().filter(|other| ours.contains(other)) {
                if known.contains(&other) || extra.unwrap_or_default().contains(&other) {
                    continue;
                }
                let what = format!("`{name}` must not know `{other}` ({section})");
                let better = match known {
                    [] => "it knows none of ours: pass the value in, or move the code up".to_owned(),
                    _ => format!("it may know {}: pass the value in, or move the code up", known.join(", ")),
                };
                complaints.push(Complaint::new(
                    &manifest.path,
                    manifest.line_of(section, other),
                    what,
                    better,
                ));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn complains_about_an_arrow_upwards_and_a_new_crate() {
        let tree = Tree::sample(&[
            (
                "crates/gate/Cargo.toml",
                "[package]\nname = \"gate\"\n[dependencies]\nledger.workspace = true\n",
            ),
            ("crates/ledger/Cargo.toml", "[dependencies]\nterms.workspace = true\n"),
            ("crates/terms/Cargo.toml", ""),
            ("crates/misc/Cargo.toml", ""),
            ("crates/banks/Cargo.toml", "[dependencies]\nsandbox.workspace = true\n"),
            ("crates/sandbox/Cargo.toml", "[dev-dependencies]\nterms.workspace = true\n"),
        ]);
        let said: Vec<String> = super::check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 4, "{said:#?}");
        assert!(
            said.iter()
                .any(|line| line.starts_with("crates/gate/Cargo.toml:4: `gate` must not know `ledger`"))
        );
        assert!(said.iter().any(|line| line.contains("`misc` is new")));
    }
}
