//! Two different people resume: the first asks, the second confirms (P7).

use super::{check_reason, refusal_of};
use crate::{
    Ask, Code, Context, Decision, Refusal,
    operators::{Operator, named},
};
use gate::{Breaker, Evidence, Scope, Setting, Step, Subjects, judge};
use terms::OperatorName;

/// What both decisions may know.
#[derive(Debug)]
pub struct ResumeFacts {
    /// The breaker as it stands.
    pub breaker: Option<Breaker>,
    /// Who asks, as the staff's list knows them.
    pub operator: Option<Operator>,
    /// Who has asked before, where somebody has.
    pub asked_by: Option<Operator>,
}

impl ResumeFacts {
    /// The breaker, where a named person asks: the token of the first hour is nobody in particular.
    fn meet(&self) -> Result<(&Breaker, &Operator), Refusal> {
        let operator = named(self.operator.as_ref())?;
        let breaker = self.breaker.as_ref().ok_or(Refusal::new(Code::NotFound).field("scope"))?;
        Ok((breaker, operator))
    }
}

/// The first person's ask.
#[derive(Debug, Clone)]
pub struct AskToResume {
    /// Who.
    pub by: OperatorName,
    /// Which breaker.
    pub scope: Scope,
    /// What shall come next.
    pub to: Setting,
    /// The version that was looked at.
    pub version: u64,
    /// Why, in 3 to 500 characters.
    pub reason: String,
}

/// The second person's word.
#[derive(Debug, Clone)]
pub struct ConfirmResume {
    /// Who.
    pub by: OperatorName,
    /// Which breaker.
    pub scope: Scope,
    /// What shall come next.
    pub to: Setting,
    /// The version that was looked at.
    pub version: u64,
}

fn subjects(scope: &Scope, at: &Context<'_>) -> Subjects {
    Subjects { bank: scope.bank(), ..at.source.subjects() }
}

impl Ask for AskToResume {
    type Facts = ResumeFacts;
    type Answer = Breaker;
    const NAME: &'static str = "stops.ask_to_resume";

    fn decide(&self, facts: &ResumeFacts, at: &Context<'_>) -> Decision<Breaker> {
        let verdict = judge(Step::Resume, &Evidence::new([]));
        Decision::judged(at, &verdict, subjects(&self.scope, at), |plan| {
            let (breaker, operator) = facts.meet()?;
            check_reason(&self.reason)?;
            let (reason, now) = (self.reason.clone(), at.moment.now);
            let asked = breaker
                .ask_to_resume(self.to, self.version, operator.name.clone(), reason, now)
                .map_err(refusal_of)?;
            plan.set_breaker(at, &asked);
            Ok(asked)
        })
    }
}

impl Ask for ConfirmResume {
    type Facts = ResumeFacts;
    type Answer = Breaker;
    const NAME: &'static str = "stops.confirm_resume";

    fn decide(&self, facts: &ResumeFacts, at: &Context<'_>) -> Decision<Breaker> {
        let verdict = judge(Step::Resume, &Evidence::new([]));
        Decision::judged(at, &verdict, subjects(&self.scope, at), |plan| {
            let (breaker, operator) = facts.meet()?;
            // The breaker itself knows who stopped and who asked, and not who brought in whom.
            if facts
                .asked_by
                .as_ref()
                .is_some_and(|first| first.name != operator.name && !operator.is_second_to(first))
            {
                return Err(Code::SecondPersonNeeded.into());
            }
            let resumed = breaker
                .confirm_resume(self.to, self.version, &operator.name, at.moment.now)
                .map_err(refusal_of)?;
            plan.set_breaker(at, &resumed);
            Ok(resumed)
        })
    }
}
