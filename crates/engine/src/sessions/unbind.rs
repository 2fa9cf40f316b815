//! An outside identity opens this wallet no more.

use crate::{
    Aal, Ask, Code, Context, Decision, Need, Refusal, Row, Standing,
    sessions::{Federation, Notice, Session},
};
use gate::{Evidence, Step, judge};
use terms::Digest;

/// The ask.
#[derive(Debug, Clone)]
pub struct UnbindFederation {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The provider's issuer.
    pub issuer: String,
}

/// What the decision may know.
#[derive(Debug)]
pub struct UnbindFederationFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The outside identities that are bound to the customer.
    pub bound: Vec<Federation>,
    /// The customer's sessions that have not ended.
    pub sessions: Vec<Session>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for UnbindFederation {
    type Facts = UnbindFederationFacts;
    type Answer = ();
    const NAME: &'static str = "sessions.unbind_federation";

    fn decide(&self, facts: &UnbindFederationFacts, at: &Context<'_>) -> Decision<()> {
        let (now, step) = (at.moment.now, Step::AuthenticatorChange);
        let standing = match Standing::meet(&facts.standing, Need::CHANGE, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, step, at.source.subjects(), refusal),
        };
        let verdict = judge(step, &facts.evidence);
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            let customer = &standing.customer;
            let of_issuer = |bound: &&Federation| {
                bound.issuer == self.issuer && bound.customer == customer.id && bound.removed_at.is_none()
            };
            let mut bound = facts.bound.iter().filter(of_issuer).peekable();
            if bound.peek().is_none() {
                return Err(Refusal::new(Code::NotFound));
            }
            for bound in bound {
                plan.put(Row::Federation(Federation { removed_at: Some(now), ..bound.clone() }));
            }
            // A session does not know which provider vouched for it, so all that one vouched for end.
            let vouched_for = facts.sessions.iter().filter(|session| session.aal == Aal::Federated);
            vouched_for.for_each(|session| plan.end_session(session.clone(), now));
            plan.notify(at, customer, &Notice::OutsideIdentityUnbound { issuer: &self.issuer });
            Ok(())
        })
    }
}
