//! Every dependency is explained once, declared once, and used.

use crate::{complaint::Complaint, manifest::Manifest, source::words, tree::Tree};

const PAGE: &str = "docs/dependencies.md";
const SECTION: &str = "workspace.dependencies";

/// Dependencies that no line of code names, and why they are there.
const USED_UNSEEN: &[(&str, &str, &str)] = &[];

/// Each has a row in the page, and each row has a dependency.
pub(crate) fn check_explained(tree: &Tree) -> Vec<Complaint> {
    let root = Manifest::root(tree);
    let Some(page) = tree.text(PAGE) else {
        return vec![Complaint::new(PAGE, 1, "the page is missing", "one row per workspace dependency")];
    };
    let rows: Vec<(usize, &str)> = page
        .lines()
        .enumerate()
        .filter_map(|(at, line)| Some((at + 1, line.strip_prefix("| `")?.split_once('`')?.0)))
        .collect();
    let mut complaints = Vec::new();
    let foreign: Vec<&str> =
        root.dependencies(SECTION).into_iter().filter(|name| !is_ours(tree, name)).collect();
    for name in &foreign {
        if !rows.iter().any(|(_, row)| row == name) {
            let better = format!("a row `| `{name}` | what for | why this one | … |` in {PAGE}");
            let line = root.line_of(SECTION, name);
            complaints.push(Complaint::new("Cargo.toml", line, format!("`{name}` is not explained"), better));
        }
    }
    for (line, row) in rows {
        if !foreign.contains(&row) {
            complaints.push(Complaint::new(
                PAGE,
                line,
                format!("`{row}` is no dependency any more"),
                "remove the row",
            ));
        }
    }
    complaints
}

fn is_ours(tree: &Tree, name: &str) -> bool {
    tree.text(&format!("crates/{name}/Cargo.toml")).is_some()
}

/// Each is taken from the workspace and named in the code: one that is not costs build time for nothing.
pub(crate) fn check_used(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let manifests = Manifest::all(tree);
    for manifest in &manifests {
        for section in ["dependencies", "dev-dependencies"] {
            for name in manifest.dependencies(section) {
                let line = manifest.line_of(section, name);
                let entry =
                    manifest.table(section).and_then(|table| table.get(name)?.as_table()?.get("workspace"));
                if entry.is_none() {
                    let better = format!("`{name}.workspace = true`: versions stand in the root Cargo.toml");
                    let what = format!("`{name}` has a version of its own");
                    complaints.push(Complaint::new(&manifest.path, line, what, better));
                }
                let unseen = USED_UNSEEN
                    .iter()
                    .any(|(krate, dependency, _)| *krate == manifest.name() && *dependency == name);
                if !unseen && !is_named(tree, manifest.name(), name) {
                    let what = format!("`{name}` is not used in `{}`", manifest.name());
                    complaints.push(Complaint::new(&manifest.path, line, what, "remove the line"));
                }
            }
        }
    }
    let root = Manifest::root(tree);
    for name in root.dependencies(SECTION) {
        let taken = |manifest: &Manifest| {
            ["dependencies", "dev-dependencies", "build-dependencies"]
                .iter()
                .any(|s| manifest.dependencies(s).contains(&name))
        };
        if !manifests.iter().any(taken) {
            let line = root.line_of(SECTION, name);
            complaints.push(Complaint::new(
                "Cargo.toml",
                line,
                format!("no crate takes `{name}`"),
                "remove the line",
            ));
        }
    }
    complaints
}

fn is_named(tree: &Tree, krate: &str, dependency: &str) -> bool {
    let name = dependency.replace('-', "_");
    tree.sources()
        .iter()
        .any(|source| source.krate() == krate && !words(&source.uncommented, &name).is_empty())
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn complains_about_dependencies_unexplained_unused_or_with_an_own_version() {
        let tree = Tree::sample(&[
            ("Cargo.toml", "[workspace.dependencies]\na = { path = \"crates/a\" }\nb-c = \"1\"\nd = \"2\"\n"),
            ("crates/a/Cargo.toml", "[dependencies]\nb-c = \"1\"\nd.workspace = true\n"),
            ("crates/a/src/lib.rs", "//! d is not used.\nuse b_c::X;\n"),
            ("docs/dependencies.md", "| `b-c` | x |\n| `gone` | x |\n"),
        ]);
        let said: Vec<String> = super::check_explained(&tree).iter().map(ToString::to_string).collect();
        assert!(said.len() == 2 && said[0].starts_with("Cargo.toml:4: `d` is not"), "{said:#?}");
        let said: Vec<String> = super::check_used(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 3, "{said:#?}");
        assert!(
            said.iter().any(|line| line.starts_with("crates/a/Cargo.toml:2: `b-c` has a version of its own"))
        );
    }
}
