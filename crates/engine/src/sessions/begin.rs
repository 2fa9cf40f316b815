//! A passkey ceremony begins: to sign in, to step up, or to add a passkey.

use crate::{
    Aal, Ask, Context, Decision, Ial, Need, Row, Standing,
    sessions::{Ceremony, CeremonyKind},
};
use gate::{Evidence, Step, judge};
use serde::{Deserialize, Serialize};
use terms::{CeremonyId, Digest, Time};

/// The ask.
#[derive(Debug, Clone)]
pub struct BeginCeremony {
    /// SHA-256 of the session's token; nothing to sign in.
    pub session: Option<Digest>,
    /// What for: sign-in, step-up or another passkey.
    pub kind: CeremonyKind,
    /// The ceremony's state, as the WebAuthn library wrote it.
    pub state: String,
}

/// What the decision may know.
#[derive(Debug)]
pub struct BeginCeremonyFacts {
    /// Who asks.
    pub standing: Option<Standing>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CeremonyBegun {
    /// Which round.
    pub ceremony: CeremonyId,
    /// When it is over.
    pub expires_at: Time,
}

impl CeremonyKind {
    /// What somebody needs to begin it; nothing for those who are not yet signed in.
    pub const fn need(&self) -> Option<Need> {
        match self {
            Self::SignIn | Self::FederatedSignIn => None,
            // A session that may only look is raised by the passkey itself.
            Self::StepUp => Some(Need { aal: Aal::Federated, ial: Ial::Phone, step_up: false }),
            Self::AddPasskey | Self::FederatedBind => Some(Need::CHANGE),
        }
    }

    /// The step of its attempts.
    pub const fn step(&self) -> Step {
        match self {
            Self::SignIn => Step::SignIn,
            Self::StepUp => Step::StepUp,
            Self::AddPasskey => Step::AuthenticatorChange,
            Self::FederatedSignIn | Self::FederatedBind => Step::Federation,
        }
    }
}

impl Ask for BeginCeremony {
    type Facts = BeginCeremonyFacts;
    type Answer = CeremonyBegun;
    const NAME: &'static str = "sessions.begin_ceremony";

    fn decide(&self, facts: &BeginCeremonyFacts, at: &Context<'_>) -> Decision<CeremonyBegun> {
        let customer = match self.kind.need() {
            None => None,
            Some(need) => match Standing::meet(&facts.standing, need, at) {
                Ok(standing) => Some(standing.customer.id),
                Err(refusal) => {
                    return Decision::turned_away(at, self.kind.step(), at.source.subjects(), refusal);
                }
            },
        };
        // The attempt is the signature, not the offer: only that is counted against guessing.
        let verdict = judge(Step::CeremonyBegun, &Evidence::new([]));
        let subjects = gate::Subjects { customer, ..at.source.subjects() };
        Decision::judged(at, &verdict, subjects, |plan| {
            let ceremony = CeremonyId::new(at.moment.uuid());
            let expires_at = at.moment.now.plus(at.policy.ceremony_life_ms);
            plan.put(Row::Ceremony(Ceremony {
                id: ceremony,
                kind: self.kind.clone(),
                customer,
                state: self.state.clone(),
                redirect: None,
                expires_at,
                used_at: None,
            }));
            Ok(CeremonyBegun { ceremony, expires_at })
        })
    }
}
