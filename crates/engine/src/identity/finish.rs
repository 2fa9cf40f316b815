//! A proof of identity ends: the verifier's signed word becomes the customer's identity; one person, one wallet.

use crate::{
    Ask, Code, Context, Decision, Ial, Need, Plan, Redirect, Refusal, Returned, Row, Standing,
    identity::{Identity, Proofing, ProofingMethod, ProofingState},
    sessions::Notice,
    sign_up::Customer,
};
use gate::{Evidence, Step, judge};
use terms::{BirthDate, CustomerId, Digest, Kana, ProofingId, Time};

/// Whom a verifier vouches for; the shell has checked signature, audience, nonce and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedPerson {
    /// The verifier.
    pub issuer: String,
    /// The verifier's stable subject.
    pub subject: String,
    /// By which method.
    pub method: String,
    /// The name as written.
    pub name: String,
    /// The name in kana.
    pub kana: Kana,
    /// The birth date.
    pub birth_date: BirthDate,
    /// When the verifier verified.
    pub verified_at: Time,
    /// When the certificate behind it ends.
    pub valid_until: Time,
}

/// The ask when the browser is back.
#[derive(Debug, Clone)]
pub struct FinishProofing {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which proof.
    pub id: ProofingId,
    /// What came back with the browser.
    pub returned: Returned,
    /// Whom the verifier vouches for; nothing when its answer was refused.
    pub person: Option<ProvedPerson>,
}

/// What the decision may know.
#[derive(Debug)]
pub struct FinishProofingFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The proof.
    pub proofing: Option<Proofing>,
    /// The customer's identity so far.
    pub identity: Option<Identity>,
    /// The customer whose identity this person is already.
    pub holder: Option<CustomerId>,
}

impl Ask for FinishProofing {
    type Facts = FinishProofingFacts;
    type Answer = Identity;
    const NAME: &'static str = "identity.finish_proofing";

    fn decide(&self, facts: &FinishProofingFacts, at: &Context<'_>) -> Decision<Identity> {
        let now = at.moment.now;
        let step = Step::Proofing;
        let standing = match Standing::meet(&facts.standing, Need::ACT, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, step, at.source.subjects(), refusal),
        };
        let subjects = standing.subjects(at);
        let own = |proofing: &&Proofing| proofing.customer == standing.customer.id;
        let Some(proofing) = facts.proofing.as_ref().filter(own) else {
            return Decision::turned_away(at, step, subjects, Code::NotFound.into());
        };
        if proofing.state != ProofingState::Begun || !proofing.redirect.fits(&self.returned, now) {
            return Decision::turned_away(at, step, subjects, Code::CeremonyOver.into());
        }
        let verdict = judge(step, &Evidence::new([]));
        let used = Row::Proofing(proofing.ended(ProofingState::Refused, now));
        Decision::judged_once(at, &verdict, subjects, used, |plan| {
            let person = self.person.as_ref().ok_or(Refusal::new(Code::AssertionRefused))?;
            let person = acceptable(person, proofing, now)?;
            if facts.holder.is_some_and(|holder| holder != standing.customer.id) {
                return Err(Code::IdentityTaken.into());
            }
            // A wallet stays its person's: it can be proved anew, never handed to somebody else.
            let same = |known: &Identity| known.issuer == person.issuer && known.subject == person.subject;
            if facts.identity.as_ref().is_some_and(|known| known.ended_at.is_none() && !same(known)) {
                return Err(Code::IdentityTaken.into());
            }
            Ok(prove(person, proofing, &standing.customer, at, plan))
        })
    }
}

/// The person, where method and dates are as they must be.
fn acceptable<'p>(
    person: &'p ProvedPerson,
    proofing: &Proofing,
    now: Time,
) -> Result<&'p ProvedPerson, Refusal> {
    let method = ProofingMethod::find(&person.method).filter(|method| method.is_valid_at(now));
    if method.is_none() {
        return Err(Code::MethodNotValid.into());
    }
    let fits = person.method == proofing.method
        && person.issuer == proofing.redirect.issuer
        && person.verified_at <= now.plus(terms::Span::minutes(1))
        && person.valid_until > now;
    if fits { Ok(person) } else { Err(Code::AssertionRefused.into()) }
}

fn prove(
    person: &ProvedPerson,
    proofing: &Proofing,
    customer: &Customer,
    at: &Context<'_>,
    plan: &mut Plan,
) -> Identity {
    let identity = Identity {
        customer: customer.id,
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        method: person.method.clone(),
        name: person.name.clone(),
        kana: person.kana.clone(),
        birth_date: person.birth_date.clone(),
        verified_at: person.verified_at,
        valid_until: person.valid_until,
        ended_at: None,
    };
    plan.put(Row::Proofing(proofing.ended(ProofingState::Proved, at.moment.now)));
    plan.put(Row::Identity(identity.clone()));
    plan.put(Row::Customer(Customer { ial: Ial::Proved, ..customer.clone() }));
    plan.notify(at, customer, &Notice::IdentityProved);
    identity
}

impl Proofing {
    /// The same, at its end: its redirect cannot be used again.
    fn ended(&self, state: ProofingState, now: Time) -> Self {
        let redirect = Redirect { used_at: Some(now), ..self.redirect.clone() };
        Self { state, redirect, ..self.clone() }
    }
}
