//! The shell offers a passkey ceremony for a sign-up whose codes were right.

use crate::{Ask, Code, Context, Decision, Refusal, Row, sign_up::SignUp};
use gate::{Evidence, Step, judge};
use terms::{CustomerId, SignUpId};

/// The ask.
#[derive(Debug, Clone)]
pub struct OfferPasskey {
    /// Which sign-up.
    pub sign_up: SignUpId,
    /// The customer that it will become: the passkey's user handle.
    pub customer: CustomerId,
    /// The ceremony's state, as the WebAuthn library wrote it.
    pub ceremony: String,
}

/// What the decision may know.
#[derive(Debug)]
pub struct OfferPasskeyFacts {
    /// The sign-up.
    pub sign_up: Option<SignUp>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl SignUp {
    /// Whether a passkey may be made for it now.
    ///
    /// # Errors
    /// It is over, or its codes were not given yet.
    pub fn ready_for_passkey(&self, now: terms::Time) -> Result<(), Refusal> {
        if self.is_over(now) {
            return Err(Code::CeremonyOver.into());
        }
        if self.confirmed_at.is_none() || self.decoy {
            return Err(Code::WrongState.into());
        }
        Ok(())
    }
}

impl Ask for OfferPasskey {
    type Facts = OfferPasskeyFacts;
    type Answer = ();
    const NAME: &'static str = "sign_up.offer_passkey";

    fn decide(&self, facts: &OfferPasskeyFacts, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::AuthenticatorChange, &facts.evidence);
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            let sign_up = facts.sign_up.as_ref().ok_or(Refusal::new(Code::NotFound))?;
            sign_up.ready_for_passkey(at.moment.now)?;
            plan.put(Row::SignUp(SignUp {
                customer: Some(self.customer),
                ceremony: Some(self.ceremony.clone()),
                ..sign_up.clone()
            }));
            Ok(())
        })
    }
}
