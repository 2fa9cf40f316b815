//! A four-digit PIN.

/// How many there are.
pub const PINS: usize = 10_000;

/// Four decimal digits, `0000` to `9999`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin(u16);

impl Pin {
    /// The PIN of a number; nothing above 9999.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        if number < 10_000 { Some(Self(number)) } else { None }
    }

    /// The PIN of exactly four digits; nothing for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok().and_then(Self::new) } else { None }
    }

    /// The PIN as a number, 0 to 9999.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Its place in a table of all PINs.
    pub(crate) fn place(self) -> usize {
        usize::from(self.0)
    }

    /// Its digits, the first one first.
    pub(crate) const fn digits(self) -> [u16; 4] {
        [self.0 / 1_000, self.0 / 100 % 10, self.0 / 10 % 10, self.0 % 10]
    }

    /// All PINs in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..10_000).map(Self)
    }

    /// The PIN of two two-digit halves; each is taken modulo 100.
    pub(crate) const fn of_halves(first: u16, second: u16) -> Self {
        Self(first % 100 * 100 + second % 100)
    }
}

impl std::fmt::Display for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_digits_are_a_pin() {
        for text in ["0000", "0849", "9999"] {
            assert_eq!(Pin::parse(text).map(|pin| pin.to_string()).as_deref(), Some(text));
        }
        for text in ["", "123", "12345", "12a4", "+123", "１２３４", " 123"] {
            assert_eq!(Pin::parse(text), None, "{text}");
        }
        assert_eq!((Pin::new(9_999).is_some(), Pin::new(10_000)), (true, None));
    }
}
