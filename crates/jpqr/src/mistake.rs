//! What is wrong with a code, where, and what would have been allowed.

use std::fmt;

/// Why a text is not a code, or why a code cannot be written.
///
/// Never repeats what the code said: a consumer-presented code is as good as money while it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it was seen.
    pub place: Place,
    /// What it is.
    pub wrong: Wrong,
}

/// Where a mistake was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// So many characters into the text, from 0.
    Character(usize),
    /// So many bytes into the Base64-decoded content, from 0.
    Byte(usize),
    /// In a value that was to be written or parsed: there is no text yet to count in.
    Value,
}

/// The kinds of mistakes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wrong {
    /// The text is longer than the standard lets any code be.
    TooLong {
        /// The greatest length, in characters.
        limit: usize,
    },
    /// The text does not end in `6304` and four hexadecimal digits in capitals.
    NoChecksum,
    /// The text was damaged on its way: its check sum is another.
    Checksum,
    /// The text is not Base64 of the standard alphabet with padding.
    NotBase64,
    /// A tag or a length was due here, and this is none.
    NotAHeader {
        /// What may stand here.
        allowed: &'static str,
    },
    /// A length says more than there is.
    Truncated {
        /// What the length says.
        length: usize,
        /// What is left.
        left: usize,
    },
    /// A field that every such code has is not there.
    Missing {
        /// Its tag and name.
        field: &'static str,
    },
    /// The same tag stands twice.
    Twice {
        /// The tag.
        tag: u8,
    },
    /// A field is there that must not be there.
    Unexpected {
        /// Its tag and name.
        field: &'static str,
        /// Why not.
        because: &'static str,
    },
    /// A field's value is not one that may stand there.
    NotAllowed {
        /// Its tag and name.
        field: &'static str,
        /// What may stand there.
        allowed: &'static str,
    },
}

impl Mistake {
    pub(crate) fn at(character: usize, wrong: Wrong) -> Self {
        Self { place: Place::Character(character), wrong }
    }

    pub(crate) fn at_byte(byte: usize, wrong: Wrong) -> Self {
        Self { place: Place::Byte(byte), wrong }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Character(at) => write!(f, "at character {at}: ")?,
            Place::Byte(at) => write!(f, "at byte {at}: ")?,
            Place::Value => {}
        }
        match &self.wrong {
            Wrong::TooLong { limit } => {
                write!(f, "the code is too long; allowed: at most {limit} characters")
            }
            Wrong::NoChecksum => {
                f.write_str("the code has no check sum; allowed: 6304 and four of 0-9 A-F at the very end")
            }
            Wrong::Checksum => f.write_str("the check sum does not fit: the code is damaged, scan it again"),
            Wrong::NotBase64 => f.write_str("not Base64; allowed: A-Z a-z 0-9 + / and = as padding"),
            Wrong::NotAHeader { allowed } => write!(f, "a field should begin here; allowed: {allowed}"),
            Wrong::Truncated { length, left } => {
                write!(f, "a field says length {length}, but only {left} are left")
            }
            Wrong::Missing { field } => write!(f, "field {field} is missing"),
            Wrong::Twice { tag } => write!(f, "field {tag:02} stands twice; allowed: once"),
            Wrong::Unexpected { field, because } => write!(f, "field {field} may not be here: {because}"),
            Wrong::NotAllowed { field, allowed } => {
                write!(f, "field {field} has a wrong value; allowed: {allowed}")
            }
        }
    }
}

impl std::error::Error for Mistake {}
