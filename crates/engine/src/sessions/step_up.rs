//! A passkey signs for an open session: for a few minutes it may do what needs a fresh signature.

use crate::{
    Aal, Ask, Code, Context, Decision, Need, Refusal, Row, Standing,
    sessions::{Authenticator, Ceremony, CeremonyKind, Session, SignedPasskey},
};
use gate::{Evidence, Step, judge};
use terms::{CeremonyId, Digest, Time};

/// The ask.
#[derive(Debug, Clone)]
pub struct StepUp {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which round.
    pub ceremony: CeremonyId,
    /// The passkey that signed; nothing when no known passkey did.
    pub signed: Option<SignedPasskey>,
}

/// What the decision may know.
#[derive(Debug)]
pub struct StepUpFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The round.
    pub ceremony: Option<Ceremony>,
    /// The passkey that signed, as it is kept.
    pub authenticator: Option<Authenticator>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for StepUp {
    type Facts = StepUpFacts;
    /// Until when the fresh signature counts.
    type Answer = Time;
    const NAME: &'static str = "sessions.step_up";

    fn decide(&self, facts: &StepUpFacts, at: &Context<'_>) -> Decision<Time> {
        let now = at.moment.now;
        let standing = match Standing::meet(&facts.standing, Need::LOOK, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, Step::StepUp, at.source.subjects(), refusal),
        };
        let customer = standing.customer.id;
        let subjects = standing.subjects(at);
        let open = |c: &&Ceremony| c.is_open(&CeremonyKind::StepUp, now) && c.customer == Some(customer);
        let Some(ceremony) = facts.ceremony.as_ref().filter(open) else {
            return Decision::turned_away(at, Step::StepUp, subjects, Code::CeremonyOver.into());
        };
        let verdict = judge(Step::StepUp, &facts.evidence);
        let used = Row::Ceremony(ceremony.used(now));
        Decision::judged_once(at, &verdict, subjects, used, |plan| {
            let pass = verdict.pass(true).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let signed = self.signed.as_ref().ok_or(Refusal::new(Code::CodeWrong))?;
            let authenticator = signed.accept(facts.authenticator.as_ref(), customer)?;
            let raised = Session {
                aal: Aal::Passkey,
                authenticator: Some(authenticator.id),
                stepped_up_at: Some(now),
                ..standing.session.clone()
            };
            plan.put(Row::Authenticator(authenticator));
            plan.open_session(&pass, raised);
            Ok(now.plus(at.policy.step_up_life_ms))
        })
    }
}
