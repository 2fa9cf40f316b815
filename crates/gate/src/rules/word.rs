//! The words of an expression: names, numbers, texts and signs, each with its place.

use super::mistake::Wrong;

/// What a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Name(String),
    /// Without its sign, so that the smallest number can be written.
    Whole(u64),
    Text(String),
    Sign(&'static str),
    End,
}

impl Word {
    /// As people call it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
            Self::Whole(number) => format!("`{number}`"),
            Self::Text(text) => format!("`'{text}'`"),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// Longer signs first.
const SIGNS: [&str; 23] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".",
    "?", ":", "=",
];

/// Reads all words; the last one is the end.
pub(super) fn words(text: &str) -> Result<Vec<(Word, usize)>, Wrong> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let (word, length) = match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = run(&text[at..], |b| b.is_ascii_alphanumeric() || b == b'_');
                (Word::Name(text[at..at + length].to_owned()), length)
            }
            '0'..='9' => number(&text[at..], at)?,
            '\'' | '"' => quoted(&text[at..], first, at)?,
            _ => sign(&text[at..], first, at)?,
        };
        found.push((word, at));
        at += length;
    }
    found.push((Word::End, text.len()));
    Ok(found)
}

fn run(text: &str, fits: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|b| fits(*b)).count()
}

fn number(text: &str, at: usize) -> Result<(Word, usize), Wrong> {
    let length = run(text, |b| b.is_ascii_alphanumeric() || b == b'_');
    let is_fraction =
        text[length..].starts_with('.') && text[length + 1..].starts_with(|c: char| c.is_ascii_digit());
    let number = text[..length].parse::<u64>().ok().filter(|number| *number <= 1 << 63);
    match number {
        Some(number) if !is_fraction => Ok((Word::Whole(number), length)),
        _ => Err(Wrong::new(at, "a whole number in digits is expected, such as 3 or 50000")),
    }
}

fn quoted(text: &str, quote: char, at: usize) -> Result<(Word, usize), Wrong> {
    let Some(length) = text[1..].find(quote) else {
        return Err(Wrong::new(at, format!("this text has no end: `{quote}` is missing")));
    };
    let inner = &text[1..=length];
    if inner.contains(['\\', '\n', '\r']) {
        return Err(Wrong::new(at, "a text stands on one line and has no `\\` in it"));
    }
    Ok((Word::Text(inner.to_owned()), length + 2))
}

fn sign(text: &str, first: char, at: usize) -> Result<(Word, usize), Wrong> {
    let Some(sign) = SIGNS.iter().find(|sign| text.starts_with(**sign)) else {
        let better = match first {
            '&' => ": and is written `&&`",
            '|' => ": or is written `||`",
            '{' => ": maps are not allowed in rules",
            _ => "",
        };
        return Err(Wrong::new(at, format!("`{first}` means nothing here{better}")));
    };
    if *sign == "=" {
        return Err(Wrong::new(at, "`=` means nothing here: equal is written `==`"));
    }
    Ok((Word::Sign(sign), sign.len()))
}
