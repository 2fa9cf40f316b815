//! Money of any currency in its minor units: an amount without a sign, and a net that may be below zero.

use crate::{Balance, Invalid, Yen};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whole minor units of some currency, 0 to 10^18; the currency stands beside it, in the account or posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Amount(i64);

impl Amount {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount, 10^18: a thousand times the largest [`Yen`], so that an account's totals can grow, and
    /// nine of them still fit in 64 bits.
    pub const MAX: Self = Self(1_000_000_000_000_000_000);

    /// An amount known when the program is written. Panics outside of the range.
    pub const fn of(minor: i64) -> Self {
        assert!(minor >= 0 && minor <= Self::MAX.0);
        Self(minor)
    }

    /// Checks the range.
    ///
    /// # Errors
    /// Below zero or above [`Amount::MAX`].
    pub const fn new(minor: i64) -> Result<Self, Invalid> {
        if minor >= 0 && minor <= Self::MAX.0 {
            Ok(Self(minor))
        } else {
            Err(Invalid::new("amount", "whole minor units from 0 to 1,000,000,000,000,000,000"))
        }
    }

    /// Whole minor units.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// True for no money.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or nothing above [`Amount::MAX`].
    pub fn plus(self, other: Self) -> Option<Self> {
        Self::new(self.0 + other.0).ok()
    }

    /// The difference, or nothing below zero.
    pub fn minus(self, other: Self) -> Option<Self> {
        Self::new(self.0 - other.0).ok()
    }

    /// As yen, for who knows that it is yen; nothing above [`Yen::MAX`].
    pub fn yen(self) -> Option<Yen> {
        Yen::new(self.0).ok()
    }
}

impl From<Yen> for Amount {
    fn from(yen: Yen) -> Self {
        Self(yen.get())
    }
}

impl TryFrom<i64> for Amount {
    type Error = Invalid;
    fn try_from(minor: i64) -> Result<Self, Invalid> {
        Self::new(minor)
    }
}

impl From<Amount> for i64 {
    fn from(amount: Amount) -> i64 {
        amount.0
    }
}

impl fmt::Display for Amount {
    /// Digits and commas, without a currency: it does not know which.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(u128::from(self.0.unsigned_abs())))
    }
}

/// Credits less debits in whole minor units of some currency, so it may be below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Net(i64);

impl Net {
    /// Nothing owed either way.
    pub const ZERO: Self = Self(0);

    /// Credits less debits.
    pub const fn new(minor: i64) -> Self {
        Self(minor)
    }

    /// Whole minor units, negative when debits exceed credits.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<Balance> for Net {
    fn from(yen: Balance) -> Self {
        Self(yen.get())
    }
}

/// Digits with a comma after each thousand.
pub(crate) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_range_at_both_edges() {
        for (minor, fits) in [
            (i64::MIN, false),
            (-1, false),
            (0, true),
            (Amount::MAX.get(), true),
            (Amount::MAX.get() + 1, false),
            (i64::MAX, false),
        ] {
            assert_eq!(Amount::new(minor).is_ok(), fits, "{minor}");
            assert_eq!(serde_json::from_str::<Amount>(&minor.to_string()).is_ok(), fits, "{minor}");
        }
        assert_eq!(Amount::MAX.plus(Amount::of(1)), None);
        assert_eq!(Amount::MAX.plus(Amount::MAX), None);
        assert_eq!(Amount::ZERO.minus(Amount::of(1)), None);
        assert_eq!(Amount::ZERO.minus(Amount::MAX), None);
        assert_eq!(Amount::MAX.minus(Amount::MAX), Some(Amount::ZERO));
    }

    #[test]
    fn yen_go_in_and_come_back() {
        for yen in [Yen::ZERO, Yen::of(1_234), Yen::MAX] {
            assert_eq!(Amount::from(yen).yen(), Some(yen));
        }
        assert_eq!(Amount::MAX.yen(), None);
        assert_eq!(Amount::of(1_234_567).to_string(), "1,234,567");
    }
}
