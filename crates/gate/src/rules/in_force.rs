//! The books that are asked beside the detectors: one that is active, and those in shadow.

use super::{
    book::{Mode, RuleBook},
    variable::{Asked, Way},
};
use crate::{Count, Evidence, Finding, Step, Subjects};
use std::sync::Arc;
use terms::Time;

/// The most books in shadow at once.
pub const SHADOWS_MAX: usize = 3;

/// The books in force, read once and shared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InForce {
    /// Weighs.
    pub active: Option<RuleBook>,
    /// Noted only; at most [`SHADOWS_MAX`].
    pub shadows: Vec<RuleBook>,
}

impl InForce {
    /// Everything that these rules want counted for a step, each once, in order.
    pub fn needs(&self, step: Step) -> Vec<Count> {
        let books = self.active.iter().chain(&self.shadows);
        let mut counts: Vec<Count> = books.flat_map(|book| book.needs(step)).collect();
        counts.sort_unstable();
        counts.dedup();
        counts
    }

    /// Whether any rule is asked at a step.
    pub fn are_asked_at(&self, step: Step) -> bool {
        let mut rules = self.active.iter().chain(&self.shadows).flat_map(RuleBook::rules);
        rules.any(|rule| rule.steps.contains(&step))
    }

    fn findings(&self, asked: &Asked<'_>, evidence: &Evidence) -> Vec<Finding> {
        let active = self.active.iter().map(|book| (book, Mode::Active));
        let shadows = self.shadows.iter().take(SHADOWS_MAX).map(|book| (book, Mode::Shadow));
        active.chain(shadows).flat_map(|(book, mode)| book.findings(asked, evidence, mode)).collect()
    }
}

/// The rules and the ask they are asked about, kept with the evidence until it is judged: then they see all of it.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    rules: Arc<InForce>,
    subjects: Subjects,
    way: Option<(Option<String>, bool)>,
    now: Time,
}

impl Beside {
    pub(crate) fn new(rules: &Arc<InForce>, asked: &Asked<'_>) -> Self {
        Self {
            rules: Arc::clone(rules),
            subjects: asked.subjects.clone(),
            way: match asked.way {
                Way::None | Way::NotRecorded => None,
                Way::Over { method, is_young } => Some((method.map(str::to_owned), is_young)),
            },
            now: asked.now,
        }
    }

    pub(crate) fn findings(&self, step: Step, evidence: &Evidence) -> Vec<Finding> {
        let way = match &self.way {
            None => Way::None,
            Some((method, is_young)) => Way::Over { method: method.as_deref(), is_young: *is_young },
        };
        let asked = Asked { step, subjects: &self.subjects, way, now: self.now };
        self.rules.findings(&asked, evidence)
    }
}
