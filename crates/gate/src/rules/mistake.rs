//! What is wrong with a rule file: where, what, and what is allowed there.

use std::fmt;

/// One thing that is wrong in a file of rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what is allowed.
    pub what: String,
}

impl Mistake {
    /// At a byte of the text; a place behind its end is its end.
    pub(super) fn at(text: &str, byte: usize, what: impl Into<String>) -> Self {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &text[..byte];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.bytes().filter(|b| *b == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: what.into(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.what)
    }
}

/// Something wrong at a byte of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The byte, from the expression's begin.
    pub(super) at: usize,
    /// What is wrong, and what is allowed.
    pub(super) what: String,
}

impl Wrong {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_columns_of_characters() {
        let text = "a\n口座 x\n";
        for (byte, line, column) in [(0, 1, 1), (2, 2, 1), (5, 2, 2), (6, 2, 2), (9, 2, 4), (99, 3, 1)] {
            let mistake = Mistake::at(text, byte, "");
            assert_eq!((mistake.line, mistake.column), (line, column), "{byte}");
        }
    }
}
