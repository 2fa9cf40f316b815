//! What the `Cargo.toml` files say.

use toml::Table;

use crate::tree::Tree;

/// One crate of the workspace.
pub(crate) struct Manifest {
    pub(crate) path: String,
    text: String,
    table: Table,
}

impl Manifest {
    /// Every crate's, in the order of their names.
    pub(crate) fn all(tree: &Tree) -> Vec<Self> {
        let of_crate = |path: &str| path.starts_with("crates/") && path.ends_with("/Cargo.toml");
        tree.files()
            .iter()
            .filter(|file| of_crate(&file.path))
            .map(|file| Self::new(&file.path, &file.text))
            .collect()
    }

    /// The workspace's own.
    pub(crate) fn root(tree: &Tree) -> Self {
        Self::new("Cargo.toml", tree.text("Cargo.toml").unwrap_or_default())
    }

    fn new(path: &str, text: &str) -> Self {
        let table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text: text.to_owned(), table }
    }

    pub(crate) fn name(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// The table under a dotted name.
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        name.split('.').try_fold(&self.table, |table, part| table.get(part)?.as_table())
    }

    /// Dependencies of a section (`dependencies`, `dev-dependencies`, `build-dependencies`).
    pub(crate) fn dependencies(&self, section: &str) -> Vec<&str> {
        self.table(section).map(|table| table.keys().map(String::as_str).collect()).unwrap_or_default()
    }

    /// The line, from 1, on which a key stands after the section began.
    pub(crate) fn line_of(&self, section: &str, key: &str) -> usize {
        let header = format!("[{section}]");
        let start = self.text.lines().position(|line| line.trim() == header).unwrap_or(0);
        let starts = |line: &str| {
            line.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
        };
        start + self.text.lines().skip(start).position(starts).unwrap_or(0) + 1
    }
}
