//! The tree as it lies on the disk: which files there are and which crate they belong to.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::source::Source;

/// Folders that hold no work of ours.
const SKIPPED: [&str; 6] = ["target", ".git", "node_modules", "data", "test-results", "proptest-regressions"];
/// The ends of names that are read as text.
const TEXT: [&str; 14] =
    ["rs", "toml", "md", "html", "css", "js", "mjs", "ts", "json", "ftl", "sql", "yml", "yaml", "sh"];
/// Programs without an ending.
const SCRIPTS: [&str; 3] = ["test", ".ci/run", "e2e/run"];

/// A file of ours.
pub(crate) struct File {
    /// From the root of the tree, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Everything that the rules read.
pub(crate) struct Tree {
    files: Vec<File>,
    sources: Vec<Source>,
}

impl Tree {
    /// Reads the tree around this crate, once for all rules.
    pub(crate) fn read() -> &'static Self {
        static TREE: OnceLock<Tree> = OnceLock::new();
        TREE.get_or_init(|| {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            let mut paths = Vec::new();
            collect(&root, &mut paths);
            let files = paths.iter().filter_map(|path| read(&root, path)).collect();
            let tree = Self::of(files);
            assert!(tree.sources.len() > 20, "the tree was not found at {}", root.display());
            tree
        })
    }

    /// A tree of given files, for the rules' own tests.
    pub(crate) fn of(mut files: Vec<File>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let sources = files
            .iter()
            .filter(|file| file.path.ends_with(".rs"))
            .map(|file| Source::new(&file.path, &file.text));
        Self { sources: sources.collect(), files }
    }

    #[cfg(test)]
    pub(crate) fn sample(files: &[(&str, &str)]) -> Self {
        Self::of(
            files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() }).collect(),
        )
    }

    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// All Rust files.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let kind = entry.file_type().unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        let skipped = entry.file_name().to_str().is_none_or(|name| SKIPPED.contains(&name));
        if kind.is_dir() && !skipped {
            collect(&entry.path(), paths);
        } else if kind.is_file() {
            paths.push(entry.path());
        }
    }
}

/// The file if it is text of ours. One that went away since it was listed, or is not UTF-8, is not.
fn read(root: &Path, path: &Path) -> Option<File> {
    let short = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if !TEXT.contains(&ending) && !SCRIPTS.contains(&short.as_str()) {
        return None;
    }
    Some(File { text: fs::read_to_string(path).ok()?, path: short })
}
