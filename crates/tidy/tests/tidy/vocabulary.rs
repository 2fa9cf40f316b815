//! One word for one thing: words that the glossary replaces, in the names of types.

use crate::{complaint::Complaint, names::types, tree::Tree};

/// Crates that speak of customers, banks and money. The sandbox is written from another side.
const SPEAKERS: [&str; 8] = ["terms", "ledger", "gate", "engine", "store", "teller", "server", "banks"];

/// The word, what the glossary says instead, and what may stand before it (a term of a standard).
const WORDS: &[(&str, &str, &[&str])] = &[
    ("User", "Customer (Depositor without a wallet, Operator at the console)", &["Webauthn"]),
    ("Member", "Customer", &[]),
    ("Admin", "Operator", &[]),
    ("Provider", "Bank, or OpenIdProvider for the standard's party", &["Id"]),
    ("Institution", "Bank", &[]),
    ("Binding", "Link", &[]),
    ("Mandate", "Link", &[]),
    ("Approval", "Consent", &[]),
    ("Kyc", "Assurance, Proofing", &[]),
    ("Movement", "Transfer", &[]),
    ("Alert", "Finding", &[]),
    ("Score", "Finding, Verdict", &[]),
    ("Ticket", "Case", &[]),
    ("Command", "Ask", &[]),
    ("Dto", "the thing's own word", &[]),
];

/// Whole names.
const WHOLE: &[(&str, &str)] = &[
    ("Error", "Refusal (an expected no), Fault (something broke), or a name that says what failed"),
    ("Transaction", "Transfer, Payment, or the ask"),
    ("KillSwitch", "Breaker"),
    ("WalletAccount", "Account"),
];

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in tree.sources().iter().filter(|source| SPEAKERS.contains(&source.krate())) {
        for (at, name) in types(&source.code) {
            // `type Error = …` in an impl is a trait's word, not ours.
            let of_trait = source.code[at..].starts_with("type") && ["Error", "Err"].contains(&name);
            if source.is_test(source.line_of(at)) || of_trait {
                continue;
            }
            let better = WHOLE
                .iter()
                .find(|(word, _)| *word == name)
                .map(|(_, better)| *better)
                .or_else(|| word_in(name));
            if let Some(better) = better {
                let what = format!("type `{name}` uses a word that the glossary replaces");
                complaints.push(Complaint::new(&source.path, source.line_of(at), what, better));
            }
        }
    }
    complaints
}

fn word_in(name: &str) -> Option<&'static str> {
    let parts = parts(name);
    parts.iter().enumerate().find_map(|(at, part)| {
        let before = at.checked_sub(1).map_or("", |before| parts[before]);
        let found = WORDS.iter().find(|(word, _, after)| word == part && !after.contains(&before));
        found.map(|(_, better, _)| *better)
    })
}

/// `OpenIdProvider` gives `Open`, `Id`, `Provider`.
fn parts(name: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        name.char_indices().filter(|(_, c)| c.is_uppercase()).map(|(at, _)| at).collect();
    starts.push(name.len());
    starts.windows(2).map(|pair| &name[pair[0]..pair[1]]).collect()
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn complains_about_other_words_for_our_things() {
        let tree = Tree::sample(&[
            (
                "crates/engine/src/a.rs",
                "struct UserId;\nenum Error {}\nimpl X { type Error = Y; }\nstruct OpenIdProvider;\nstruct UserlandX;\n",
            ),
            ("crates/sandbox/src/a.rs", "struct User;\n"),
        ]);
        let lines: Vec<usize> = super::check(&tree).iter().map(|complaint| complaint.line).collect();
        assert_eq!(lines, [1, 2]);
    }
}
