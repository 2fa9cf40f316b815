//! A Rust file seen in three ways: as it is, without comments, and without comments and texts.

/// Byte for byte as long as the file, so a place in one is a place in all.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    /// Comments are blanks.
    pub(crate) uncommented: String,
    /// Comments and the insides of texts are blanks.
    pub(crate) code: String,
    /// For each line, whether it only exists in tests.
    test_lines: Vec<bool>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let (uncommented, code) = blank(text);
        let test_lines = test_lines(path, &code);
        Self { path: path.to_owned(), text: text.to_owned(), uncommented, code, test_lines }
    }

    /// The crate's folder name, for files under `crates/`.
    pub(crate) fn krate(&self) -> &str {
        self.path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()).unwrap_or_default()
    }

    /// The line, from 1, of a byte.
    pub(crate) fn line_of(&self, at: usize) -> usize {
        self.text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// Whether a line, from 1, only exists in tests.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.test_lines.get(line - 1).copied().unwrap_or(true)
    }

    /// Lines, from 1, outside tests on which `word` stands as a whole in the code.
    pub(crate) fn lines_with(&self, word: &str) -> Vec<usize> {
        let lines = words(&self.code, word).into_iter().map(|at| self.line_of(at));
        lines.filter(|line| !self.is_test(*line)).collect()
    }

    /// Every path that a `use` brings in, flattened, with its line: `use a::{b, c::d}` gives `a::b`, `a::c::d`.
    pub(crate) fn uses(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for at in words(&self.code, "use") {
            let rest = &self.code[at + 3..];
            let Some(end) = rest.find(';') else { continue };
            let tree: String = rest[..end].split_whitespace().collect::<Vec<_>>().join(" ");
            let line = self.line_of(at);
            flatten("", &tree, &mut |path| found.push((line, path)));
        }
        found
    }
}

/// Where `word` stands with no letter, digit or underscore beside it.
pub(crate) fn words(text: &str, word: &str) -> Vec<usize> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let starts_inside = word.starts_with(inside);
    let ends_inside = word.ends_with(inside);
    text.match_indices(word)
        .filter(|(at, _)| {
            (!starts_inside || !text[..*at].ends_with(inside))
                && (!ends_inside || !text[at + word.len()..].starts_with(inside))
        })
        .map(|(at, _)| at)
        .collect()
}

fn flatten(before: &str, tree: &str, give: &mut impl FnMut(String)) {
    let tree = tree.trim();
    match tree.split_once('{') {
        None if tree.is_empty() => {}
        None => give(format!("{before}{}", tree.split(" as ").next().unwrap_or(tree).trim())),
        Some((head, rest)) => {
            let head = format!("{before}{}", head.trim());
            let inner = rest.trim_end().strip_suffix('}').unwrap_or(rest);
            let mut depth = 0_usize;
            let mut start = 0;
            for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
                match c {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    ',' if depth == 0 => {
                        flatten(&head, &inner[start..at], give);
                        start = (at + 1).min(inner.len());
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The text without comments, and without comments and the insides of texts.
fn blank(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let (mut uncommented, mut code) = (bytes.to_vec(), bytes.to_vec());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let (length, comment, text_inside) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), true, false)
        } else if rest.starts_with("/*") {
            (block_comment(rest), true, false)
        } else if let Some(length) = raw_text(rest, at > 0 && is_word(bytes[at - 1])) {
            (length, false, true)
        } else if rest.starts_with('"') {
            (quoted(rest, '"'), false, true)
        } else if let Some(length) = letter(rest) {
            (length, false, true)
        } else {
            (rest.chars().next().map_or(1, char::len_utf8), false, false)
        };
        let inside = if comment { at..at + length } else { at + 1..(at + length).max(at + 2) - 1 };
        for place in inside.filter(|place| bytes[*place] != b'\n') {
            if comment {
                uncommented[place] = b' ';
            }
            if comment || text_inside {
                code[place] = b' ';
            }
        }
        at += length;
    }
    let whole =
        |bytes| String::from_utf8(bytes).unwrap_or_else(|error| panic!("blanked inside a letter: {error}"));
    (whole(uncommented), whole(code))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// The length of `r"…"`, `r#"…"#`, `br"…"`, if one begins here.
fn raw_text(rest: &str, in_word: bool) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')).filter(|_| !in_word)?;
    let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
    let body = after[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close).map_or(body.len(), |end| end + close.len());
    Some(rest.len() - body.len() + end)
}

fn quoted(rest: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == mark => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of a letter like `'a'`, if one begins here; `'a` alone is a lifetime.
fn letter(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let mut letters = inner.chars();
    match (letters.next()?, letters.next()?) {
        ('\\', _) => Some(quoted(rest, '\'')),
        (first, '\'') => Some(2 + first.len_utf8()),
        _ => None,
    }
}

/// Which lines only exist in tests: whole files under `tests/` or named `tests.rs`, and `#[cfg(test)]` blocks.
fn test_lines(path: &str, code: &str) -> Vec<bool> {
    let count = code.lines().count();
    let whole = path.contains("/tests/") || path.ends_with("/tests.rs") || path.contains("/benches/");
    let mut lines = vec![whole; count];
    for (at, mark) in code.match_indices("#[cfg(test)]") {
        let rest = &code[at + mark.len()..];
        let end = match (rest.find('{'), rest.find(';')) {
            (Some(open), semicolon) if semicolon.is_none_or(|semicolon| open < semicolon) => {
                open + closing(&rest[open..])
            }
            (_, Some(semicolon)) => semicolon,
            _ => rest.len(),
        };
        let line = |at: usize| code.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
        let last = line(at + mark.len() + end).min(count.saturating_sub(1));
        lines[line(at)..=last].fill(true);
    }
    lines
}

/// Where the brace that opens `text` closes.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Source, words};

    const SAMPLE: &str = r##"//! use std::net; a comment
use std::{fs::{self, File}, io as other};
/* fs /* nested */ fs */
fn f<'a>(x: &'a str) -> char {
    let _ = ("a \" fs", r#"fs " fs"#, b"fs", '"', '\'', 'f');
    fs::read(x)
}
#[cfg(test)]
mod tests {
    fn g() { fs::read("}") }
}
fn h() { fs::write() }
#[cfg(test)]
mod more;
fn i() { fs::exists() }
"##;

    #[test]
    fn sees_code_but_not_comments_texts_and_tests() {
        let source = Source::new("crates/a/src/lib.rs", SAMPLE);
        assert_eq!(source.krate(), "a");
        assert_eq!(source.lines_with("fs"), [2, 6, 12, 15]);
        assert_eq!(source.code.len(), SAMPLE.len());
        assert!(source.uncommented.contains("fs \" fs") && !source.uncommented.contains("nested"));
        let uses = [(2, "std::fs::self"), (2, "std::fs::File"), (2, "std::io")];
        assert_eq!(source.uses(), uses.map(|(line, path)| (line, path.to_owned())));
        assert!(Source::new("crates/a/tests/x.rs", SAMPLE).lines_with("fs").is_empty());
    }

    #[test]
    fn finds_whole_words() {
        assert_eq!(words("fs afs fs_ fs::x", "fs"), [0, 11]);
        assert_eq!(words("x.unwrap() .unwrap()", ".unwrap()"), [1, 11]);
    }
}
