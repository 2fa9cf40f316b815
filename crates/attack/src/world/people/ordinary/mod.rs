//! An ordinary person: opens a wallet, proves who they are, links, tops up, pays, sends, withdraws, closes.

mod linking;
mod paying;
mod proving;
mod signing;

use crate::world::{
    letter::{Answer, Letter},
    people::{Actor, Around, Civilian},
};
use engine::{Code, Source, linking::BankSaid};
use std::rc::Rc;
use terms::{
    BankCode, CeremonyId, ConsentId, CustomerId, DeviceId, Digest, Email, Handle, Phone, ProofingId,
    SignUpId, Span,
};
use uuid::Uuid;

/// What a person is about to ask, or has asked and waits for.
#[derive(Debug, Clone)]
enum Doing {
    /// Nothing yet: no wallet.
    BeginSignUp,
    /// The codes are out.
    Confirm(SignUpId),
    /// The codes were right.
    OfferPasskey(SignUpId),
    /// The passkey is to be made.
    OpenWallet(SignUpId, String),
    /// Signed out.
    OfferSignIn,
    /// The passkey is to sign.
    SignIn(CeremonyId),
    /// Something wants a fresh signature.
    OfferStepUp(Wish),
    /// The passkey is to sign for it.
    StepUp(CeremonyId, Wish),
    /// At home, with a wish or without one.
    Home(Wish),
    /// At the verifier.
    FinishProofing(ProofingId, engine::Redirect),
    /// At the bank.
    TakeReturn(ConsentId),
    /// Back from the bank.
    FinishConsent(ConsentId, Option<Box<BankSaid>>),
    /// The wallet is closed, and there is no other.
    Gone,
}

/// What a person at home wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Nothing,
    Name,
    Identity,
    Link,
    TopUp,
    Send,
    Offer,
    AnswerOffer,
    PayShop,
    PayOrder,
    Payout,
    Unlink,
    Close,
}

/// A person with a phone, a passkey and accounts at banks.
#[derive(Debug)]
pub struct Person {
    number: usize,
    civilian: Civilian,
    phone: Phone,
    email: Email,
    handle: Handle,
    device: DeviceId,
    /// Bank accounts that the person can sign in to: own ones, and perhaps one of a relative.
    bank_accounts: Vec<(BankCode, String)>,
    doing: Doing,
    /// SHA-256 of the session's token.
    session: Digest,
    customer: Option<CustomerId>,
    credential: String,
    signatures: u64,
    named: bool,
    proved: bool,
    texts_seen: (u64, u64),
    /// The bank account that the person signed in to last.
    at_bank: String,
    /// Where the letter leads that is on its way.
    away: Option<Doing>,
}

impl Person {
    /// A person without a wallet.
    pub fn new(number: usize, civilian: Civilian, bank_accounts: Vec<(BankCode, String)>) -> Option<Self> {
        Some(Self {
            number,
            civilian,
            phone: Phone::parse(&format!("0901234{number:04}")).ok()?,
            email: Email::parse(&format!("person{number}@example.jp")).ok()?,
            handle: Handle::parse(&format!("person{number}")).ok()?,
            device: DeviceId::new(Uuid::from_u128(0xd0_0000 + number as u128)),
            bank_accounts,
            doing: Doing::BeginSignUp,
            session: Digest::new([0; 32]),
            customer: None,
            credential: String::new(),
            signatures: 0,
            named: false,
            proved: false,
            texts_seen: (0, 0),
            at_bank: String::new(),
            away: None,
        })
    }

    /// The next wish of somebody at home.
    fn wishes(&mut self, around: &mut Around<'_>) -> Wish {
        if !self.named {
            return Wish::Name;
        }
        if !self.proved && around.dice.chance(800) {
            return Wish::Identity;
        }
        if self.a_link(around).is_none() && around.dice.chance(700) {
            return Wish::Link;
        }
        if self.an_offer(around).is_some() && around.dice.chance(400) {
            return Wish::AnswerOffer;
        }
        let mut wishes = vec![Wish::TopUp; 34];
        for (wish, weight) in [
            (Wish::Send, 14),
            (Wish::Offer, 9),
            (Wish::AnswerOffer, 2),
            (Wish::PayShop, 8),
            (Wish::PayOrder, 12),
            (Wish::Payout, 12),
            (Wish::Link, 6),
            (Wish::Unlink, 3),
            (Wish::Close, 6),
        ] {
            wishes.extend(std::iter::repeat_n(wish, weight));
        }
        around.dice.pick(&wishes).copied().unwrap_or(Wish::Nothing)
    }

    /// Where a refusal that is told to everybody leads.
    fn is_refused(&mut self, code: Code, wish: Wish) {
        self.doing = match code {
            Code::NotSignedIn => Doing::OfferSignIn,
            Code::StepUpNeeded => Doing::OfferStepUp(wish),
            Code::IdentityNeeded => Doing::Home(Wish::Identity),
            Code::LinkNotActive => Doing::Home(Wish::Link),
            _ => Doing::Home(Wish::Nothing),
        };
    }
}

impl Actor for Person {
    fn name(&self) -> String {
        format!("person {}", self.number)
    }

    fn source(&self) -> Source {
        Source { device: Some(self.device), ..Source::default() }
    }

    fn wakes(&mut self, around: &mut Around<'_>) -> Option<Rc<dyn Letter>> {
        match self.doing.clone() {
            Doing::BeginSignUp => Some(self.begins_sign_up(around)),
            Doing::Confirm(sign_up) => self.confirms(sign_up, around),
            Doing::OfferPasskey(sign_up) => Some(self.wants_a_passkey(sign_up, around)),
            Doing::OpenWallet(sign_up, ceremony) => Some(self.opens(sign_up, ceremony, around)),
            Doing::OfferSignIn => Some(self.wants_to_sign_in()),
            Doing::SignIn(ceremony) => Some(self.signs_in(ceremony, around)),
            Doing::OfferStepUp(_) => Some(self.wants_to_step_up()),
            Doing::StepUp(ceremony, _) => Some(self.steps_up(ceremony, around)),
            Doing::FinishProofing(id, redirect) => Some(self.comes_from_the_verifier(id, &redirect, around)),
            Doing::TakeReturn(consent) => self.comes_from_the_bank(consent, around),
            Doing::FinishConsent(consent, said) => Some(self.brings_the_word(consent, said, around)),
            Doing::Home(Wish::Nothing) => {
                let wish = self.wishes(around);
                self.doing = Doing::Home(wish);
                self.asks(wish, around)
            }
            Doing::Home(wish) => self.asks(wish, around),
            Doing::Gone => None,
        }
    }

    fn hears(&mut self, answer: Option<&Answer>, around: &mut Around<'_>) -> Span {
        match self.doing.clone() {
            Doing::BeginSignUp
            | Doing::Confirm(_)
            | Doing::OfferPasskey(_)
            | Doing::OpenWallet(..)
            | Doing::OfferSignIn
            | Doing::SignIn(_)
            | Doing::OfferStepUp(_)
            | Doing::StepUp(..) => self.hears_of_signing(answer),
            Doing::FinishProofing(..) | Doing::TakeReturn(_) | Doing::FinishConsent(..) => {
                self.hears_on_the_way(answer, around);
            }
            Doing::Home(wish) => self.hears_at_home(wish, answer, around),
            Doing::Gone => {}
        }
        match self.doing {
            Doing::Home(Wish::Nothing) => around.dice.span(Span::minutes(1), Span::hours(12)),
            Doing::Gone => Span::days(400),
            Doing::BeginSignUp => around.dice.span(Span::minutes(1), Span::minutes(30)),
            _ => around.dice.span(Span::seconds(1), Span::minutes(2)),
        }
    }
}

impl Person {
    /// The letter for a wish, if it can be written now.
    fn asks(&mut self, wish: Wish, around: &mut Around<'_>) -> Option<Rc<dyn Letter>> {
        let letter = match wish {
            Wish::Nothing => None,
            Wish::Name => Some(self.chooses_a_name()),
            Wish::Identity => Some(self.begins_proofing(around)),
            Wish::Link => self.begins_consent(around),
            Wish::Unlink => self.unlinks(around),
            Wish::TopUp
            | Wish::Send
            | Wish::Offer
            | Wish::AnswerOffer
            | Wish::PayShop
            | Wish::PayOrder
            | Wish::Payout
            | Wish::Close => self.moves_money(wish, around),
        };
        if letter.is_none() && matches!(self.doing, Doing::Home(_)) {
            self.doing = Doing::Home(Wish::Nothing);
        }
        letter
    }

    fn hears_at_home(&mut self, wish: Wish, answer: Option<&Answer>, around: &mut Around<'_>) {
        match answer {
            None => self.doing = Doing::Home(Wish::Nothing),
            Some(Err(refusal)) if refusal.code == Code::HandleTaken => {
                self.named = true;
                self.doing = Doing::Home(Wish::Nothing);
            }
            Some(Err(refusal)) => self.is_refused(refusal.code, wish),
            Some(Ok(value)) => {
                // Flows that lead away from home are on their way already: their letter has set where to.
                self.doing = Doing::Home(Wish::Nothing);
                match wish {
                    Wish::Name => {
                        self.named = true;
                        around.town.handles.push(self.handle.clone());
                        around.town.phones.push(self.phone.clone());
                    }
                    Wish::Identity | Wish::Link => self.leaves_home(),
                    Wish::Close if self.is_closed(value) => self.doing = Doing::OfferSignIn,
                    _ => {}
                }
            }
        }
    }
}
