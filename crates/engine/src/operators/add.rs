//! A person joins the operator's staff.

use crate::{Ask, Code, Context, Decision, Event, Refusal, Row, event::Audience, operators::Operator};
use gate::{Evidence, Step, judge};
use terms::{Digest, OperatorName};

/// The ask; the server has checked that a colleague asks.
#[derive(Debug, Clone)]
pub struct AddOperator {
    /// Who asks.
    pub by: OperatorName,
    /// The new name.
    pub name: OperatorName,
    /// SHA-256 of the token that the shell drew.
    pub token: Digest,
}

/// What the decision may know.
#[derive(Debug)]
pub struct AddOperatorFacts {
    /// Whoever had the name first.
    pub known: Option<Operator>,
    /// Who asks; nothing where the token of the first hour does.
    pub adder: Option<Operator>,
}

impl Ask for AddOperator {
    type Facts = AddOperatorFacts;
    type Answer = Operator;
    const NAME: &'static str = "operators.add";

    fn decide(&self, facts: &AddOperatorFacts, at: &Context<'_>) -> Decision<Operator> {
        let verdict = judge(Step::OperatorChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            // A name in the journal stays one person's for ever.
            if facts.known.is_some() || self.name == Operator::first_hour() {
                return Err(Refusal::new(Code::WrongState).field("name"));
            }
            let operator = Operator {
                name: self.name.clone(),
                token: self.token,
                added_by: self.by.clone(),
                line: facts.adder.as_ref().map_or(&self.name, |adder| &adder.line).clone(),
                created_at: at.moment.now,
                ended_at: None,
            };
            plan.put(Row::Operator(operator.clone()));
            plan.tell(Event {
                audience: Audience::Operators,
                at: at.moment.now,
                kind: "operator.added".to_owned(),
                body: serde_json::json!({ "name": self.name, "by": self.by }),
            });
            Ok(operator)
        })
    }
}
