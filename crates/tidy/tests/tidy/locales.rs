//! Japanese and English have the same keys, with the same places to fill in.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    complaint::Complaint,
    tree::{File, Tree},
};

/// What one language says under one key.
struct Message<'a> {
    file: &'a str,
    line: usize,
    /// The names after `$`.
    places: BTreeSet<&'a str>,
}

type Language<'a> = BTreeMap<String, Message<'a>>;

pub(crate) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut languages: BTreeMap<(&str, &str), Language<'_>> = BTreeMap::new();
    for file in tree.files() {
        if let Some((folder, language)) = language_of(&file.path) {
            read(file, languages.entry((folder, language)).or_default(), &mut complaints);
        }
    }
    for ((folder, language), messages) in &languages {
        for ((_, other_name), other) in languages.iter().filter(|((f, l), _)| f == folder && l != language) {
            for (key, message) in messages {
                let complain =
                    |what: String, better: &str| Complaint::new(message.file, message.line, what, better);
                match other.get(key) {
                    None => complaints.push(complain(
                        format!("`{key}` is in {language}, but not in {other_name}"),
                        "say it in both languages, or in none",
                    )),
                    Some(twin) if twin.places != message.places => complaints.push(complain(
                        format!(
                            "`{key}` fills in {:?} in {language}, {:?} in {other_name}",
                            message.places, twin.places
                        ),
                        "the same places in both languages",
                    )),
                    Some(_) => {}
                }
            }
        }
    }
    complaints
}

/// `…/locales/ja.ftl` and `…/locales/ja/pages.ftl` are both Japanese of the same folder.
fn language_of(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_suffix(".ftl")?;
    let at = rest.find("locales/")?;
    Some((&rest[..at], rest[at + "locales/".len()..].split('/').next()?))
}

fn read<'a>(file: &'a File, messages: &mut Language<'a>, complaints: &mut Vec<Complaint>) {
    let mut key = String::new();
    for (at, line) in file.text.lines().enumerate() {
        let head = line.split_once('=').map(|(head, _)| head.trim());
        let starts_key = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-');
        if let (true, Some(head)) = (starts_key, head) {
            key = head.to_owned();
        } else if let Some(attribute) = head.filter(|head| line.starts_with(' ') && head.starts_with('.')) {
            key = format!("{}{attribute}", key.split('.').next().unwrap_or_default());
        } else if !line.starts_with(' ') {
            continue;
        }
        let is_new = head.is_some_and(|head| starts_key || (line.starts_with(' ') && head.starts_with('.')));
        if is_new && messages.contains_key(&key) {
            complaints.push(Complaint::new(
                &file.path,
                at + 1,
                format!("`{key}` stands twice"),
                "one key, one sentence",
            ));
        }
        let message = messages.entry(key.clone()).or_insert_with(|| Message {
            file: &file.path,
            line: at + 1,
            places: BTreeSet::new(),
        });
        let places = line.split('$').skip(1);
        message.places.extend(places.map(|rest| {
            let end =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
            &rest[..end]
        }));
    }
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn complains_about_a_key_or_a_place_that_one_language_lacks() {
        let tree = Tree::sample(&[
            (
                "locales/ja.ftl",
                "# 見出し\nhello = こんにちは { $name }\nonly-ja = 日本語\nlong =\n    { $a }\n    .title = 題\n",
            ),
            ("locales/en.ftl", "hello = Hello\nlong =\n    { $a }\n    .title = Title\nlong = again\n"),
        ]);
        let said: Vec<String> = super::check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 4, "{said:#?}");
        for part in ["ja.ftl:3: `only-ja`", "ja.ftl:2: `hello` fills in", "en.ftl:5: `long` stands twice"] {
            assert!(said.iter().any(|line| line.contains(part)), "{part}: {said:#?}");
        }
    }
}
