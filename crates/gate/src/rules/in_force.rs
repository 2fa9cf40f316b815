//! The books that are asked beside the detectors: one that is active, and those in shadow.

use super::{
    book::{Mode, RuleBook},
    variable::{Asked, Way},
};
use crate::{Count, Evidence, Finding, Step, Subjects};
use std::{collections::BTreeMap, sync::Arc};
use terms::Time;

/// The most books in shadow at once.
pub const SHADOWS_MAX: usize = 3;

/// The books in force, read once and shared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InForce {
    active: Option<RuleBook>,
    shadows: Vec<RuleBook>,
    /// Told once for each step, for every ask wants to know it.
    at: BTreeMap<Step, AtStep>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct AtStep {
    counts: Vec<Count>,
    see_known_devices: bool,
}

impl InForce {
    /// The book that weighs, and those that are noted only: the first [`SHADOWS_MAX`] of them.
    pub fn new(active: Option<RuleBook>, mut shadows: Vec<RuleBook>) -> Self {
        shadows.truncate(SHADOWS_MAX);
        let mut at: BTreeMap<Step, AtStep> = BTreeMap::new();
        for book in active.iter().chain(&shadows) {
            for (rule, step) in book.rules().iter().flat_map(|rule| rule.steps.iter().map(move |s| (rule, s)))
            {
                let known = at.entry(*step).or_default();
                known.counts.extend(rule.counts());
                known.see_known_devices |= rule.sees_known_device();
            }
        }
        for known in at.values_mut() {
            known.counts.sort_unstable();
            known.counts.dedup();
        }
        Self { active, shadows, at }
    }

    /// Everything that these rules want counted for a step, each once, in order.
    pub fn needs(&self, step: Step) -> &[Count] {
        self.at.get(&step).map_or(&[], |known| &known.counts)
    }

    /// Whether any rule is asked at a step.
    pub fn are_asked_at(&self, step: Step) -> bool {
        self.at.contains_key(&step)
    }

    /// Whether any rule of a step asks whether the device is known.
    pub fn see_known_devices_at(&self, step: Step) -> bool {
        self.at.get(&step).is_some_and(|known| known.see_known_devices)
    }

    fn findings(&self, asked: &Asked<'_>, evidence: &Evidence) -> Vec<Finding> {
        let active = self.active.iter().map(|book| (book, Mode::Active));
        let shadows = self.shadows.iter().map(|book| (book, Mode::Shadow));
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
