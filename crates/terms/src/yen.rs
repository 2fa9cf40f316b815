//! Money: an amount of yen that is asked for, and a balance that may be below zero.

use crate::{Currency, Invalid};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in whole yen, 0 to 10^15. Amounts have no sign; the direction is in the words around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Yen(i64);

impl Yen {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount: 10^15 yen, so that sums of 9,000 amounts still fit in 64 bits.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// An amount known when the program is written. Panics outside of the range.
    pub const fn of(yen: i64) -> Self {
        assert!(yen >= 0 && yen <= Self::MAX.0);
        Self(yen)
    }

    /// Checks the range.
    ///
    /// # Errors
    /// Below zero or above [`Yen::MAX`].
    pub const fn new(yen: i64) -> Result<Self, Invalid> {
        if yen >= 0 && yen <= Self::MAX.0 {
            Ok(Self(yen))
        } else {
            Err(Invalid::new("amount", "whole yen from 0 to 1,000,000,000,000,000"))
        }
    }

    /// Whole yen.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// True for no money.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or nothing above [`Yen::MAX`].
    pub fn plus(self, other: Self) -> Option<Self> {
        Self::new(self.0 + other.0).ok()
    }

    /// The difference, or nothing below zero.
    pub fn minus(self, other: Self) -> Option<Self> {
        Self::new(self.0 - other.0).ok()
    }

    /// The difference, at least zero.
    pub fn less(self, other: Self) -> Self {
        self.minus(other).unwrap_or(Self::ZERO)
    }
}

impl TryFrom<i64> for Yen {
    type Error = Invalid;
    fn try_from(yen: i64) -> Result<Self, Invalid> {
        Self::new(yen)
    }
}

impl From<Yen> for i64 {
    fn from(yen: Yen) -> i64 {
        yen.0
    }
}

impl fmt::Display for Yen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Balance::new(self.0).fmt(f)
    }
}

/// The balance of an account in whole yen: credits less debits, so it may be below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Balance(i64);

impl Balance {
    /// Nothing owed either way.
    pub const ZERO: Self = Self(0);

    /// Credits less debits.
    pub const fn new(yen: i64) -> Self {
        Self(yen)
    }

    /// Whole yen, negative when debits exceed credits.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// What can be spent: the balance, or nothing where it is below zero.
    pub fn spendable(self) -> Yen {
        Yen::new(self.0.clamp(0, Yen::MAX.0)).unwrap_or(Yen::ZERO)
    }
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Currency::JPY.show(i128::from(self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_yen_with_commas() {
        for (yen, text) in
            [(0, "¥0"), (999, "¥999"), (1_000, "¥1,000"), (1_234_567, "¥1,234,567"), (-20_000, "-¥20,000")]
        {
            assert_eq!(Balance::new(yen).to_string(), text);
        }
    }

    #[test]
    fn amounts_keep_their_range() {
        assert!(Yen::new(-1).is_err());
        assert!(Yen::new(Yen::MAX.get() + 1).is_err());
        assert_eq!(Yen::MAX.plus(Yen::of(1)), None);
        assert_eq!(Yen::of(1).minus(Yen::of(2)), None);
        assert!(serde_json::from_str::<Yen>("-5").is_err());
        assert!(serde_json::from_str::<Yen>("5.5").is_err());
    }
}
