//! One person proposes rules: they are read, checked and run in shadow.

use super::{RuleSet, RuleSetState, Touched, check_reason};
use crate::{
    Ask, Code, Context, Decision, Refusal,
    operators::{Operator, named},
};
use gate::{
    Evidence, Step, judge,
    rules::{RuleBook, SHADOWS_MAX},
};
use terms::OperatorName;

/// The ask; the server has checked who asks.
#[derive(Debug, Clone)]
pub struct ProposeRules {
    /// Who.
    pub by: OperatorName,
    /// The file.
    pub text: String,
    /// Why, in 3 to 500 characters.
    pub reason: String,
}

/// What the decision may know.
#[derive(Debug)]
pub struct ProposeRulesFacts {
    /// The highest version so far; 0 before the first.
    pub newest: u32,
    /// The sets that are active or in shadow.
    pub standing: Vec<RuleSet>,
    /// Who asks, as the staff's list knows them.
    pub operator: Option<Operator>,
}

impl Ask for ProposeRules {
    type Facts = ProposeRulesFacts;
    type Answer = RuleSet;
    const NAME: &'static str = "rules.propose";

    fn decide(&self, facts: &ProposeRulesFacts, at: &Context<'_>) -> Decision<RuleSet> {
        let verdict = judge(Step::RuleChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            let operator = named(facts.operator.as_ref())?;
            check_reason(&self.reason)?;
            let book = RuleBook::read(&self.text);
            let book = book.map_err(|_| Refusal::new(Code::FieldNotAllowed).field("rules"))?;
            // The same person, the same file: it stands in shadow already.
            let again = |set: &&RuleSet| {
                set.text == self.text
                    && set.proposed.by == operator.name
                    && set.state() == RuleSetState::Shadow
            };
            if let Some(known) = facts.standing.iter().find(again) {
                return Ok(known.clone());
            }
            for set in &facts.standing {
                check_names(&book, set)?;
            }
            if facts.standing.iter().filter(|set| set.state() == RuleSetState::Shadow).count() >= SHADOWS_MAX
            {
                return Err(Refusal::new(Code::TooMany).field("rules"));
            }
            let set = RuleSet {
                version: facts.newest.saturating_add(1),
                text: self.text.clone(),
                proposed: Touched {
                    by: operator.name.clone(),
                    at: at.moment.now,
                    reason: self.reason.clone(),
                },
                promoted: None,
                retired: None,
            };
            plan.set_rules(at, &set);
            Ok(set)
        })
    }
}

/// A finding names a rule by code and version: these are one condition wherever they are asked.
fn check_names(book: &RuleBook, standing: &RuleSet) -> Result<(), Refusal> {
    let Ok(theirs) = RuleBook::read_again(&standing.text) else { return Ok(()) };
    let is_other = book.rules().iter().any(|rule| {
        theirs
            .rules()
            .iter()
            .any(|other| other.code == rule.code && other.version == rule.version && !other.is_same(rule))
    });
    if is_other { Err(Refusal::new(Code::ChangedSince).field("rules")) } else { Ok(()) }
}
