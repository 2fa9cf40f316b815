//! Two different people lift a link's suspension: the first asks, the second agrees (P7). It starts young again.

use super::{LiftAsked, Link, LinkState};
use crate::{
    Ask, Code, Context, Decision, Event, Plan, Refusal,
    event::Audience,
    operators::{Operator, named},
    sessions::Notice,
    sign_up::Customer,
    stops::check_reason,
};
use gate::{Evidence, Step, Subjects, judge};
use serde_json::{Value, json};
use terms::{LinkId, OperatorName, Span};

/// So long the second person may take; then it is to be asked again.
const ASKED_LIFE: Span = Span::days(7);

/// The first person's ask.
#[derive(Debug, Clone)]
pub struct AskToLift {
    /// Who.
    pub by: OperatorName,
    /// Which link.
    pub link: LinkId,
    /// Why, in 3 to 500 characters.
    pub reason: String,
}

/// The second person's word.
#[derive(Debug, Clone)]
pub struct ConfirmLift {
    /// Who.
    pub by: OperatorName,
    /// Which link.
    pub link: LinkId,
}

/// What both decisions may know.
#[derive(Debug)]
pub struct LiftFacts {
    /// The link with its customer.
    pub link: Option<(Link, Customer)>,
    /// Whether another link of the customer is suspended too.
    pub another_suspended: bool,
    /// Who asks, as the staff's list knows them.
    pub operator: Option<Operator>,
    /// Who has asked before, where somebody has.
    pub asked_by: Option<Operator>,
}

impl LiftFacts {
    fn suspended(&self) -> Result<&(Link, Customer), Refusal> {
        let found = self.link.as_ref().ok_or(Refusal::new(Code::NotFound).field("link"))?;
        if found.0.state == LinkState::Suspended { Ok(found) } else { Err(Code::WrongState.into()) }
    }

    fn subjects(&self, at: &Context<'_>) -> Subjects {
        let link = self.link.as_ref().map(|(link, _)| link);
        Subjects { bank: link.map(|link| link.bank), ..at.source.subjects() }
    }
}

impl Ask for AskToLift {
    type Facts = LiftFacts;
    type Answer = Link;
    const NAME: &'static str = "linking.ask_to_lift";

    fn decide(&self, facts: &LiftFacts, at: &Context<'_>) -> Decision<Link> {
        let verdict = judge(Step::LinkLift, &Evidence::new([]));
        Decision::judged(at, &verdict, facts.subjects(at), |plan| {
            let operator = named(facts.operator.as_ref())?;
            let (link, _) = facts.suspended()?;
            check_reason(&self.reason)?;
            let asked =
                LiftAsked { by: operator.name.clone(), at: at.moment.now, reason: self.reason.clone() };
            let body = json!({ "link": link.id, "by": asked.by, "reason": asked.reason });
            let link = Link { lift: Some(asked), ..link.clone() };
            plan.suspend_link(link.clone());
            plan.tell_staff(at, "link.lift_asked", body);
            Ok(link)
        })
    }
}

impl Ask for ConfirmLift {
    type Facts = LiftFacts;
    type Answer = Link;
    const NAME: &'static str = "linking.confirm_lift";

    fn decide(&self, facts: &LiftFacts, at: &Context<'_>) -> Decision<Link> {
        let verdict = judge(Step::LinkLift, &Evidence::new([]));
        let now = at.moment.now;
        Decision::judged(at, &verdict, facts.subjects(at), |plan| {
            let operator = named(facts.operator.as_ref())?;
            let (link, customer) = facts.suspended()?;
            let fresh = |asked: &&LiftAsked| now < asked.at.plus(ASKED_LIFE);
            let asked = link.lift.as_ref().filter(fresh).ok_or(Refusal::new(Code::WrongState))?;
            let first = facts.asked_by.as_ref().filter(|first| first.name == asked.by);
            if !first.is_some_and(|first| operator.is_second_to(first)) {
                return Err(Code::SecondPersonNeeded.into());
            }
            let pass = verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let body = json!({
                "link": link.id, "by": operator.name, "asked_by": asked.by, "reason": asked.reason,
            });
            let lifted = Link {
                state: LinkState::Active,
                lift: None,
                young_until: now.plus(at.policy.link_young_ms).max(link.young_until),
                ..link.clone()
            };
            plan.open_link(&pass, lifted.clone());
            plan.notify(at, customer, &Notice::LinkLifted { account: &link.named(customer.locale) });
            plan.tell_staff(at, "link.lifted", body);
            // What was told of one link is not settled by the other.
            if !facts.another_suspended {
                let subjects = Subjects { customer: Some(customer.id), ..Subjects::default() };
                plan.remember(at, Step::LinkLifted, subjects, None);
            }
            Ok(lifted)
        })
    }
}

impl Plan {
    fn tell_staff(&mut self, at: &Context<'_>, kind: &str, body: Value) {
        let (audience, kind) = (Audience::Operators, kind.to_owned());
        self.tell(Event { audience, at: at.moment.now, kind, body });
    }
}
