//! An outside OpenID provider vouches for somebody: enough to look, once it was bound with a fresh passkey
//! signature; keyed by issuer and subject, never joined by e-mail (H9).

use crate::{
    Aal, Ask, Code, Context, Decision, Need, Plan, Redirect, Refusal, Returned, Row, Standing,
    sessions::{Ceremony, CeremonyBegun, CeremonyKind, Federation, NewSession, Notice, SignedIn, check_name},
    sign_up::{Customer, CustomerState},
};
use gate::{Evidence, Step, Subjects, judge};
use serde::{Deserialize, Serialize};
use terms::{CeremonyId, Digest};

/// The ask to send the browser away.
#[derive(Debug, Clone)]
pub struct BeginFederation {
    /// SHA-256 of the session's token; needed to bind.
    pub session: Option<Digest>,
    /// The new round.
    pub id: CeremonyId,
    /// To sign in or to bind.
    pub kind: CeremonyKind,
    /// Which provider.
    pub provider: String,
    /// What must be true when the browser comes back.
    pub redirect: Redirect,
}

/// What the decision may know.
#[derive(Debug)]
pub struct BeginFederationFacts {
    /// Who asks.
    pub standing: Option<Standing>,
}

impl Ask for BeginFederation {
    type Facts = BeginFederationFacts;
    type Answer = CeremonyBegun;
    const NAME: &'static str = "sessions.begin_federation";

    fn decide(&self, facts: &BeginFederationFacts, at: &Context<'_>) -> Decision<CeremonyBegun> {
        let customer = match self.kind.need() {
            None => None,
            Some(need) => match Standing::meet(&facts.standing, need, at) {
                Ok(standing) => Some(standing.customer.id),
                Err(refusal) => {
                    return Decision::turned_away(at, Step::Federation, at.source.subjects(), refusal);
                }
            },
        };
        let verdict = judge(Step::CeremonyBegun, &Evidence::new([]));
        let subjects = Subjects { customer, ..at.source.subjects() };
        Decision::judged(at, &verdict, subjects, |plan| {
            let expires_at = self.redirect.expires_at;
            plan.put(Row::Ceremony(Ceremony {
                id: self.id,
                kind: self.kind.clone(),
                customer,
                state: self.provider.clone(),
                redirect: Some(self.redirect.clone()),
                expires_at,
                used_at: None,
            }));
            Ok(CeremonyBegun { ceremony: self.id, expires_at })
        })
    }
}

/// Who somebody is at an outside provider, every claim of whose ID token was checked by the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideIdentity {
    /// The provider's issuer.
    pub issuer: String,
    /// The provider's subject.
    pub subject: String,
}

/// The ask when the browser is back.
#[derive(Debug, Clone)]
pub struct FinishFederation {
    /// SHA-256 of the session's token; needed to bind.
    pub session: Option<Digest>,
    /// Which round.
    pub id: CeremonyId,
    /// What came back with the browser.
    pub returned: Returned,
    /// For whom the provider vouches; nothing when its answer was refused.
    pub identity: Option<OutsideIdentity>,
    /// The session to be opened, to sign in.
    pub new_session: NewSession,
}

/// What the decision may know.
#[derive(Debug)]
pub struct FinishFederationFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The round.
    pub ceremony: Option<Ceremony>,
    /// What the outside identity is bound to.
    pub bound: Option<Federation>,
    /// The customer whom it is bound to.
    pub customer: Option<Customer>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// The answer: a session, or that the identity is bound now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vouched {
    /// A session that may look.
    SignedIn(SignedIn),
    /// Bound to the wallet of whoever asked.
    Bound,
}

impl Ask for FinishFederation {
    type Facts = FinishFederationFacts;
    type Answer = Vouched;
    const NAME: &'static str = "sessions.finish_federation";

    fn decide(&self, facts: &FinishFederationFacts, at: &Context<'_>) -> Decision<Vouched> {
        let now = at.moment.now;
        let step = Step::Federation;
        let turn_away = |refusal: Refusal| Decision::turned_away(at, step, at.source.subjects(), refusal);
        let Some(ceremony) = &facts.ceremony else { return turn_away(Code::NotFound.into()) };
        // The fresh signature was asked for when the browser left; the walk may take longer than it counts.
        let standing = match ceremony.kind.need() {
            None => None,
            Some(_) => match Standing::meet(&facts.standing, Need::ACT, at) {
                Ok(standing) => Some(standing),
                Err(refusal) => return turn_away(refusal),
            },
        };
        if ceremony.customer != standing.map(|standing| standing.customer.id) {
            return turn_away(Code::NotFound.into());
        }
        let fits = |redirect: &Redirect| redirect.fits(&self.returned, now);
        let redirected = ceremony.redirect.as_ref().is_some_and(fits);
        if !redirected || !ceremony.is_open(&ceremony.kind, now) {
            return turn_away(Code::CeremonyOver.into());
        }
        let verdict = judge(step, &facts.evidence);
        let customer = standing.map(|standing| &standing.customer).or(facts.customer.as_ref());
        let subjects = Subjects { customer: customer.map(|customer| customer.id), ..at.source.subjects() };
        let used = Row::Ceremony(ceremony.used(now));
        Decision::judged_once(at, &verdict, subjects, used, |plan| {
            let identity = self.identity.as_ref().ok_or(Refusal::new(Code::AssertionRefused))?;
            match standing {
                Some(standing) => bind(identity, &standing.customer, facts, at, plan),
                None => self.sign_in(&verdict, facts, at, plan),
            }
        })
    }
}

fn bind(
    identity: &OutsideIdentity,
    customer: &Customer,
    facts: &FinishFederationFacts,
    at: &Context<'_>,
    plan: &mut Plan,
) -> Result<Vouched, Refusal> {
    match &facts.bound {
        Some(bound) if bound.removed_at.is_none() && bound.customer != customer.id => {
            Err(Code::IdentityTaken.into())
        }
        Some(bound) if bound.removed_at.is_none() => Ok(Vouched::Bound),
        _ => {
            plan.put(Row::Federation(Federation {
                issuer: identity.issuer.clone(),
                subject: identity.subject.clone(),
                customer: customer.id,
                bound_at: at.moment.now,
                removed_at: None,
            }));
            plan.notify(at, customer, &Notice::OutsideIdentityBound { issuer: &identity.issuer });
            Ok(Vouched::Bound)
        }
    }
}

impl FinishFederation {
    fn sign_in(
        &self,
        verdict: &gate::Verdict,
        facts: &FinishFederationFacts,
        at: &Context<'_>,
        plan: &mut Plan,
    ) -> Result<Vouched, Refusal> {
        let pass = verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
        check_name(&self.new_session.name, "device_name")?;
        let bound = facts.bound.as_ref().filter(|bound| bound.removed_at.is_none());
        let customer = bound
            .zip(facts.customer.as_ref())
            .filter(|(bound, customer)| bound.customer == customer.id)
            .map(|(_, customer)| customer)
            .filter(|customer| customer.state != CustomerState::Closed)
            .ok_or(Refusal::new(Code::NotBound))?;
        let signed_in = self.new_session.open(plan, &pass, at, customer.id, Aal::Federated, None);
        Ok(Vouched::SignedIn(signed_in))
    }
}
