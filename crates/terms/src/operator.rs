//! A person of the operator's staff, as the journal names them.

use crate::{Invalid, invalid::text_type};

/// 2 to 40 of a–z, 0–9, `.` and `-`, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorName(String);

impl OperatorName {
    /// Reads a name.
    ///
    /// # Errors
    /// Too short, too long, another character.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let first_fine = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let rest_fine =
            text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        if (2..=40).contains(&text.len()) && first_fine && rest_fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("operator name", "2 to 40 of a-z, 0-9, '.' and '-', a letter first"))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(OperatorName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names() {
        for name in ["akari", "a.b", "minato-2"] {
            assert_eq!(OperatorName::parse(name).expect(name).as_str(), name);
        }
        let long = "a".repeat(41);
        for name in ["", "a", "Akari", "1a", ".a", "a b", "あかり", &long] {
            assert!(OperatorName::parse(name).is_err(), "{name}");
        }
    }
}
