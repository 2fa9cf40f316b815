//! Marks of unfinished work, and paths that exist on one machine only.

use crate::{complaint::Complaint, source::words, tree::Tree};

/// Marks, cut in two so that this file does not complain about itself.
const MARKS: &[(&str, &str)] = &[
    (concat!("FIX", "ME"), "mend it, or open an issue and name it"),
    (concat!("XX", "X"), "mend it, or open an issue and name it"),
    (concat!("TO", "DO"), "do it, or open an issue and name it"),
    (concat!("HA", "CK"), "say why it is as it is"),
    (concat!("to", "do!"), "write it, or leave the branch out"),
    (concat!("unimplemented", "!"), "write it, or leave the branch out"),
    (concat!("#[ign", "ore"), "a test that runs, or none"),
];

/// Beginnings of paths that are true on one machine.
const MACHINE: [&str; 6] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/t", "mp/"),
    concat!("/fa", "rm/"),
];

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in tree.sources() {
        for (mark, better) in MARKS {
            for at in words(&source.text, mark) {
                let what = format!("`{mark}` left in the tree");
                complaints.push(Complaint::new(&source.path, source.line_of(at), what, *better));
            }
        }
        let in_src = source.path.contains("/src/");
        for line in source.lines_with(".unwrap()").into_iter().filter(|_| in_src) {
            let better = "`?`, a refusal, a fault, or `expect` with the reason why it cannot be";
            complaints.push(Complaint::new(&source.path, line, "`.unwrap()` outside tests", better));
        }
    }
    complaints
}

pub(crate) fn check_paths(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.files() {
        for (number, line) in file.text.lines().enumerate() {
            for start in MACHINE {
                let own = |(at, _): (usize, &str)| {
                    let before = line[..at].chars().next_back();
                    let after = line[at + start.len()..].chars().next();
                    // After a letter, digit, dot or variable it is the middle of an address or of a longer path.
                    before.is_none_or(|c| !c.is_alphanumeric() && !"._-/}*".contains(c))
                        && after.is_some_and(char::is_alphanumeric)
                };
                if line.match_indices(start).any(own) {
                    let what = format!("`{start}…` is a path of one machine");
                    let better =
                        "a path from the root of the tree, an argument, or a temporary folder asked for";
                    complaints.push(Complaint::new(&file.path, number + 1, what, better));
                }
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn complains_about_marks_and_paths() {
        let path = super::MACHINE[0];
        let text = format!(
            "//! A job.\n// {}: later\nfn f() {{ g().unwrap() }}\nconst A: &str = \"{path}a\";\n// https://a.b{path}x\n",
            super::MARKS[0].0
        );
        let tree = Tree::sample(&[
            ("crates/a/src/lib.rs", &text),
            ("crates/a/tests/t.rs", "fn f() { g().unwrap() }"),
        ]);
        let said = super::check(&tree);
        assert_eq!(said.iter().map(|complaint| complaint.line).collect::<Vec<_>>(), [2, 3], "{said:?}");
        let said = super::check_paths(&tree);
        assert_eq!(said.iter().map(|complaint| complaint.line).collect::<Vec<_>>(), [4], "{said:?}");
    }
}
