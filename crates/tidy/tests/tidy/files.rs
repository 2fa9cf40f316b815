//! Each file says its job first and stays short; each crate takes the workspace's lints.

use crate::{complaint::Complaint, manifest::Manifest, tree::Tree};

/// The greatest number of lines of a Rust file.
const LONGEST: usize = 400;
/// Files that may be longer: path, limit, and why they cannot be two files.
const LONGER: &[(&str, usize, &str)] = &[];

pub(crate) fn check_openings(tree: &Tree) -> Vec<Complaint> {
    let has_job = |text: &str| {
        text.lines().next().and_then(|line| line.strip_prefix("//! ")).is_some_and(|job| job.contains(' '))
    };
    let without = tree.sources().iter().filter(|source| !has_job(&source.text));
    without
        .map(|source| {
            let better = "one line `//! …` that says the file's job in a sentence";
            Complaint::new(&source.path, 1, "the file does not open with its job", better)
        })
        .collect()
}

pub(crate) fn check_lengths(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in tree.sources() {
        let exception = LONGER.iter().find(|(path, ..)| *path == source.path);
        let limit = exception.map_or(LONGEST, |(_, limit, _)| *limit);
        let lines = source.text.lines().count();
        if lines > limit {
            let what = format!("{lines} lines, more than {limit}");
            complaints.push(Complaint::new(&source.path, limit + 1, what, "two files with one job each"));
        }
    }
    let gone = LONGER.iter().filter(|(path, ..)| tree.text(path).is_none());
    complaints.extend(gone.map(|(path, ..)| {
        Complaint::new(
            "crates/tidy/tests/tidy/files.rs",
            1,
            format!("{path} is gone"),
            "remove its exception",
        )
    }));
    complaints
}

pub(crate) fn check_lints(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let root = Manifest::root(tree);
    let forbidden = root.table("workspace.lints.rust").and_then(|lints| lints.get("unsafe_code")?.as_str());
    if forbidden != Some("forbid") {
        let line = root.line_of("workspace.lints.rust", "unsafe_code");
        complaints.push(Complaint::new(
            "Cargo.toml",
            line,
            "unsafe code is not forbidden",
            "unsafe_code = \"forbid\"",
        ));
    }
    for manifest in Manifest::all(tree) {
        let inherits = manifest.table("lints").and_then(|lints| lints.get("workspace")?.as_bool());
        if inherits != Some(true) {
            let better = "[lints] workspace = true";
            complaints.push(Complaint::new(
                &manifest.path,
                1,
                "the crate does not take the workspace's lints",
                better,
            ));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn complains_about_files_without_a_job_long_files_and_missing_lints() {
        let long = format!("//! A job.\n{}", "\n".repeat(400));
        let tree = Tree::sample(&[
            ("Cargo.toml", "[workspace.lints.rust]\nunsafe_code = \"warn\"\n"),
            ("crates/a/Cargo.toml", "[lints]\nworkspace = true\n"),
            ("crates/b/Cargo.toml", ""),
            ("crates/a/src/lib.rs", "use x;\n"),
            ("crates/a/src/job.rs", "//! job\n"),
            ("crates/a/src/long.rs", &long),
        ]);
        assert_eq!(super::check_openings(&tree).len(), 2);
        assert_eq!(super::check_lengths(&tree)[0].what, "401 lines, more than 400");
        assert_eq!(super::check_lints(&tree).len(), 2);
    }
}
