//! What is kept about sets of rules: nothing of it ever goes, so what was in force at any time can be told.

use serde::{Deserialize, Serialize};
use terms::{OperatorName, Time};

/// Who did something, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Who.
    pub by: OperatorName,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: String,
}

/// Where a set of rules stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleSetState {
    /// What it finds is noted and weighs nothing.
    Shadow,
    /// It weighs. At most one set does.
    Active,
    /// It is asked no more.
    Retired,
}

impl RuleSetState {
    /// The word that is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

/// One file of rules, as it was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSet {
    /// Its number, from 1, in the order proposed.
    pub version: u32,
    /// The file.
    pub text: String,
    /// The first person.
    pub proposed: Touched,
    /// The second person.
    pub promoted: Option<Touched>,
    /// Who ended it: by hand, or by promoting another set.
    pub retired: Option<Touched>,
}

impl RuleSet {
    /// Where it stands.
    pub const fn state(&self) -> RuleSetState {
        match (&self.promoted, &self.retired) {
            (_, Some(_)) => RuleSetState::Retired,
            (Some(_), None) => RuleSetState::Active,
            (None, None) => RuleSetState::Shadow,
        }
    }

    /// Where it stood at a time; nothing before it was proposed.
    pub fn state_at(&self, at: Time) -> Option<RuleSetState> {
        let was = |touched: &Option<Touched>| touched.as_ref().is_some_and(|touched| touched.at <= at);
        match (self.proposed.at <= at, was(&self.promoted), was(&self.retired)) {
            (false, _, _) => None,
            (true, _, true) => Some(RuleSetState::Retired),
            (true, true, false) => Some(RuleSetState::Active),
            (true, false, false) => Some(RuleSetState::Shadow),
        }
    }
}
