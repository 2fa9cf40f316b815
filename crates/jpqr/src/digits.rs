//! Codes made of a fixed number of digits.

use std::{fmt, str::FromStr};

use crate::{Mistake, Place, Wrong};

/// Exactly `N` digits, leading zeros kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits<const N: usize>([u8; N]);

impl<const N: usize> Digits<N> {
    /// The digits as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits ever get in, so the fallback is never seen.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let digits: [u8; N] = bytes.try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }
}

impl<const N: usize> FromStr for Digits<N> {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        Self::from_bytes(text.as_bytes()).ok_or(Mistake {
            place: Place::Value,
            wrong: Wrong::NotAllowed { field: "of digits", allowed: allowed(N) },
        })
    }
}

/// The sentence for a length: the lengths that JPQR knows, and one for whoever brings another.
pub(crate) const fn allowed(length: usize) -> &'static str {
    match length {
        4 => "exactly 4 digits",
        6 => "exactly 6 digits",
        8 => "exactly 8 digits",
        13 => "exactly 13 digits",
        _ => "exactly as many digits as its type says",
    }
}

impl<const N: usize> fmt::Display for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({self})")
    }
}
