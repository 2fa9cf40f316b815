//! What is not in order: where, what, and what would be better.

use std::fmt;

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Complaint {
    /// Path from the root of the tree.
    pub(crate) file: String,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) what: String,
    pub(crate) better: String,
}

impl Complaint {
    pub(crate) fn new(file: &str, line: usize, what: impl Into<String>, better: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into(), better: better.into() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}. Better: {}", self.file, self.line, self.what, self.better)
    }
}

/// Fails the test with one line per complaint.
pub(crate) fn settle(mut complaints: Vec<Complaint>) {
    complaints.sort();
    let lines: String = complaints.iter().map(|complaint| format!("\n{complaint}")).collect();
    assert!(complaints.is_empty(), "{} not in order:{lines}\n", complaints.len());
}
