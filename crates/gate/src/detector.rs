//! A detector: one thing watched for.

use crate::{Count, Evidence, Step};
use serde::{Deserialize, Serialize};

/// One thing watched for: the steps that it judges, the counts that it needs, and its judgement.
pub struct Detector {
    /// Its stable code.
    pub code: &'static str,
    /// The steps that it judges.
    pub steps: &'static [Step],
    /// What it wants counted.
    pub counts: &'static [Count],
    /// The weight of what it sees: 0 nothing, 10 or 20 a hint, 30 step up, 60 review, 100 deny.
    pub judge: fn(&Evidence) -> u32,
    /// What it saw, for people, in Japanese and English.
    pub says: (&'static str, &'static str),
}

/// What a detector saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The detector's code.
    pub detector: String,
    /// Its weight in the verdict.
    pub weight: u32,
}
