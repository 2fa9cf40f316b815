//! A person leaves the operator's staff: the token opens nothing from now on.

use crate::{Ask, Code, Context, Decision, Event, Refusal, Row, event::Audience, operators::Operator};
use gate::{Evidence, Step, judge};
use terms::OperatorName;

/// The ask; the server has checked that a colleague asks.
#[derive(Debug, Clone)]
pub struct EndOperator {
    /// Who asks.
    pub by: OperatorName,
    /// Who leaves.
    pub name: OperatorName,
}

/// What the decision may know.
#[derive(Debug)]
pub struct EndOperatorFacts {
    /// Who leaves.
    pub operator: Option<Operator>,
}

impl Ask for EndOperator {
    type Facts = EndOperatorFacts;
    type Answer = ();
    const NAME: &'static str = "operators.end";

    fn decide(&self, facts: &EndOperatorFacts, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::OperatorChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            let operator = facts.operator.as_ref().ok_or(Refusal::new(Code::NotFound).field("name"))?;
            if !operator.is_active() {
                return Ok(());
            }
            plan.put(Row::Operator(Operator { ended_at: Some(at.moment.now), ..operator.clone() }));
            plan.tell(Event {
                audience: Audience::Operators,
                at: at.moment.now,
                kind: "operator.ended".to_owned(),
                body: serde_json::json!({ "name": self.name, "by": self.by }),
            });
            Ok(())
        })
    }
}
