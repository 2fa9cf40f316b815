//! Rows of operators' rules, and those in force: read and compiled once, then remembered while nobody else writes.

use crate::{
    Fault, Keys, Load,
    counts::{Question, question},
    kept::Kept,
    operators::operator_of,
    shelf::Shelf,
    sql::{Value, column},
};
use engine::{
    Context,
    rules::{
        PromoteRules, PromoteRulesFacts, ProposeRules, ProposeRulesFacts, RetireRules, RetireRulesFacts,
        RuleSet, RuleSetState,
    },
};
use gate::{
    Step,
    rules::{InForce, RuleBook, SHADOWS_MAX},
};
use std::{collections::BTreeMap, sync::Arc};

const TABLE: &str = "rule_sets";
/// All in shadow, and the active one.
const STANDING_MAX: usize = SHADOWS_MAX + 1;

impl Kept for RuleSet {
    const TABLE: &'static str = TABLE;
    const COLUMNS: &'static [&'static str] = &["version", "standing"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        let standing = self.state() != RuleSetState::Retired;
        vec![Value::Int(i64::from(self.version)), Value::Int(i64::from(standing))]
    }
}

/// One set of rules.
pub fn rule_set(shelf: &mut Shelf<'_>, version: u32) -> Result<Option<RuleSet>, Fault> {
    shelf.get(Value::Int(i64::from(version)))
}

/// The newest sets before a version, the newest first, also those that are retired.
pub fn rule_sets(shelf: &mut Shelf<'_>, before: Option<u32>, most: u32) -> Result<Vec<RuleSet>, Fault> {
    let before = Value::Int(before.map_or(i64::MAX, i64::from));
    shelf.find("version < ?1 ORDER BY version DESC LIMIT ?2", &[before, Value::Int(i64::from(most))])
}

/// The sets that are active or in shadow, in the order proposed.
pub fn standing_rules(shelf: &mut Shelf<'_>) -> Result<Vec<RuleSet>, Fault> {
    let most = i64::try_from(STANDING_MAX).unwrap_or(i64::MAX);
    shelf.find("standing = ?1 ORDER BY version LIMIT ?2", &[Value::Int(1), Value::Int(most)])
}

/// The rules in force, with the questions of the steps at which they are asked.
pub(crate) struct AtHand {
    pub(crate) in_force: Arc<InForce>,
    questions: BTreeMap<Step, Question>,
}

impl AtHand {
    fn new(in_force: InForce) -> Self {
        let asked = Step::ALL.iter().filter(|step| !in_force.needs(**step).is_empty());
        let questions = asked.filter_map(|step| {
            let mut counts = [gate::needs(*step), in_force.needs(*step)].concat();
            counts.sort_unstable();
            counts.dedup();
            Some((*step, Question::new(&counts)?))
        });
        Self { questions: questions.collect(), in_force: Arc::new(in_force) }
    }

    /// What is asked at a step: what the detectors want to know, and the rules.
    pub(crate) fn question(&self, step: Step) -> Option<&Question> {
        self.questions.get(&step).or_else(|| question(step))
    }
}

impl Shelf<'_> {
    /// Puts a set of rules; it is in force for the rest of this batch too.
    pub(crate) fn put_rules(&mut self, set: &RuleSet) -> Result<(), Fault> {
        self.cache.rules = None;
        self.put(set)
    }

    /// The rules in force, ready to be asked.
    pub(crate) fn rules(&mut self) -> Result<Arc<AtHand>, Fault> {
        if let Some(rules) = &self.cache.rules {
            return Ok(Arc::clone(rules));
        }
        let (mut active, mut shadows) = (None, Vec::new());
        for set in standing_rules(self)? {
            let book = match RuleBook::read_again(&set.text) {
                Ok(book) => book,
                Err(mistakes) => {
                    // Another version of this program took it; this one cannot, and says so rather than guess.
                    let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
                    tracing::error!(version = set.version, first, "rules cannot be read and are not asked");
                    continue;
                }
            };
            match set.state() {
                RuleSetState::Active => active = Some(book),
                RuleSetState::Shadow => shadows.push(book),
                RuleSetState::Retired => {}
            }
        }
        let rules = Arc::new(AtHand::new(InForce::new(active, shadows)));
        if self.writes {
            self.cache.rules = Some(Arc::clone(&rules));
        }
        Ok(rules)
    }
}

impl Load for ProposeRules {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<ProposeRulesFacts, Fault> {
        let newest = "SELECT version FROM rule_sets ORDER BY version DESC LIMIT 1";
        let rows = shelf.query(TABLE, newest, &[])?;
        let newest = match rows.first() {
            None => 0,
            Some(row) => column(TABLE, row, 0, |value| u32::try_from(value.as_int()?).ok())?,
        };
        Ok(ProposeRulesFacts {
            newest,
            standing: standing_rules(shelf)?,
            operator: operator_of(shelf, &self.by)?,
        })
    }
}

impl Load for PromoteRules {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<PromoteRulesFacts, Fault> {
        let active = standing_rules(shelf)?.into_iter().find(|set| set.state() == RuleSetState::Active);
        let operator = operator_of(shelf, &self.by)?;
        let set = rule_set(shelf, self.version)?;
        let proposer = match &set {
            Some(set) => operator_of(shelf, &set.proposed.by)?,
            None => None,
        };
        Ok(PromoteRulesFacts { set, active, operator, proposer })
    }
}

impl Load for RetireRules {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<RetireRulesFacts, Fault> {
        let operator = operator_of(shelf, &self.by)?;
        Ok(RetireRulesFacts { set: rule_set(shelf, self.version)?, operator })
    }
}
