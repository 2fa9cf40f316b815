//! Names that say nothing, and what to say instead.

use crate::{complaint::Complaint, source::words, tree::Tree};

/// Names of files, folders and modules that could hold anything.
const EMPTY: &[(&str, &str)] = &[
    ("util", "the thing it works on, as `yen.rs`, `kana.rs`"),
    ("utils", "the thing it works on, as `yen.rs`, `kana.rs`"),
    ("helper", "put it beside the code it serves; in tests, name what it sets up, as `stage.rs`"),
    ("helpers", "put it beside the code it serves; in tests, name what it sets up, as `stage.rs`"),
    ("manager", "what it decides or keeps, as `sessions.rs`, `keys.rs`"),
    ("data", "what it holds, as `people.rs`, `directory.rs`"),
    ("common", "terms if it is a word of ours, else beside its first user; in tests, `stage.rs`"),
    ("misc", "one file for each thing in it"),
    ("stuff", "one file for each thing in it"),
    ("types", "the things themselves, one file each"),
    ("models", "the things themselves, one file each"),
];

/// Ends of type names that say nothing.
const EMPTY_ENDS: &[(&str, &str)] = &[
    ("Manager", "what it decides or keeps"),
    ("Helper", "the thing itself"),
    ("Utils", "the thing itself"),
    ("Dto", "the word of the glossary, without an ending"),
    ("Impl", "what makes this one different, as `SqliteShelf`"),
];

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in tree.sources() {
        for part in source.path.trim_end_matches(".rs").split('/') {
            if let Some((name, better)) = EMPTY.iter().find(|(name, _)| *name == part) {
                let what = format!("`{name}` says nothing about what is inside");
                complaints.push(Complaint::new(&source.path, 1, what, *better));
            }
        }
        for at in words(&source.code, "mod") {
            let name = identifier(&source.code[at + 3..]);
            let inline = source.code[at + 3..].trim_start()[name.len()..].trim_start().starts_with('{');
            if let Some((_, better)) = EMPTY.iter().find(|(empty, _)| inline && *empty == name) {
                let what = format!("module `{name}` says nothing about what is inside");
                complaints.push(Complaint::new(&source.path, source.line_of(at), what, *better));
            }
        }
        for (at, name) in types(&source.code) {
            if let Some((end, better)) = EMPTY_ENDS.iter().find(|(end, _)| name.ends_with(end)) {
                let what = format!("type `{name}`: `{end}` says nothing");
                complaints.push(Complaint::new(&source.path, source.line_of(at), what, *better));
            }
        }
    }
    complaints
}

/// Where types are declared, and their names.
pub(crate) fn types(code: &str) -> Vec<(usize, &str)> {
    let keywords = ["struct", "enum", "trait", "type"];
    let places =
        keywords.iter().flat_map(|word| words(code, word).into_iter().map(|at| (at, at + word.len())));
    places
        .map(|(at, after)| (at, identifier(&code[after..])))
        .filter(|(_, name)| name.starts_with(char::is_uppercase))
        .collect()
}

fn identifier(code: &str) -> &str {
    let code = code.trim_start();
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len());
    &code[..end]
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn complains_about_empty_names() {
        let tree = Tree::sample(&[
            ("crates/a/src/utils.rs", "pub struct KeyManager;\n"),
            ("crates/a/tests/common/mod.rs", "mod helpers { }\n"),
            ("crates/a/src/yen.rs", "struct Yen(u64);\nmod data_sheet { }\n// struct XManager;\n"),
        ]);
        let said: Vec<String> = super::check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 4, "{said:#?}");
    }
}
