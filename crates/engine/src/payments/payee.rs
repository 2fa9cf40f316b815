//! Look a payee up by handle: the masked name, for those who may see it; nothing else is ever told (P4).

use crate::{Ask, Code, Context, Decision, Need, Refusal, Standing, payments::Payee, sign_up::CustomerState};
use gate::{Evidence, Step, judge};
use serde::{Deserialize, Serialize};
use terms::{Digest, Handle};

/// The ask.
#[derive(Debug, Clone)]
pub struct LookUpPayee {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Whom.
    pub handle: Handle,
}

/// What the decision may know.
#[derive(Debug)]
pub struct LookUpPayeeFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// Who has the handle.
    pub payee: Option<Payee>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// What the asker sees of a payee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenPayee {
    /// The masked name, `ヤ● ハ●`.
    pub masked_name: String,
}

impl Ask for LookUpPayee {
    type Facts = LookUpPayeeFacts;
    type Answer = SeenPayee;
    const NAME: &'static str = "payments.look_up_payee";

    fn decide(&self, facts: &LookUpPayeeFacts, at: &Context<'_>) -> Decision<SeenPayee> {
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return Decision::turned_away(at, Step::PayeeLookup, at.source.subjects(), refusal);
            }
        };
        let verdict = judge(Step::PayeeLookup, &facts.evidence);
        Decision::judged(at, &verdict, standing.subjects(at), |_| {
            verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            facts
                .payee
                .as_ref()
                .filter(|payee| payee.customer.state == CustomerState::Active)
                .and_then(|payee| payee.masked_name.clone())
                .map(|masked_name| SeenPayee { masked_name })
                .ok_or(Refusal::new(Code::PayeeUnavailable).field("handle"))
        })
    }
}
