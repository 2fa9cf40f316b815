//! How a person proves who they are, and what they hear on the way back from elsewhere.

use super::{Doing, Person, Wish};
use crate::world::{
    letter::{Answer, Letter, letter},
    people::{Around, VERIFIER},
};
use engine::{
    Code, Redirect, Returned,
    identity::{BeginProofing, FinishProofing},
};
use std::rc::Rc;
use terms::{ProofingId, Secret, Span};

impl Person {
    pub(super) fn begins_proofing(&mut self, around: &mut Around<'_>) -> Rc<dyn Letter> {
        let id = ProofingId::new(around.dice.uuid(around.now));
        let redirect = redirect(VERIFIER, around);
        self.away = Some(Doing::FinishProofing(id, redirect.clone()));
        letter(BeginProofing { session: self.session, id, method: "jpki_signature".to_owned(), redirect })
    }

    pub(super) fn comes_from_the_verifier(
        &self,
        id: ProofingId,
        redirect: &Redirect,
        around: &Around<'_>,
    ) -> Rc<dyn Letter> {
        let person = around.register.vouch(&self.civilian.subject, around.now);
        letter(FinishProofing { session: self.session, id, returned: returned(redirect), person })
    }

    /// The flow that the letter of before leads into.
    pub(super) fn leaves_home(&mut self) {
        if let Some(away) = self.away.take() {
            self.doing = away;
        }
    }

    pub(super) fn hears_on_the_way(&mut self, answer: Option<&Answer>, around: &mut Around<'_>) {
        let home = Doing::Home(Wish::Nothing);
        self.doing = match (self.doing.clone(), answer) {
            (_, Some(Err(refusal))) if refusal.code == Code::NotSignedIn => Doing::OfferSignIn,
            (Doing::TakeReturn(consent), Some(Ok(_))) => {
                let said = self.fetches_the_word(consent, around).map(Box::new);
                Doing::FinishConsent(consent, said)
            }
            (Doing::FinishProofing(..), Some(Ok(_))) => {
                self.proved = true;
                home
            }
            _ => home,
        };
    }
}

/// What is kept of a browser that is sent away.
pub(super) fn redirect(issuer: &str, around: &mut Around<'_>) -> Redirect {
    Redirect {
        state: around.dice.digest(),
        browser: around.dice.digest(),
        nonce: None,
        verifier: Secret::new("verifier"),
        issuer: issuer.to_owned(),
        expires_at: around.now.plus(Span::minutes(10)),
        used_at: None,
    }
}

/// What fits a redirect.
pub(super) fn returned(redirect: &Redirect) -> Returned {
    Returned { state: redirect.state, browser: redirect.browser, issuer: Some(redirect.issuer.clone()) }
}
