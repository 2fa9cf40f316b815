//! A passkey opens a session. Nobody says who they are: the passkey does.

use crate::{
    Aal, Ask, Code, Context, Decision, Refusal, Row,
    sessions::{
        Authenticator, Ceremony, CeremonyKind, NewSession, Notice, SignedIn, SignedPasskey, check_name,
    },
    sign_up::{Customer, CustomerState},
};
use gate::{Evidence, Step, Subjects, judge};
use terms::{AuthenticatorId, CeremonyId};

/// The ask.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Which round.
    pub ceremony: CeremonyId,
    /// The passkey that signed; nothing when no known passkey did.
    pub signed: Option<SignedPasskey>,
    /// The passkey that the answer names, whether or not its signature is right: a failure counts against it.
    pub named: Option<AuthenticatorId>,
    /// The session to be opened.
    pub session: NewSession,
}

/// What the decision may know.
#[derive(Debug)]
pub struct SignInFacts {
    /// The round.
    pub ceremony: Option<Ceremony>,
    /// The passkey that signed, or is named, as it is kept.
    pub authenticator: Option<Authenticator>,
    /// Its customer.
    pub customer: Option<Customer>,
    /// Whether the customer signed in on this device before.
    pub device_known: bool,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for SignIn {
    type Facts = SignInFacts;
    type Answer = SignedIn;
    const NAME: &'static str = "sessions.sign_in";

    fn decide(&self, facts: &SignInFacts, at: &Context<'_>) -> Decision<SignedIn> {
        let now = at.moment.now;
        let customer = facts.customer.as_ref();
        let subjects = Subjects { customer: customer.map(|customer| customer.id), ..at.source.subjects() };
        let Some(ceremony) = facts.ceremony.as_ref().filter(|c| c.is_open(&CeremonyKind::SignIn, now)) else {
            return Decision::turned_away(at, Step::SignIn, subjects, Code::CeremonyOver.into());
        };
        let verdict = judge(Step::SignIn, &facts.evidence);
        let used = Row::Ceremony(ceremony.used(now));
        Decision::judged_once(at, &verdict, subjects, used, |plan| {
            let pass = verdict.pass(true).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            check_name(&self.session.name, "device_name")?;
            let (signed, customer) =
                self.signed.as_ref().zip(customer).ok_or(Refusal::new(Code::CodeWrong))?;
            let authenticator = signed.accept(facts.authenticator.as_ref(), customer.id)?;
            if customer.state == CustomerState::Closed {
                return Err(Code::WalletClosed.into());
            }
            let id = authenticator.id;
            plan.put(Row::Authenticator(authenticator));
            if !facts.device_known {
                plan.notify(at, customer, &Notice::SignedInOnNewDevice { name: &self.session.name });
            }
            Ok(self.session.open(plan, &pass, at, customer.id, Aal::Passkey, Some(id)))
        })
    }
}
