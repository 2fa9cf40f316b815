//! A customer chooses the name to be paid under.

use crate::{Ask, Code, Context, Decision, Need, Refusal, Row, Standing, sign_up::Customer};
use gate::{Evidence, Step, judge};
use terms::{Digest, Handle};

/// The ask.
#[derive(Debug, Clone)]
pub struct ChooseHandle {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which name.
    pub handle: Handle,
}

/// What the decision may know.
#[derive(Debug)]
pub struct ChooseHandleFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// Whether another customer has the handle.
    pub taken: bool,
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
        let verdict = judge(Step::HandleChange, &Evidence::new([]));
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            if facts.taken {
                return Err(Refusal::new(Code::HandleTaken).field("handle"));
            }
            let handle = Some(self.handle.clone());
            plan.put(Row::Customer(Customer { handle, ..standing.customer.clone() }));
            Ok(self.handle.clone())
        })
    }
}
