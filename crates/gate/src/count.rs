//! What a detector wants counted: happening × by whom × distinct what × span.

use crate::{By, Step, detectors};
use terms::Span;

/// A number of remembered attempts. The store answers it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// Which attempts.
    pub step: Step,
    /// Only refused ones (true), only taken ones (false), or both.
    pub refused: Option<bool>,
    /// Of whom.
    pub by: By,
    /// How many different ones of these; nothing means: how many attempts.
    pub distinct: Option<By>,
    /// Not older than this.
    pub span: Span,
}

/// Everything that the detectors of a step want counted, each once, in order.
pub fn needs(step: Step) -> Vec<Count> {
    let mut counts: Vec<Count> = detectors::ALL
        .iter()
        .filter(|detector| detector.steps.contains(&step))
        .flat_map(|detector| detector.counts.iter().copied())
        .collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}
