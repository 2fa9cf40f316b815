//! The fields of a merchant-presented code: two digits of tag, two digits of length, the value.

use crate::{Mistake, Wrong};

/// One field as it stands in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    /// 0 to 99.
    pub(crate) tag: u8,
    /// Its value: 0 to 99 characters.
    pub(crate) value: &'a str,
    /// Where the value begins, in characters from the start of the whole code.
    pub(crate) at: usize,
}

/// All fields of one level, each tag once, in the order in which they stand.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    fields: Vec<Field<'a>>,
    /// Where the level begins: the place to name when a field is missing.
    at: usize,
}

impl<'a> Fields<'a> {
    /// Reads a whole level; `at` is where it begins, in characters from the start of the whole code.
    ///
    /// The caller bounds the text; every turn takes at least four characters off it.
    pub(crate) fn read(text: &'a str, at: usize) -> Result<Self, Mistake> {
        let mut fields: Vec<Field<'a>> = Vec::new();
        let mut rest = text;
        let mut here = at;
        while !rest.is_empty() {
            let (tag, length) = header(rest).ok_or(Mistake::at(
                here,
                Wrong::NotAHeader { allowed: "two digits of tag and two digits of length" },
            ))?;
            if fields.iter().any(|field| field.tag == tag) {
                return Err(Mistake::at(here, Wrong::Twice { tag }));
            }
            here += 4;
            rest = &rest[4..];
            let end =
                end_of(rest, length).map_err(|left| Mistake::at(here, Wrong::Truncated { length, left }))?;
            fields.push(Field { tag, value: &rest[..end], at: here });
            here += length;
            rest = &rest[end..];
        }
        Ok(Self { fields, at })
    }

    /// The first field of the level.
    pub(crate) fn first(&self) -> Option<Field<'a>> {
        self.fields.first().copied()
    }

    /// The field with this tag, if it is there.
    pub(crate) fn maybe(&self, tag: u8) -> Option<Field<'a>> {
        self.fields.iter().find(|field| field.tag == tag).copied()
    }

    /// The field with this tag, which must be there.
    pub(crate) fn one(&self, tag: u8, name: &'static str) -> Result<Field<'a>, Mistake> {
        self.maybe(tag).ok_or(Mistake::at(self.at, Wrong::Missing { field: name }))
    }

    /// The field with this tag, if it is there; its value must satisfy `allows`.
    pub(crate) fn optional(
        &self,
        tag: u8,
        name: &'static str,
        allowed: &'static str,
        allows: impl Fn(&str) -> bool,
    ) -> Result<Option<&'a str>, Mistake> {
        match self.maybe(tag) {
            None => Ok(None),
            Some(field) if allows(field.value) => Ok(Some(field.value)),
            Some(field) => Err(Mistake::at(field.at, Wrong::NotAllowed { field: name, allowed })),
        }
    }

    /// The field with this tag, which must be there and satisfy `allows`.
    pub(crate) fn required(
        &self,
        tag: u8,
        name: &'static str,
        allowed: &'static str,
        allows: impl Fn(&str) -> bool,
    ) -> Result<&'a str, Mistake> {
        self.one(tag, name)?;
        self.optional(tag, name, allowed, allows)?.ok_or(Mistake::at(self.at, Wrong::Missing { field: name }))
    }
}

/// Tag and length at the start of the text.
fn header(text: &str) -> Option<(u8, usize)> {
    let [a, b, c, d] = *text.as_bytes().first_chunk::<4>()?;
    let two = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
    };
    Some((two(a, b)?, usize::from(two(c, d)?)))
}

/// The byte at which `characters` characters end, or how many characters there are if these are fewer.
fn end_of(text: &str, characters: usize) -> Result<usize, usize> {
    let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    ends.nth(characters).ok_or_else(|| text.chars().count())
}

/// Appends a field; every caller has bounded the value to at most 99 characters.
pub(crate) fn push(text: &mut String, tag: u8, value: &str) {
    let length = value.chars().count();
    debug_assert!(tag <= 99 && length <= 99, "field {tag} with {length} characters");
    text.push_str(&format!("{tag:02}{length:02}{value}"));
}
