//! One person stops: at once, with a reason (P7, H5).

use super::check_reason;
use crate::{Ask, Context, Decision};
use gate::{Breaker, Evidence, Level, Scope, Step, Stopper, Subjects, judge};
use terms::OperatorName;

/// The ask; the server has checked who asks.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Who stops.
    pub by: OperatorName,
    /// What.
    pub scope: Scope,
    /// How far.
    pub level: Level,
    /// Why, in 3 to 500 characters.
    pub reason: String,
}

/// What the decision may know.
#[derive(Debug)]
pub struct StopFacts {
    /// The breaker as it stands.
    pub breaker: Option<Breaker>,
}

impl Ask for Stop {
    type Facts = StopFacts;
    type Answer = Breaker;
    const NAME: &'static str = "stops.stop";

    fn decide(&self, facts: &StopFacts, at: &Context<'_>) -> Decision<Breaker> {
        let verdict = judge(Step::Stop, &Evidence::new([]));
        let subjects = Subjects { bank: self.scope.bank(), ..at.source.subjects() };
        Decision::judged(at, &verdict, subjects, |plan| {
            check_reason(&self.reason)?;
            let by = Stopper::Operator(self.by.clone());
            let now = at.moment.now;
            let scope = self.scope.clone();
            let stopped =
                Breaker::stop(facts.breaker.as_ref(), scope, self.level, by, self.reason.clone(), now);
            plan.set_breaker(at, &stopped);
            Ok(stopped)
        })
    }
}
