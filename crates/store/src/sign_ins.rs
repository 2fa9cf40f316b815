//! The facts of asks about sessions, passkeys and outside identities.

use crate::{
    Fault, Load,
    sessions::{
        authenticator_of, authenticators_of, ceremony_of, credential_known, federation_of, sessions_of,
        standing,
    },
    shelf::Shelf,
    sign_up::customer_of,
};
use engine::{
    Context, Standing,
    sessions::{
        AddPasskey, AddPasskeyFacts, BeginCeremony, BeginCeremonyFacts, BeginFederation,
        BeginFederationFacts, EndSession, EndSessionFacts, FinishFederation, FinishFederationFacts,
        RemovePasskey, RemovePasskeyFacts, Session, SignIn, SignInFacts, StepUp, StepUpFacts, TouchSession,
        TouchSessionFacts,
    },
};
use gate::{Evidence, Step, Subjects};
use terms::Digest;

fn maybe_standing(shelf: &mut Shelf<'_>, session: Option<&Digest>) -> Result<Option<Standing>, Fault> {
    match session {
        Some(session) => standing(shelf, session),
        None => Ok(None),
    }
}

/// The sessions of whoever asks that have not ended.
fn own_sessions(shelf: &mut Shelf<'_>, standing: Option<&Standing>) -> Result<Vec<Session>, Fault> {
    match standing {
        Some(standing) => sessions_of(shelf, standing.customer.id),
        None => Ok(Vec::new()),
    }
}

/// What the gate wants to know of a change of the means of signing in.
pub(crate) fn change_evidence(
    shelf: &mut Shelf<'_>,
    standing: Option<&Standing>,
    at: &Context<'_>,
) -> Result<Evidence, Fault> {
    let subjects = standing.map_or_else(|| at.source.subjects(), |standing| standing.subjects(at));
    shelf.evidence(Step::AuthenticatorChange, &subjects, at.moment.now)
}

impl Load for BeginCeremony {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<BeginCeremonyFacts, Fault> {
        Ok(BeginCeremonyFacts { standing: maybe_standing(shelf, self.session.as_ref())? })
    }
}

impl Load for SignIn {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<SignInFacts, Fault> {
        let named = self.signed.as_ref().map(|signed| signed.authenticator).or(self.named);
        let authenticator = match named {
            Some(named) => authenticator_of(shelf, named)?,
            None => None,
        };
        let customer = match &authenticator {
            Some(authenticator) => customer_of(shelf, authenticator.customer)?,
            None => None,
        };
        let subjects =
            Subjects { customer: customer.as_ref().map(|customer| customer.id), ..at.source.subjects() };
        let evidence = shelf.evidence(Step::SignIn, &subjects, at.moment.now)?;
        Ok(SignInFacts {
            ceremony: ceremony_of(shelf, self.ceremony)?,
            device_known: evidence.is_on_known_device(),
            evidence,
            authenticator,
            customer,
        })
    }
}

impl Load for StepUp {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<StepUpFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let subjects = standing.as_ref().map_or_else(|| at.source.subjects(), |s| s.subjects(at));
        Ok(StepUpFacts {
            ceremony: ceremony_of(shelf, self.ceremony)?,
            authenticator: match &self.signed {
                Some(signed) => authenticator_of(shelf, signed.authenticator)?,
                None => None,
            },
            evidence: shelf.evidence(Step::StepUp, &subjects, at.moment.now)?,
            standing,
        })
    }
}

impl Load for EndSession {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<EndSessionFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        Ok(EndSessionFacts { sessions: own_sessions(shelf, standing.as_ref())?, standing })
    }
}

impl Load for TouchSession {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<TouchSessionFacts, Fault> {
        Ok(TouchSessionFacts { standing: standing(shelf, &self.session)? })
    }
}

impl Load for AddPasskey {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<AddPasskeyFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let bound = match &standing {
            Some(standing) => authenticators_of(shelf, standing.customer.id)?.len(),
            None => 0,
        };
        Ok(AddPasskeyFacts {
            ceremony: ceremony_of(shelf, self.ceremony)?,
            bound,
            credential_known: credential_known(shelf, self.made.as_ref())?,
            evidence: change_evidence(shelf, standing.as_ref(), at)?,
            standing,
        })
    }
}

impl Load for RemovePasskey {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<RemovePasskeyFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let authenticators = match &standing {
            Some(standing) => authenticators_of(shelf, standing.customer.id)?,
            None => Vec::new(),
        };
        Ok(RemovePasskeyFacts {
            sessions: own_sessions(shelf, standing.as_ref())?,
            evidence: change_evidence(shelf, standing.as_ref(), at)?,
            authenticators,
            standing,
        })
    }
}

impl Load for BeginFederation {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<BeginFederationFacts, Fault> {
        Ok(BeginFederationFacts { standing: maybe_standing(shelf, self.session.as_ref())? })
    }
}

impl Load for FinishFederation {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<FinishFederationFacts, Fault> {
        let standing = maybe_standing(shelf, self.session.as_ref())?;
        let bound = match &self.identity {
            Some(identity) => federation_of(shelf, &identity.issuer, &identity.subject)?,
            None => None,
        };
        let customer = match &bound {
            Some(bound) => customer_of(shelf, bound.customer)?,
            None => None,
        };
        let subjects =
            Subjects { customer: customer.as_ref().map(|customer| customer.id), ..at.source.subjects() };
        Ok(FinishFederationFacts {
            ceremony: ceremony_of(shelf, self.id)?,
            evidence: shelf.evidence(Step::Federation, &subjects, at.moment.now)?,
            standing,
            bound,
            customer,
        })
    }
}
