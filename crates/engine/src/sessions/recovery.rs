//! Recovery of a lost sign-in begins and is cancelled: by a code bound before, with delay and notice (H10).
//!
//! There is nowhere to say where to: notices go to the channels known before, and only a new passkey comes of it.

use crate::{
    Ask, Code, Context, Decision, Need, Refusal, Row, Standing,
    sessions::{Notice, Recovery, RecoveryState},
    sign_up::Customer,
};
use gate::{Evidence, Step, Subjects, judge};
use serde::{Deserialize, Serialize};
use terms::{Digest, RecoveryId, Time};

/// The ask for a new recovery code; the shell has drawn it and shows it once.
#[derive(Debug, Clone)]
pub struct MakeRecoveryCode {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// SHA-256 of the code.
    pub code: Digest,
}

/// What the decision may know.
#[derive(Debug)]
pub struct MakeRecoveryCodeFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for MakeRecoveryCode {
    type Facts = MakeRecoveryCodeFacts;
    type Answer = ();
    const NAME: &'static str = "sessions.make_recovery_code";

    fn decide(&self, facts: &MakeRecoveryCodeFacts, at: &Context<'_>) -> Decision<()> {
        let step = Step::AuthenticatorChange;
        let standing = match Standing::meet(&facts.standing, Need::CHANGE, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, step, at.source.subjects(), refusal),
        };
        let verdict = judge(step, &facts.evidence);
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            verdict.pass(true).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let recovery_code = Some(self.code);
            plan.put(Row::Customer(Customer { recovery_code, ..standing.customer.clone() }));
            plan.notify(at, &standing.customer, &Notice::RecoveryCodeMade);
            Ok(())
        })
    }
}

/// The ask to begin. The id comes from the shell and cannot be guessed.
#[derive(Debug, Clone)]
pub struct BeginRecovery {
    /// The new recovery.
    pub id: RecoveryId,
    /// SHA-256 of the code that was shown.
    pub code: Digest,
}

/// What the decision may know.
#[derive(Debug)]
pub struct BeginRecoveryFacts {
    /// The customer whose code it is.
    pub customer: Option<Customer>,
    /// That customer's recovery under way.
    pub waiting: Option<Recovery>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// The answer, of the same shape for a code that fits nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryBegun {
    /// Which recovery.
    pub recovery: RecoveryId,
    /// From when on it can be finished.
    pub ready_at: Time,
}

impl Ask for BeginRecovery {
    type Facts = BeginRecoveryFacts;
    type Answer = RecoveryBegun;
    const NAME: &'static str = "sessions.begin_recovery";

    fn decide(&self, facts: &BeginRecoveryFacts, at: &Context<'_>) -> Decision<RecoveryBegun> {
        let now = at.moment.now;
        let verdict = judge(Step::Recovery, &facts.evidence);
        let customer = facts.customer.as_ref();
        let subjects = Subjects { customer: customer.map(|customer| customer.id), ..at.source.subjects() };
        let mut decision = Decision::judged(at, &verdict, subjects.clone(), |plan| {
            verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            // Asking again neither restarts the delay nor gives a second way in.
            if let Some(waiting) = &facts.waiting {
                return Ok(RecoveryBegun { recovery: waiting.id, ready_at: waiting.ready_at });
            }
            let ready_at = now.plus(at.policy.recovery_delay_ms);
            plan.put(Row::Recovery(Recovery {
                id: self.id,
                customer: customer.map(|customer| customer.id),
                begun_at: now,
                ready_at,
                expires_at: ready_at.plus(at.policy.recovery_life_ms),
                state: RecoveryState::Waiting,
                ceremony: None,
            }));
            if let Some(customer) = customer {
                plan.notify(at, customer, &Notice::RecoveryBegun { ready_at });
            }
            Ok(RecoveryBegun { recovery: self.id, ready_at })
        });
        if decision.answer.is_ok() && customer.is_none() {
            // The asker sees no difference; the gate counts it as a guess.
            let guess = Refusal::new(Code::CodeWrong);
            decision.plan.remember(at, Step::Recovery, subjects, Some(&guess));
        }
        decision
    }
}

/// The ask to cancel.
#[derive(Debug, Clone)]
pub struct CancelRecovery {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which recovery.
    pub recovery: RecoveryId,
}

/// What the decision may know.
#[derive(Debug)]
pub struct CancelRecoveryFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The recovery.
    pub recovery: Option<Recovery>,
}

impl Ask for CancelRecovery {
    type Facts = CancelRecoveryFacts;
    type Answer = ();
    const NAME: &'static str = "sessions.cancel_recovery";

    fn decide(&self, facts: &CancelRecoveryFacts, at: &Context<'_>) -> Decision<()> {
        let standing = match Standing::meet(&facts.standing, Need::ACT, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, Step::Recovery, at.source.subjects(), refusal),
        };
        let customer = &standing.customer;
        let verdict = judge(Step::RecoveryCancel, &Evidence::new([]));
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            let own = |recovery: &&Recovery| recovery.customer == Some(customer.id);
            let recovery = facts.recovery.as_ref().filter(own).ok_or(Refusal::new(Code::NotFound))?;
            if recovery.state != RecoveryState::Waiting {
                return Err(Code::WrongState.into());
            }
            let state = RecoveryState::Cancelled;
            plan.put(Row::Recovery(Recovery { state, ceremony: None, ..recovery.clone() }));
            // Somebody else knows the code, or it is of no use any more: it opens nothing from here on.
            plan.put(Row::Customer(Customer { recovery_code: None, ..customer.clone() }));
            plan.notify(at, customer, &Notice::RecoveryCancelled);
            Ok(())
        })
    }
}
