//! A customer chooses the name to be paid under; a name that was given up rests before somebody else may have it.

use crate::{
    Ask, Code, Context, Decision, Need, Plan, Refusal, Row, Standing, identity::Identity, sign_up::Customer,
};
use gate::{Evidence, Step, judge};
use serde::{Deserialize, Serialize};
use terms::{CustomerId, Digest, Handle, Time};

/// Names that one customer may have given up at a time: more would keep them from everybody.
const GIVEN_UP_MAX: usize = 3;

/// A handle that was given up: money sent to its old owner must not reach a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUpHandle {
    /// Which handle.
    pub handle: Handle,
    /// Whose it was.
    pub customer: CustomerId,
    /// Who that was, by a verifier's word: the verifier and its subject. A person who closed a wallet comes back as
    /// another customer.
    pub person: Option<(String, String)>,
    /// From when on anybody may have it.
    pub free_at: Time,
}

impl GivenUpHandle {
    fn keeps_out(&self, customer: &Customer, identity: Option<&Identity>, now: Time) -> bool {
        let same_person = || {
            let identity = identity.filter(|identity| identity.ended_at.is_none());
            self.person.is_some() && self.person == identity.map(person)
        };
        now < self.free_at && self.customer != customer.id && !same_person()
    }
}

fn person(identity: &Identity) -> (String, String) {
    (identity.issuer.clone(), identity.subject.clone())
}

impl Plan {
    /// A customer's handle, if there is one, rests from now on.
    pub(crate) fn give_up_handle(
        &mut self,
        at: &Context<'_>,
        customer: &Customer,
        identity: Option<&Identity>,
    ) {
        if let Some(handle) = customer.handle.clone() {
            let free_at = at.moment.now.plus(at.policy.handle_rest_ms);
            let person = identity.map(person);
            self.put(Row::GivenUpHandle(GivenUpHandle { handle, customer: customer.id, person, free_at }));
        }
    }
}

/// The ask.
#[derive(Debug, Clone)]
pub struct ChooseHandle {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which name.
    pub handle: Handle,
}

/// What the decision may know.
#[derive(Debug, Default)]
pub struct ChooseHandleFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The asker's proved identity.
    pub identity: Option<Identity>,
    /// Whether another customer has the handle.
    pub taken: bool,
    /// When it was last given up, and by whom.
    pub given_up: Option<GivenUpHandle>,
    /// How many other handles that the asker gave up still rest.
    pub resting: usize,
}

impl Ask for ChooseHandle {
    type Facts = ChooseHandleFacts;
    type Answer = Handle;
    const NAME: &'static str = "sign_up.choose_handle";

    fn decide(&self, facts: &ChooseHandleFacts, at: &Context<'_>) -> Decision<Handle> {
        let standing = match Standing::meet(&facts.standing, Need::ACT, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return Decision::turned_away(at, Step::HandleChange, at.source.subjects(), refusal);
            }
        };
        let (now, customer) = (at.moment.now, &standing.customer);
        let verdict = judge(Step::HandleChange, &Evidence::new([]));
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            if customer.handle.as_ref() == Some(&self.handle) {
                return Ok(self.handle.clone());
            }
            let identity = facts.identity.as_ref();
            let rests = facts.given_up.as_ref().is_some_and(|old| old.keeps_out(customer, identity, now));
            // The same answer for both: whether somebody has it or had it is nobody's business.
            if facts.taken || rests {
                return Err(Refusal::new(Code::HandleTaken).field("handle"));
            }
            if customer.handle.is_some() && facts.resting >= GIVEN_UP_MAX {
                return Err(Refusal::new(Code::TooMany));
            }
            if let Some(old) = &facts.given_up {
                plan.put(Row::GivenUpHandle(GivenUpHandle { free_at: now.min(old.free_at), ..old.clone() }));
            }
            plan.give_up_handle(at, customer, identity);
            let handle = Some(self.handle.clone());
            plan.put(Row::Customer(Customer { handle, ..customer.clone() }));
            Ok(self.handle.clone())
        })
    }
}
