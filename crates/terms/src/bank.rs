//! A bank's code in the Zengin system.

use crate::{Invalid, invalid::text_type};

/// Four digits that name a bank, such as `0001`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BankCode([u8; 4]);

impl BankCode {
    /// Reads four digits.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match <[u8; 4]>::try_from(text.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(Self(digits)),
            _ => Err(Invalid::new("bank code", "four digits, such as 0001")),
        }
    }

    /// The four digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("0000")
    }

    /// The code as a number, 0 to 9999.
    pub fn number(&self) -> u16 {
        self.0.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'))
    }
}

impl std::fmt::Debug for BankCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

text_type!(BankCode);
