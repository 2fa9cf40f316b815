//! The name that a customer gives out to be paid.

use crate::{Invalid, invalid::text_type};

/// 3 to 20 of a–z, 0–9 and `_`, a letter first; written with or without `@`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

impl Handle {
    /// Reads a handle; a leading `@` is left out, capitals become small.
    ///
    /// # Errors
    /// Too short, too long, another character.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bare = text.strip_prefix('@').unwrap_or(text).to_ascii_lowercase();
        let first_fine = bare.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let rest_fine = bare.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if (3..=20).contains(&bare.len()) && first_fine && rest_fine {
            Ok(Self(bare))
        } else {
            Err(Invalid::new("handle", "3 to 20 of a-z, 0-9 and _, a letter first"))
        }
    }

    /// Without the `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(Handle);
