//! A second, different person makes a set of rules weigh; the one before it goes.

use super::{RuleSet, RuleSetState, Touched, check_reason};
use crate::{
    Ask, Code, Context, Decision, Refusal,
    operators::{Operator, named},
};
use gate::{Evidence, Step, judge};
use terms::OperatorName;

/// The ask; the server has checked who asks.
#[derive(Debug, Clone)]
pub struct PromoteRules {
    /// Who.
    pub by: OperatorName,
    /// Which set.
    pub version: u32,
    /// Why, in 3 to 500 characters.
    pub reason: String,
}

/// What the decision may know.
#[derive(Debug)]
pub struct PromoteRulesFacts {
    /// The set.
    pub set: Option<RuleSet>,
    /// The one that weighs now.
    pub active: Option<RuleSet>,
    /// Who asks, as the staff's list knows them.
    pub operator: Option<Operator>,
    /// Who proposed the set.
    pub proposer: Option<Operator>,
}

impl Ask for PromoteRules {
    type Facts = PromoteRulesFacts;
    type Answer = RuleSet;
    const NAME: &'static str = "rules.promote";

    fn decide(&self, facts: &PromoteRulesFacts, at: &Context<'_>) -> Decision<RuleSet> {
        let verdict = judge(Step::RuleChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            let operator = named(facts.operator.as_ref())?;
            check_reason(&self.reason)?;
            let set = facts.set.as_ref().ok_or(Refusal::new(Code::NotFound).field("version"))?;
            if set.state() != RuleSetState::Shadow {
                return Err(Code::WrongState.into());
            }
            if !facts.proposer.as_ref().is_some_and(|proposer| operator.is_second_to(proposer)) {
                return Err(Code::SecondPersonNeeded.into());
            }
            let touched =
                Touched { by: operator.name.clone(), at: at.moment.now, reason: self.reason.clone() };
            if let Some(before) = &facts.active {
                let retired = Some(Touched {
                    reason: format!("version {} takes its place", set.version),
                    ..touched.clone()
                });
                plan.set_rules(at, &RuleSet { retired, ..before.clone() });
            }
            let promoted = RuleSet { promoted: Some(touched), ..set.clone() };
            plan.set_rules(at, &promoted);
            Ok(promoted)
        })
    }
}
