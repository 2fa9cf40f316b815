//! Reads a file of TOML, or says in one line what is wrong with it: file, line, field, and what is allowed.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use std::fmt;
use toml::Spanned;

/// The longest file that is read, in bytes.
pub(crate) const MAX_BYTES: usize = 256 * 1024;

/// What is wrong with a file that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {field}: {why}")]
pub struct TableWrong {
    /// Which file.
    pub file: String,
    /// Which line of it, from 1.
    pub line: usize,
    /// The key on that line, or the part of the file.
    pub field: String,
    /// What is wrong, and what is allowed.
    pub why: String,
}

/// A file and its text, so that what is found wrong later can still be given its line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'t> {
    /// The name to show.
    pub(crate) file: &'t str,
    /// What stands in it.
    pub(crate) text: &'t str,
}

impl Table<'_> {
    /// The value that the file writes.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, TableWrong> {
        if self.text.len() > MAX_BYTES {
            return Err(self.wrong_at(0, format!("the file is longer than {MAX_BYTES} bytes")));
        }
        toml::from_str(self.text).map_err(|wrong| {
            let at = wrong.span().map_or(0, |span| span.start);
            self.wrong_at(at, wrong.message().replace('\n', " "))
        })
    }

    /// Something wrong with a value of the file.
    pub(crate) fn wrong<T>(self, value: &Spanned<T>, why: impl Into<String>) -> TableWrong {
        self.wrong_at(value.span().start, why)
    }

    /// Something wrong at a byte of the file.
    pub(crate) fn wrong_at(self, at: usize, why: impl Into<String>) -> TableWrong {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count();
        TableWrong { file: self.file.to_owned(), line: line + 1, field: self.field(line), why: why.into() }
    }

    /// The key of a line, behind the name of its table.
    fn field(self, line: usize) -> String {
        let name = |text: &str| text.trim().trim_matches(['[', ']', '"']).trim().to_owned();
        let lines: Vec<&str> = self.text.lines().take(line + 1).collect();
        let here = lines.last().copied().unwrap_or_default();
        let table = lines.iter().rev().find(|line| line.starts_with('[')).map(|line| name(line));
        // A value of several lines belongs to the key above it.
        let key = lines.iter().rev().take_while(|line| !line.starts_with('[')).find_map(|line| {
            let (key, _) = line.split_once('=')?;
            (!key.trim_start().starts_with('#')).then(|| name(key))
        });
        match (table, key) {
            (Some(table), _) if here.starts_with('[') => table,
            (Some(table), Some(key)) => format!("{table}.{key}"),
            (None, Some(key)) => key,
            (Some(table), None) => table,
            (None, None) => "the file".to_owned(),
        }
    }
}

/// A whole number from `MIN` to `MAX`, in the unit that its key ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole<const MIN: u64, const MAX: u64>(u64);

/// Yen, up to a hundred million.
pub type WholeYen = Whole<0, 100_000_000>;

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    /// Nothing at all, where the bounds allow it.
    pub const ZERO: Self = Self(MIN);

    /// The number; nothing outside of the bounds.
    pub const fn new(number: u64) -> Option<Self> {
        if MIN <= number && number <= MAX { Some(Self(number)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<const MIN: u64, const MAX: u64>;
        impl<const MIN: u64, const MAX: u64> serde::de::Visitor<'_> for Reader<MIN, MAX> {
            type Value = Whole<MIN, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}, in the unit that the key ends with")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
                let wrong = || E::invalid_value(serde::de::Unexpected::Signed(number), &self);
                u64::try_from(number).ok().and_then(Whole::new).ok_or_else(wrong)
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
                let wrong = || E::invalid_value(serde::de::Unexpected::Unsigned(number), &self);
                Whole::new(number).ok_or_else(wrong)
            }
        }
        deserializer.deserialize_u64(Reader::<MIN, MAX>)
    }
}

/// A list of names for people: `a, b, c`.
pub(crate) fn named<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
