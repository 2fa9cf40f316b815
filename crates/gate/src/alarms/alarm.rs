//! What an alarm says: which statistic, about what, how sure, and the sentence for people.

use serde::{Deserialize, Serialize};
use terms::{BankCode, Time};

use super::Share;

/// The statistic that rang.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// More failures than usual were never followed by a success on the same account.
    Orphans,
    /// More tries than usual failed.
    FailureShift,
    /// More accounts than usual have seen one failure and nothing else.
    Singletons,
    /// Few secrets are tried more often than they are usually.
    Spread,
    /// Accounts were tried that no bank ever gave out.
    Canary,
}

impl Code {
    /// Its word, as it stands behind `alarm:` at a breaker.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Orphans => "orphans",
            Self::FailureShift => "failure_shift",
            Self::Singletons => "singletons",
            Self::Spread => "spread",
            Self::Canary => "canary",
        }
    }
}

/// What an alarm is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All banks together.
    All,
    /// One bank, all its methods.
    Bank(BankCode),
    /// One bank and method.
    Method(BankCode, String),
}

/// How much an alarm is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// One false alarm in five years for this stream. With 35 banks that is one in two months somewhere.
    Stream,
    /// One false alarm in five years over all streams of the statistic together.
    Family,
}

/// A sentence for people in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Says {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

/// Something rang.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The statistic.
    pub code: Code,
    /// What it is about.
    pub scope: Scope,
    /// How much it is worth.
    pub grade: Grade,
    /// The watch's time when it rang.
    pub at: Time,
    /// The last sighting that was seen before it rang.
    pub number: u64,
    /// The number that crossed.
    pub evidence: f64,
    /// What it crossed.
    pub threshold: f64,
    /// Expected compromised accounts in the scope beyond what honest failures and luck explain, decayed over 30
    /// days; never below zero.
    pub excess: f64,
    /// The estimated hostile share of the tries in the scope over the last days, where it can be told.
    pub share: Option<Share>,
    /// The sentence for people.
    pub says: Says,
}
