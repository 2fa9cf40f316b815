//! A book of rules, read, checked and ready to be asked.

use super::{
    expression::{Failed, Node},
    form::rules_in,
    mistake::Mistake,
    variable::{Asked, Fact, Known, Variable},
};
use crate::{Count, Evidence, Finding, Step};
use terms::Time;

/// The most different counts that the rules of one step may need.
pub const STEP_COUNTS_MAX: usize = 16;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its stable code.
    pub code: String,
    /// Its version, which its author raises with every change.
    pub version: u32,
    /// At which steps it is asked.
    pub steps: Vec<Step>,
    /// What it adds to the verdict where it holds, 0 to 100.
    pub weight: u32,
    /// Since when it is in force; nothing means: from the beginning.
    pub from: Option<Time>,
    /// From when on it is not any more; nothing means: for ever.
    pub until: Option<Time>,
    /// What it saw, for people, in Japanese and English.
    pub says: (String, String),
    /// Its condition as it was written.
    pub text: String,
    pub(super) when: Node,
}

impl Rule {
    /// Whether its dates include this time.
    pub fn is_in_force(&self, at: Time) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether both find the same, in the same words: everything but their dates agrees.
    pub fn is_same(&self, other: &Self) -> bool {
        let undated = |rule: &Self| Self { from: None, until: None, ..rule.clone() };
        undated(self) == undated(other)
    }

    /// Whether it holds for this ask.
    ///
    /// # Errors
    /// Why it comes to nothing.
    pub fn holds(&self, asked: &Asked<'_>, evidence: &Evidence) -> Result<bool, Failed> {
        self.when.holds(&Known { asked, evidence })
    }

    /// How many parts its condition has: it is worked out in at most so many steps, whatever the evidence.
    pub fn parts(&self) -> usize {
        let mut parts = 0;
        self.when.visit(&mut |_| parts += 1);
        parts
    }

    pub(super) fn sees_known_device(&self) -> bool {
        let mut sees = false;
        let is_it = |part: &Node| *part == Node::Variable(Variable::Fact(Fact::KnownDevice));
        self.when.visit(&mut |part| sees |= is_it(part));
        sees
    }

    pub(super) fn counts(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        self.when.visit(&mut |part| {
            if let Node::Variable(Variable::Count(count)) = part {
                counts.push(*count);
            }
        });
        counts
    }
}

/// Whether what rules find counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is noted with weight 0 and changes nothing.
    Shadow,
    /// Its weight is added to the verdict.
    Active,
}

/// Rules that were read from one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleBook {
    rules: Vec<Rule>,
}

impl RuleBook {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, by line and column, at most 20; nothing of a wrong file is taken.
    pub fn read(text: &str) -> Result<Self, Vec<Mistake>> {
        Self::checked(text, true)
    }

    /// Reads a file that was taken before: a code or name that has come to mean something since keeps the meaning that
    /// the file gives it, so that a newer program goes on asking the same.
    ///
    /// # Errors
    /// As [`RuleBook::read`].
    pub fn read_again(text: &str) -> Result<Self, Vec<Mistake>> {
        Self::checked(text, false)
    }

    fn checked(text: &str, is_new: bool) -> Result<Self, Vec<Mistake>> {
        let book = Self { rules: rules_in(text, is_new)? };
        match Step::ALL.iter().find(|step| book.needs(**step).len() > STEP_COUNTS_MAX) {
            None => Ok(book),
            Some(step) => {
                let what = format!(
                    "the rules for {} need {} different counts; allowed are {STEP_COUNTS_MAX}",
                    step.as_str(),
                    book.needs(*step).len()
                );
                Err(vec![Mistake::at(text, 0, what)])
            }
        }
    }

    /// The rules in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Everything that the rules of a step want counted, each once, in order.
    pub fn needs(&self, step: Step) -> Vec<Count> {
        let of_step = self.rules.iter().filter(|rule| rule.steps.contains(&step));
        let mut counts: Vec<Count> = of_step.flat_map(Rule::counts).collect();
        counts.sort_unstable();
        counts.dedup();
        counts
    }

    /// What the rules in force find. One that fails is not held against anybody, and says so with weight 0.
    pub fn findings(&self, asked: &Asked<'_>, evidence: &Evidence, mode: Mode) -> Vec<Finding> {
        let in_force =
            self.rules.iter().filter(|r| r.steps.contains(&asked.step) && r.is_in_force(asked.now));
        in_force
            .filter_map(|rule| {
                let name = format!("{}@{}", rule.code, rule.version);
                match (rule.holds(asked, evidence), mode) {
                    (Ok(false), _) => None,
                    (Ok(true), Mode::Active) => Some((format!("rule:{name}"), rule.weight)),
                    (Ok(true), Mode::Shadow) => Some((format!("shadow:{name}"), 0)),
                    (Err(why), _) => Some((format!("rule_failed:{name}:{}", why.as_str()), 0)),
                }
            })
            .map(|(detector, weight)| Finding { detector, weight })
            .collect()
    }

    /// The sentences of a finding of these rules, in Japanese and English.
    pub fn says(&self, finding: &str) -> Option<(&str, &str)> {
        let (_, name) = finding.split_once(':')?;
        let code = name.split(['@', ':']).next()?;
        let rule = self.rules.iter().find(|rule| rule.code == code)?;
        Some((&rule.says.0, &rule.says.1))
    }
}
