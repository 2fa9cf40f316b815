//! What an assessment says: findings, ways in, yen at risk, and the smallest changes that close them.

use super::step::Tree;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use terms::BankCode;

/// Yen are whole, also where prices of a share of a try are reckoned with.
#[expect(clippy::cast_possible_truncation, reason = "yen of a table's bounds stay far below 2^53")]
fn whole<S: Serializer>(yen: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(yen.round() as i64)
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The linkage is refused.
    Refused,
    /// The linkage is weaker for it.
    Weak,
}

/// One thing that is wrong with a linkage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkageFinding {
    /// A stable code.
    pub code: &'static str,
    /// How much it weighs.
    pub weight: Weight,
    /// What is wrong.
    pub says: String,
    /// `file:line`.
    pub place: String,
    /// Holes of 2020 that it leaves open.
    pub holes: &'static [&'static str],
    /// Promises that it breaks.
    pub promises: &'static [&'static str],
    /// The smallest change that mends it.
    pub change: String,
}

/// One way in, for one attacker.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WayIn {
    /// The attacker's code.
    pub attacker: String,
    /// The attacker's name in English.
    pub name_en: String,
    /// The attacker's name in Japanese.
    pub name_ja: String,
    /// What must be brought about, in words.
    pub steps: Vec<String>,
    /// The same in codes.
    pub step_codes: Vec<String>,
    /// Yen spent for each account that is opened.
    #[serde(serialize_with = "whole")]
    pub cost_yen: f64,
    /// Accounts opened by 10,000 tries, one on each bank account.
    pub per_10_000_tries: f64,
    /// Accounts opened in 30 days, under the declared lock-outs.
    pub per_month: f64,
    /// Yen lost in 30 days, under the declared limits.
    #[serde(serialize_with = "whole")]
    pub yen_per_month: f64,
    /// Whether an account brings more than it costs.
    pub pays: bool,
}

/// A bank that links by the method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkedBank {
    /// The code that the linkage uses.
    pub code: BankCode,
    /// The name in Japanese.
    pub name: String,
    /// The name in English.
    pub name_en: String,
    /// Whether only a part of its check is known: it may ask for more than the method says.
    pub known_in_part: bool,
}

/// One method, at all banks that link by it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MethodAssessed {
    /// The method's code, or `unknown`.
    pub method: String,
    /// Its name in English.
    pub name_en: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its factors' codes.
    pub factors: Vec<String>,
    /// The banks.
    pub banks: Vec<LinkedBank>,
    /// What one opened account of these banks loses before its depositor can notice, in yen.
    #[serde(serialize_with = "whole")]
    pub yen_per_account: f64,
    /// What is wrong with the method itself.
    pub findings: Vec<LinkageFinding>,
    /// The fewest steps that break it, whether or not an attacker of the list can take them.
    pub smallest_set: Vec<String>,
    /// The ways in, the cheapest first; one for each attacker.
    pub ways: Vec<WayIn>,
    /// The fewest changes after which nothing refuses it; nothing when the changes known here do not suffice.
    pub lifts: Option<Vec<String>>,
    /// The fewest changes after which no way pays; nothing when there are none.
    pub closes: Option<Vec<String>>,
    /// The AND/OR tree of it.
    #[serde(skip)]
    pub tree: Option<Tree>,
}

impl MethodAssessed {
    /// The cheapest way that takes nothing but guessing, where there is one.
    pub fn guessed(&self) -> Option<&WayIn> {
        let alone =
            |step: &String| ["guess:", "look_up:", "open_"].iter().any(|start| step.starts_with(start));
        self.ways.iter().find(|way| way.step_codes.iter().all(alone))
    }
}

/// The whole assessment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    /// The linkage's title.
    pub title: String,
    /// Whether it is refused.
    pub refused: bool,
    /// What is wrong with the wallet's side.
    pub findings: Vec<LinkageFinding>,
    /// Each method, the worst first.
    pub methods: Vec<MethodAssessed>,
    /// Ways to take over a wallet that has a link, the cheapest first; one for each attacker.
    pub take_over: Vec<WayIn>,
    /// What one opened bank account loses before its depositor can notice, in yen.
    #[serde(serialize_with = "whole")]
    pub yen_per_account: f64,
    /// How often each attacker tries in a day, by code.
    pub tries_a_day: BTreeMap<String, u64>,
}

impl Assessment {
    /// Codes of everything that refuses, each once, in order.
    pub fn refusals(&self) -> Vec<&'static str> {
        let all = self.findings.iter().chain(self.methods.iter().flat_map(|method| &method.findings));
        let mut codes: Vec<&str> =
            all.filter(|finding| finding.weight == Weight::Refused).map(|finding| finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}
