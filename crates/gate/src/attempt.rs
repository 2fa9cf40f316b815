//! An attempt as it is remembered: who tried what, and how it went (P6).

use crate::{Finding, Ruling, Step, Subjects};
use serde::{Deserialize, Serialize};
use terms::Time;
use uuid::Uuid;

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done, or begun.
    Taken,
    /// It was refused, with the refusal's code.
    Refused(String),
}

/// One remembered attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its id, ordered by time.
    pub id: Uuid,
    /// When.
    pub at: Time,
    /// What was tried.
    pub step: Step,
    /// How it went.
    pub outcome: Outcome,
    /// What the gate ruled; nothing where the ask was refused before the gate was asked.
    pub ruling: Option<Ruling>,
    /// What the gate found, with weights that add up to the ruling.
    pub findings: Vec<Finding>,
    /// Who and what it concerns.
    pub subjects: Subjects,
}
