//! What a breaker is about: all banks, one bank, one of its methods, or one operation.

use crate::Step;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use terms::BankCode;

const METHOD_LENGTH_MAX: usize = 64;

/// How far a stop of banks goes. Each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No new links.
    Links,
    /// And no money in over young links.
    YoungTopUps,
    /// And no money in over any link.
    TopUps,
}

impl Level {
    /// All levels, the mildest first.
    pub const ALL: [Self; 3] = [Self::Links, Self::YoungTopUps, Self::TopUps];

    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::YoungTopUps => "young_top_ups",
            Self::TopUps => "top_ups",
        }
    }

    /// Whether a step is stopped at this level.
    pub fn stops(self, step: Step, is_young: bool) -> bool {
        match step {
            Step::ConsentBegun | Step::ConsentReturned => true,
            Step::TopUp if is_young => self >= Self::YoungTopUps,
            Step::TopUp => self >= Self::TopUps,
            _ => false,
        }
    }
}

/// One thing that customers do, whatever the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// New wallets.
    SignUp,
    /// Lost sign-ins are recovered.
    Recovery,
    /// New links.
    Link,
    /// Money in.
    TopUp,
    /// Money to other customers.
    Transfer,
    /// Money to merchants.
    QrPayment,
    /// Money out to bank accounts.
    Payout,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 7] = [
        Self::SignUp,
        Self::Recovery,
        Self::Link,
        Self::TopUp,
        Self::Transfer,
        Self::QrPayment,
        Self::Payout,
    ];

    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Recovery => "recovery",
            Self::Link => "link",
            Self::TopUp => "top_up",
            Self::Transfer => "transfer",
            Self::QrPayment => "qr_payment",
            Self::Payout => "payout",
        }
    }

    /// Whether a step belongs to this operation. What only takes a right away, or books what a bank has done already,
    /// belongs to none.
    pub const fn includes(self, step: Step) -> bool {
        match self {
            Self::SignUp => matches!(step, Step::SignUp | Step::Opening),
            Self::Recovery => matches!(step, Step::Recovery),
            Self::Link => matches!(step, Step::ConsentBegun | Step::ConsentReturned),
            Self::TopUp => matches!(step, Step::TopUp),
            Self::Transfer => matches!(step, Step::Transfer),
            Self::QrPayment => matches!(step, Step::QrPayment | Step::CodeShown),
            Self::Payout => matches!(step, Step::Payout),
        }
    }
}

/// What a breaker is about. As text: `all`, `bank:0001`, `method:0001:account_pin_2020`, `operation:payout`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// All banks.
    All,
    /// One bank.
    Bank(BankCode),
    /// One method of one bank.
    Method(BankCode, String),
    /// One operation, at whatever bank or none.
    Operation(Operation),
}

impl Scope {
    /// The bank, where it is about one.
    pub const fn bank(&self) -> Option<BankCode> {
        match self {
            Self::Bank(bank) | Self::Method(bank, _) => Some(*bank),
            Self::All | Self::Operation(_) => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Bank(bank) => write!(f, "bank:{}", bank.as_str()),
            Self::Method(bank, method) => write!(f, "method:{}:{method}", bank.as_str()),
            Self::Operation(operation) => write!(f, "operation:{}", operation.as_str()),
        }
    }
}

/// A text that is no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoScope;

impl fmt::Display for NoScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("allowed are all, bank:0001, method:0001:METHOD, operation:")?;
        for (place, operation) in Operation::ALL.iter().enumerate() {
            write!(f, "{}{}", if place == 0 { "" } else { "|" }, operation.as_str())?;
        }
        Ok(())
    }
}

impl std::error::Error for NoScope {}

impl FromStr for Scope {
    type Err = NoScope;

    fn from_str(text: &str) -> Result<Self, NoScope> {
        let bank = |text: &str| BankCode::parse(text).map_err(|_| NoScope);
        let is_method = |text: &str| {
            (1..=METHOD_LENGTH_MAX).contains(&text.len())
                && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
        };
        match text.split_once(':') {
            None if text == "all" => Ok(Self::All),
            Some(("bank", code)) => Ok(Self::Bank(bank(code)?)),
            Some(("operation", word)) => {
                let known = Operation::ALL.into_iter().find(|operation| operation.as_str() == word);
                known.map(Self::Operation).ok_or(NoScope)
            }
            Some(("method", rest)) => match rest.split_once(':') {
                Some((code, method)) if is_method(method) => Ok(Self::Method(bank(code)?, method.to_owned())),
                _ => Err(NoScope),
            },
            _ => Err(NoScope),
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_its_text() {
        for text in ["all", "bank:0001", "method:0001:account_pin_2020", "operation:payout"] {
            assert_eq!(text.parse::<Scope>().expect(text).to_string(), text);
        }
        for text in [
            "",
            "All",
            "bank",
            "bank:1",
            "bank:00011",
            "method:0001",
            "method:0001:",
            "method:0001:A",
            "operation:fly",
            "all:0001",
        ] {
            assert_eq!(text.parse::<Scope>(), Err(NoScope), "{text}");
        }
    }

    #[test]
    fn levels_include_those_before() {
        for (step, is_young, stopped_at) in [
            (Step::ConsentBegun, false, 3),
            (Step::ConsentReturned, false, 3),
            (Step::TopUp, true, 2),
            (Step::TopUp, false, 1),
            (Step::Transfer, true, 0),
            (Step::BankAnswer, true, 0),
            (Step::Unlink, true, 0),
        ] {
            let found = Level::ALL.iter().filter(|level| level.stops(step, is_young)).count();
            assert_eq!(found, stopped_at, "{step:?} {is_young}");
        }
    }
}
