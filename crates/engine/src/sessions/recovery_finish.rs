//! A recovery is finished after its delay: a new passkey, all other sessions ended, the code used up.

use crate::{
    Aal, Ask, Code, Context, Decision, Refusal, Row,
    sessions::{
        Authenticator, MadePasskey, NewSession, Notice, Recovery, RecoveryState, Session, SignedIn,
        check_name,
    },
    sign_up::{Customer, CustomerState},
};
use gate::{Evidence, Step, Subjects, judge};
use terms::{AuthenticatorId, Digest, RecoveryId, Time};

/// What both decisions may know.
#[derive(Debug)]
pub struct RecoveryFacts {
    /// The recovery.
    pub recovery: Option<Recovery>,
    /// Its customer.
    pub customer: Option<Customer>,
    /// The customer's sessions that have not ended.
    pub sessions: Vec<Session>,
    /// Whether the new credential is bound already, to whomever.
    pub credential_known: bool,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl RecoveryFacts {
    /// The recovery and its customer, where the code fits and the time has come. A code that fits nobody is told so
    /// only after the delay, so that known and unknown codes look alike until then.
    ///
    /// # Errors
    /// Unknown, cancelled or done, too soon, too late, wrong code: in this order.
    pub fn ready(&self, code: &Digest, now: Time) -> Result<(&Recovery, &Customer), Refusal> {
        let recovery = self.recovery.as_ref().ok_or(Refusal::new(Code::NotFound))?;
        if recovery.state != RecoveryState::Waiting {
            return Err(Code::WrongState.into());
        }
        if now < recovery.ready_at {
            return Err(Refusal::new(Code::TooSoon).not_before(recovery.ready_at));
        }
        if now >= recovery.expires_at {
            return Err(Code::CeremonyOver.into());
        }
        let customer = self.customer.as_ref().filter(|customer| {
            Some(customer.id) == recovery.customer
                && customer.recovery_code.as_ref() == Some(code)
                && customer.state != CustomerState::Closed
        });
        Ok((recovery, customer.ok_or(Refusal::new(Code::CodeWrong))?))
    }

    fn subjects(&self, at: &Context<'_>) -> Subjects {
        let customer = self.recovery.as_ref().and_then(|recovery| recovery.customer);
        Subjects { customer, ..at.source.subjects() }
    }
}

/// The ask to keep a passkey ceremony that the shell offers.
#[derive(Debug, Clone)]
pub struct OfferRecoveryPasskey {
    /// Which recovery.
    pub recovery: RecoveryId,
    /// SHA-256 of the code that was shown.
    pub code: Digest,
    /// The ceremony's state, as the WebAuthn library wrote it.
    pub ceremony: String,
}

impl Ask for OfferRecoveryPasskey {
    type Facts = RecoveryFacts;
    type Answer = ();
    const NAME: &'static str = "sessions.offer_recovery_passkey";

    fn decide(&self, facts: &RecoveryFacts, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::Recovery, &facts.evidence);
        Decision::judged(at, &verdict, facts.subjects(at), |plan| {
            verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let (recovery, _) = facts.ready(&self.code, at.moment.now)?;
            let ceremony = Some(self.ceremony.clone());
            plan.put(Row::Recovery(Recovery { ceremony, ..recovery.clone() }));
            Ok(())
        })
    }
}

/// The ask to finish.
#[derive(Debug, Clone)]
pub struct FinishRecovery {
    /// Which recovery.
    pub recovery: RecoveryId,
    /// SHA-256 of the code that was shown.
    pub code: Digest,
    /// The ceremony's state that the shell verified against.
    pub ceremony: String,
    /// The passkey that was made; nothing when its answer did not verify.
    pub made: Option<MadePasskey>,
    /// The session to be opened.
    pub session: NewSession,
}

impl Ask for FinishRecovery {
    type Facts = RecoveryFacts;
    type Answer = SignedIn;
    const NAME: &'static str = "sessions.finish_recovery";

    fn decide(&self, facts: &RecoveryFacts, at: &Context<'_>) -> Decision<SignedIn> {
        let now = at.moment.now;
        let subjects = facts.subjects(at);
        let (recovery, customer) = match facts.ready(&self.code, now) {
            Ok(ready) => ready,
            Err(refusal) => return Decision::turned_away(at, Step::Recovery, subjects, refusal),
        };
        if recovery.ceremony.as_ref() != Some(&self.ceremony) {
            return Decision::turned_away(at, Step::Recovery, subjects, Code::CeremonyOver.into());
        }
        let verdict = judge(Step::Recovery, &facts.evidence);
        let used = Row::Recovery(Recovery { ceremony: None, ..recovery.clone() });
        Decision::judged_once(at, &verdict, subjects, used, |plan| {
            let pass = verdict.pass(true).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            check_name(&self.session.name, "device_name")?;
            let made = self
                .made
                .as_ref()
                .filter(|_| !facts.credential_known)
                .ok_or(Refusal::new(Code::CodeWrong))?;
            facts.sessions.iter().for_each(|session| plan.end_session(session.clone(), now));
            let authenticator = AuthenticatorId::new(at.moment.uuid());
            plan.put(Row::Authenticator(Authenticator {
                id: authenticator,
                customer: customer.id,
                credential: made.credential.clone(),
                passkey: made.passkey.clone(),
                name: self.session.name.clone(),
                created_at: now,
                removed_at: None,
            }));
            let state = RecoveryState::Done;
            plan.put(Row::Recovery(Recovery { state, ceremony: None, ..recovery.clone() }));
            plan.put(Row::Customer(Customer { recovery_code: None, ..customer.clone() }));
            plan.notify(at, customer, &Notice::Recovered);
            Ok(self.session.open(plan, &pass, at, customer.id, Aal::Passkey, Some(authenticator)))
        })
    }
}
