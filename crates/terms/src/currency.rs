//! A currency by its ISO 4217 letters.

use crate::{Invalid, amount::grouped, invalid::text_type};
use std::fmt;

/// Three capital letters as in ISO 4217. Whether such a currency exists is the operator's business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The yen, whose minor unit is the yen itself.
    pub const JPY: Self = Self(*b"JPY");

    /// The first of all in the order of the alphabet, for ranges.
    pub const FIRST: Self = Self(*b"AAA");

    /// Reads the three letters.
    ///
    /// # Errors
    /// Anything but three capital letters A to Z.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            _ => Err(Invalid::new("currency", "three capital letters (ISO 4217), such as JPY")),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in, so the other arm is never taken.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Minor units for people: `¥1,234`, and `USD 1,234` (cents) for currencies whose digits we do not know.
    pub fn show(self, minor: i128) -> String {
        let sign = if minor < 0 { "-" } else { "" };
        let digits = grouped(minor.unsigned_abs());
        if self == Self::JPY { format!("{sign}¥{digits}") } else { format!("{sign}{self} {digits}") }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

text_type!(Currency);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_three_capital_letters() {
        for text in ["JPY", "USD", "EUR"] {
            assert_eq!(Currency::parse(text).map(|currency| currency.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "JP", "JPYX", "jpy", "JP1", "JP ", "円", "ÀBC"] {
            assert!(Currency::parse(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Currency>("\"yen\"").is_err());
        assert_eq!(serde_json::to_string(&Currency::JPY).ok().as_deref(), Some("\"JPY\""));
    }

    #[test]
    fn only_yen_are_shown_as_yen() {
        assert_eq!(Currency::JPY.show(-1_234), "-¥1,234");
        assert_eq!(
            Currency::parse("USD").map(|dollar| dollar.show(1_234_567)).as_deref(),
            Ok("USD 1,234,567")
        );
    }
}
