//! Passkeys are added and removed, with a fresh signature of one bound before; the old channels are told.

use crate::{
    Ask, Code, Context, Decision, Need, Refusal, Row, Standing,
    sessions::{Authenticator, Ceremony, CeremonyKind, MadePasskey, Notice, Session, check_name},
};
use gate::{Evidence, Step, judge};
use terms::{AuthenticatorId, CeremonyId, Digest};

/// The most passkeys of one customer.
const PASSKEYS_MAX: usize = 20;

/// The ask for one more.
#[derive(Debug, Clone)]
pub struct AddPasskey {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which round.
    pub ceremony: CeremonyId,
    /// The passkey that was made; nothing when its answer did not verify.
    pub made: Option<MadePasskey>,
    /// Its name for people, 1 to 60 characters.
    pub name: String,
}

/// What the decision may know.
#[derive(Debug)]
pub struct AddPasskeyFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The round.
    pub ceremony: Option<Ceremony>,
    /// How many passkeys are bound.
    pub bound: usize,
    /// Whether the credential is bound already, to whomever.
    pub credential_known: bool,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for AddPasskey {
    type Facts = AddPasskeyFacts;
    type Answer = Authenticator;
    const NAME: &'static str = "sessions.add_passkey";

    fn decide(&self, facts: &AddPasskeyFacts, at: &Context<'_>) -> Decision<Authenticator> {
        let now = at.moment.now;
        let step = Step::AuthenticatorChange;
        let standing = match Standing::meet(&facts.standing, Need::CHANGE, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, step, at.source.subjects(), refusal),
        };
        let customer = &standing.customer;
        let subjects = standing.subjects(at);
        let open =
            |c: &&Ceremony| c.is_open(&CeremonyKind::AddPasskey, now) && c.customer == Some(customer.id);
        let Some(ceremony) = facts.ceremony.as_ref().filter(open) else {
            return Decision::turned_away(at, step, subjects, Code::CeremonyOver.into());
        };
        let verdict = judge(step, &facts.evidence);
        let used = Row::Ceremony(ceremony.used(now));
        Decision::judged_once(at, &verdict, subjects, used, |plan| {
            verdict.pass(true).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            check_name(&self.name, "name")?;
            if facts.bound >= PASSKEYS_MAX {
                return Err(Code::TooMany.into());
            }
            let made = self
                .made
                .as_ref()
                .filter(|_| !facts.credential_known)
                .ok_or(Refusal::new(Code::CodeWrong))?;
            let authenticator = Authenticator {
                id: AuthenticatorId::new(at.moment.uuid()),
                customer: customer.id,
                credential: made.credential.clone(),
                passkey: made.passkey.clone(),
                name: self.name.clone(),
                created_at: now,
                removed_at: None,
            };
            plan.put(Row::Authenticator(authenticator.clone()));
            plan.notify(at, customer, &Notice::PasskeyAdded { name: &self.name });
            Ok(authenticator)
        })
    }
}

/// The ask for one less.
#[derive(Debug, Clone)]
pub struct RemovePasskey {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which passkey.
    pub passkey: AuthenticatorId,
}

/// What the decision may know.
#[derive(Debug)]
pub struct RemovePasskeyFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The customer's passkeys that are bound.
    pub authenticators: Vec<Authenticator>,
    /// The customer's sessions that have not ended.
    pub sessions: Vec<Session>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for RemovePasskey {
    type Facts = RemovePasskeyFacts;
    type Answer = ();
    const NAME: &'static str = "sessions.remove_passkey";

    fn decide(&self, facts: &RemovePasskeyFacts, at: &Context<'_>) -> Decision<()> {
        let now = at.moment.now;
        let step = Step::AuthenticatorChange;
        let standing = match Standing::meet(&facts.standing, Need::CHANGE, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, step, at.source.subjects(), refusal),
        };
        let verdict = judge(step, &facts.evidence);
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            let bound = facts.authenticators.iter().find(|bound| bound.id == self.passkey);
            let bound = bound.ok_or(Refusal::new(Code::NotFound))?;
            if facts.authenticators.len() == 1 {
                return Err(Code::LastPasskey.into());
            }
            plan.put(Row::Authenticator(Authenticator { removed_at: Some(now), ..bound.clone() }));
            // Who holds a lost passkey must not stay signed in by it; the session that asks has just signed.
            let by_it = |session: &&Session| {
                session.authenticator == Some(bound.id) && session.id != standing.session.id
            };
            facts.sessions.iter().filter(by_it).for_each(|session| plan.end_session(session.clone(), now));
            plan.notify(at, &standing.customer, &Notice::PasskeyRemoved { name: &bound.name });
            Ok(())
        })
    }
}
