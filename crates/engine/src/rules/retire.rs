//! One person ends a set of rules: a rule that shuts out everybody cannot wait for a second person. The detectors stay.

use super::{RuleSet, RuleSetState, Touched, check_reason};
use crate::{
    Ask, Code, Context, Decision, Refusal,
    operators::{Operator, named},
};
use gate::{Evidence, Step, judge};
use terms::OperatorName;

/// The ask; the server has checked who asks.
#[derive(Debug, Clone)]
pub struct RetireRules {
    /// Who.
    pub by: OperatorName,
    /// Which set.
    pub version: u32,
    /// Why, in 3 to 500 characters.
    pub reason: String,
}

/// What the decision may know.
#[derive(Debug)]
pub struct RetireRulesFacts {
    /// The set.
    pub set: Option<RuleSet>,
    /// Who asks, as the staff's list knows them.
    pub operator: Option<Operator>,
}

impl Ask for RetireRules {
    type Facts = RetireRulesFacts;
    type Answer = RuleSet;
    const NAME: &'static str = "rules.retire";

    fn decide(&self, facts: &RetireRulesFacts, at: &Context<'_>) -> Decision<RuleSet> {
        let verdict = judge(Step::RuleChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            let operator = named(facts.operator.as_ref())?;
            check_reason(&self.reason)?;
            let set = facts.set.as_ref().ok_or(Refusal::new(Code::NotFound).field("version"))?;
            if set.state() == RuleSetState::Retired {
                return Ok(set.clone());
            }
            let by = operator.name.clone();
            let retired = Some(Touched { by, at: at.moment.now, reason: self.reason.clone() });
            let set = RuleSet { retired, ..set.clone() };
            plan.set_rules(at, &set);
            Ok(set)
        })
    }
}
