//! A proof of identity begins: the browser goes to the verifier, by a method that is valid today.

use crate::{
    Ask, Code, Context, Decision, Need, Redirect, Refusal, Row, Standing,
    identity::{Proofing, ProofingMethod, ProofingState},
};
use gate::{Evidence, Step, judge};
use terms::{Digest, ProofingId};

/// The ask.
#[derive(Debug, Clone)]
pub struct BeginProofing {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The new proof.
    pub id: ProofingId,
    /// By which method of the method table.
    pub method: String,
    /// What must be true when the browser comes back.
    pub redirect: Redirect,
}

/// What the decision may know.
#[derive(Debug)]
pub struct BeginProofingFacts {
    /// Who asks.
    pub standing: Option<Standing>,
}

impl Ask for BeginProofing {
    type Facts = BeginProofingFacts;
    type Answer = ProofingId;
    const NAME: &'static str = "identity.begin_proofing";

    fn decide(&self, facts: &BeginProofingFacts, at: &Context<'_>) -> Decision<ProofingId> {
        let now = at.moment.now;
        let standing = match Standing::meet(&facts.standing, Need::ACT, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, Step::Proofing, at.source.subjects(), refusal),
        };
        let verdict = judge(Step::Proofing, &Evidence::new([]));
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            let valid = ProofingMethod::find(&self.method).is_some_and(|method| method.is_valid_at(now));
            if !valid {
                return Err(Refusal::new(Code::MethodNotValid).field("method"));
            }
            plan.put(Row::Proofing(Proofing {
                id: self.id,
                customer: standing.customer.id,
                method: self.method.clone(),
                redirect: self.redirect.clone(),
                state: ProofingState::Begun,
                begun_at: now,
            }));
            Ok(self.id)
        })
    }
}
