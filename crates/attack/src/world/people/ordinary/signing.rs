//! How a person gets a wallet, gets in again, and signs afresh.

use super::{Doing, Person, Wish};
use crate::world::{
    letter::{Answer, Letter, letter, read},
    people::Around,
};
use engine::{
    Code,
    sessions::{
        Authenticator, BeginCeremony, CeremonyBegun, CeremonyKind, MadePasskey, NewSession, SignIn, SignedIn,
        SignedPasskey, StepUp,
    },
    sign_up::{BeginSignUp, ChooseHandle, ConfirmCodes, Locale, OfferPasskey, OpenWallet},
};
use std::rc::Rc;
use store::look::authenticator_by_credential;
use terms::{CeremonyId, CustomerId, Secret, SignUpId};

impl Person {
    pub(super) fn begins_sign_up(&mut self, around: &mut Around<'_>) -> Rc<dyn Letter> {
        let letterbox = around.letterbox;
        self.texts_seen = (letterbox.count(self.phone.as_str()), letterbox.count(self.email.as_str()));
        letter(BeginSignUp {
            id: SignUpId::new(around.dice.uuid(around.now)),
            phone: self.phone.clone(),
            email: self.email.clone(),
            locale: Locale::Ja,
            phone_code: Secret::new(around.dice.six_digits()),
            email_code: Secret::new(around.dice.six_digits()),
        })
    }

    /// Gives the codes back once both have come; begins anew where they do not come.
    pub(super) fn confirms(&mut self, sign_up: SignUpId, around: &mut Around<'_>) -> Option<Rc<dyn Letter>> {
        let (phone, email) = (self.phone.as_str(), self.email.as_str());
        let letterbox = around.letterbox;
        let came = letterbox.count(phone) > self.texts_seen.0 && letterbox.count(email) > self.texts_seen.1;
        let codes = letterbox.code(phone).zip(letterbox.code(email)).filter(|_| came);
        let Some((mut phone_code, email_code)) = codes else {
            self.doing = Doing::BeginSignUp;
            return None;
        };
        if around.dice.chance(100) {
            phone_code = around.dice.six_digits();
        }
        let (phone_code, email_code) = (Secret::new(phone_code), Secret::new(email_code));
        Some(letter(ConfirmCodes { sign_up, phone_code, email_code }))
    }

    pub(super) fn wants_a_passkey(&mut self, sign_up: SignUpId, around: &mut Around<'_>) -> Rc<dyn Letter> {
        let customer = CustomerId::new(around.dice.uuid(around.now));
        let ceremony = format!("ceremony-{:016x}", around.dice.draw());
        around.town.wallets.insert(customer, self.civilian.subject.clone());
        self.customer = Some(customer);
        self.credential.clone_from(&ceremony);
        letter(OfferPasskey { sign_up, customer, ceremony })
    }

    pub(super) fn opens(
        &mut self,
        sign_up: SignUpId,
        ceremony: String,
        around: &mut Around<'_>,
    ) -> Rc<dyn Letter> {
        self.session = around.dice.digest();
        let made = Some(MadePasskey { credential: ceremony.clone(), passkey: "0".to_owned() });
        letter(OpenWallet { sign_up, ceremony, made, session: self.new_session() })
    }

    fn new_session(&self) -> NewSession {
        NewSession { token: self.session, name: format!("phone of person {}", self.number) }
    }

    pub(super) fn wants_to_sign_in(&self) -> Rc<dyn Letter> {
        letter(BeginCeremony { session: None, kind: CeremonyKind::SignIn, state: "challenge".to_owned() })
    }

    pub(super) fn wants_to_step_up(&self) -> Rc<dyn Letter> {
        let session = Some(self.session);
        letter(BeginCeremony { session, kind: CeremonyKind::StepUp, state: "challenge".to_owned() })
    }

    /// What the passkey signs: the shell looks the passkey up and has checked the signature.
    fn signs(&mut self, around: &Around<'_>) -> Option<SignedPasskey> {
        let credential = self.credential.clone();
        let known: Option<Authenticator> =
            around.look(|shelf| authenticator_by_credential(shelf, &credential));
        self.signatures += 1;
        known.map(|known| SignedPasskey {
            authenticator: known.id,
            before: known.passkey,
            after: self.signatures.to_string(),
        })
    }

    pub(super) fn signs_in(&mut self, ceremony: CeremonyId, around: &mut Around<'_>) -> Rc<dyn Letter> {
        let signed = self.signs(around);
        self.session = around.dice.digest();
        letter(SignIn { ceremony, signed, named: None, session: self.new_session() })
    }

    pub(super) fn steps_up(&mut self, ceremony: CeremonyId, around: &mut Around<'_>) -> Rc<dyn Letter> {
        let signed = self.signs(around);
        letter(StepUp { session: self.session, ceremony, signed })
    }

    pub(super) fn chooses_a_name(&self) -> Rc<dyn Letter> {
        letter(ChooseHandle { session: self.session, handle: self.handle.clone() })
    }

    pub(super) fn hears_of_signing(&mut self, answer: Option<&Answer>) {
        let Some(answer) = answer else {
            // Nobody answers: from the last thing that is sure.
            self.doing = self.after_silence();
            return;
        };
        self.doing = match (self.doing.clone(), answer) {
            (Doing::BeginSignUp, Ok(value)) => match read::<engine::sign_up::SignUpBegun>(value) {
                Some(begun) => Doing::Confirm(begun.sign_up),
                None => Doing::BeginSignUp,
            },
            (Doing::Confirm(sign_up), Ok(_)) => Doing::OfferPasskey(sign_up),
            (Doing::Confirm(sign_up), Err(refusal)) if refusal.code == Code::CodeWrong => {
                Doing::Confirm(sign_up)
            }
            (Doing::OfferPasskey(sign_up), Ok(_)) => Doing::OpenWallet(sign_up, self.credential.clone()),
            (Doing::OpenWallet(..) | Doing::SignIn(_), Ok(value)) => {
                if let Some(signed_in) = read::<SignedIn>(value) {
                    self.customer = Some(signed_in.customer);
                }
                Doing::Home(Wish::Nothing)
            }
            (Doing::OfferSignIn, Ok(value)) => self.ceremony(value, Doing::SignIn),
            (Doing::OfferStepUp(wish), Ok(value)) => {
                self.ceremony(value, |ceremony| Doing::StepUp(ceremony, wish))
            }
            (Doing::StepUp(_, wish), Ok(_)) => Doing::Home(wish),
            (Doing::SignIn(_), Err(refusal)) if refusal.code == Code::WalletClosed => Doing::Gone,
            // No such passkey: the wallet was never opened.
            (Doing::SignIn(_), Err(refusal)) if refusal.code == Code::CodeWrong => Doing::BeginSignUp,
            (Doing::OfferStepUp(wish) | Doing::StepUp(_, wish), Err(refusal)) => match refusal.code {
                Code::NotSignedIn | Code::WalletClosed => Doing::OfferSignIn,
                _ => Doing::OfferStepUp(wish),
            },
            // The answer of before may have been lost: perhaps there is a wallet by now.
            (Doing::OpenWallet(..) | Doing::SignIn(_) | Doing::OfferSignIn, Err(_)) => Doing::OfferSignIn,
            (_, Err(_)) => Doing::BeginSignUp,
            (doing, Ok(_)) => doing,
        };
    }

    fn after_silence(&self) -> Doing {
        match self.doing {
            Doing::OpenWallet(..) | Doing::SignIn(_) | Doing::OfferSignIn => Doing::OfferSignIn,
            Doing::OfferStepUp(wish) | Doing::StepUp(_, wish) => Doing::OfferStepUp(wish),
            _ => Doing::BeginSignUp,
        }
    }

    fn ceremony(&self, value: &serde_json::Value, then: impl FnOnce(CeremonyId) -> Doing) -> Doing {
        read::<CeremonyBegun>(value).map_or(Doing::OfferSignIn, |begun| then(begun.ceremony))
    }
}
