//! A wallet as its holder uses it, whoever that is: opened, proved, linked, charged, spent from.

use super::{
    counter::{Checked, Shown},
    depositors::number_of,
    stage::{Asker, Later, Stage},
};
use crate::world::people::{Civilian, VERIFIER};
use engine::{
    Code, Control, Redirect, Refusal, Returned, Source,
    identity::{BeginProofing, FinishProofing},
    linking::{BankSaid, BeginConsent, Consent, FinishConsent, TakeReturn},
    payments::{PayQr, Payment, Payout, TopUp},
    sessions::{
        Authenticator, BeginCeremony, CeremonyBegun, CeremonyKind, MadePasskey, NewSession, SignedPasskey,
        StepUp,
    },
    sign_up::{BeginSignUp, ConfirmCodes, Locale, OfferPasskey, OpenWallet},
};
use store::look::{authenticator_by_credential, consent_of};
use terms::{
    BankCode, ConsentId, CustomerId, DeviceId, Digest, Email, LinkId, PaymentId, Phone, ProofingId, Secret,
    SignUpId, Span, Yen,
};

/// What came of reaching for a bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// It is linked.
    Linked(LinkId),
    /// The bank's page said no.
    Wrong,
    /// The wallet said no.
    Refused(Code),
}

/// A wallet in somebody's hand.
#[derive(Debug, Clone)]
pub struct Wallet {
    /// Who asks.
    pub asker: Asker,
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The customer.
    pub customer: CustomerId,
    /// The links made.
    pub links: Vec<(BankCode, LinkId)>,
    credential: String,
    signatures: u64,
}

/// A device and an address that nobody else has.
pub fn fresh_place(stage: &mut Stage) -> Source {
    let device = DeviceId::new(stage.dice.uuid(stage.now));
    let part = |stage: &mut Stage| stage.dice.between(1, 254);
    let address = format!("{}.{}.{}.{}", part(stage).min(223), part(stage), part(stage), part(stage));
    Source { device: Some(device), address: Some(address), request: None }
}

impl Wallet {
    /// Opens one, with a phone and a mailbox that nobody else has.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn open(stage: &mut Stage, asker: Asker) -> Result<Self, Refusal> {
        let (sign_up, phone_code, email_code) = Self::begins(stage, &asker)?;
        stage.ask(&asker, &ConfirmCodes { sign_up, phone_code, email_code })?;
        let customer = CustomerId::new(stage.dice.uuid(stage.now));
        let credential = format!("ceremony-{:016x}", stage.dice.draw());
        stage.ask(&asker, &OfferPasskey { sign_up, customer, ceremony: credential.clone() })?;
        let session = stage.dice.digest();
        let made = Some(MadePasskey { credential: credential.clone(), passkey: "0".to_owned() });
        let new = NewSession { token: session, name: "phone".to_owned() };
        let opened =
            stage.ask(&asker, &OpenWallet { sign_up, ceremony: credential.clone(), made, session: new })?;
        stage.tally.wallets += u64::from(asker.hostile);
        Ok(Self { asker, session, customer: opened.customer, links: Vec::new(), credential, signatures: 0 })
    }

    /// Begins to open one: the sign-up, and what was sent to the phone and to the mailbox.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn begins(stage: &mut Stage, asker: &Asker) -> Result<(SignUpId, Secret, Secret), Refusal> {
        let number = stage.next_person();
        let contact = || Refusal::new(Code::FieldNotAllowed);
        let phone = Phone::parse(&format!("090{number:08}")).map_err(|_| contact())?;
        let email = Email::parse(&format!("mail{number}@example.jp")).map_err(|_| contact())?;
        let (sms, mail) = (stage.dice.six_digits(), stage.dice.six_digits());
        let begin = BeginSignUp {
            id: SignUpId::new(stage.dice.uuid(stage.now)),
            phone,
            email,
            locale: Locale::Ja,
            phone_code: Secret::new(sms.clone()),
            email_code: Secret::new(mail.clone()),
        };
        let sign_up = stage.ask(asker, &begin)?.sign_up;
        Ok((sign_up, Secret::new(sms), Secret::new(mail)))
    }

    /// Proves to be a person.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn proves(&self, stage: &mut Stage, person: &Civilian) -> Result<(), Refusal> {
        let id = ProofingId::new(stage.dice.uuid(stage.now));
        let redirect = redirect(VERIFIER, stage);
        let begin = BeginProofing {
            session: self.session,
            id,
            method: "jpki_signature".to_owned(),
            redirect: redirect.clone(),
        };
        stage.ask(&self.asker, &begin)?;
        let person = stage.register.vouch(&person.subject, stage.now);
        stage.ask(
            &self.asker,
            &FinishProofing { session: self.session, id, returned: returned(&redirect), person },
        )?;
        Ok(())
    }

    /// Asks; signs afresh where the gate wants that, and asks again.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn asks<A: store::Load>(&mut self, stage: &mut Stage, ask: &A) -> Result<A::Answer, Refusal> {
        if !self.asker.hostile {
            stage.tally.honest += 1;
        }
        match stage.ask(&self.asker.clone(), ask) {
            Err(refusal) if refusal.code == Code::StepUpNeeded => {
                self.steps_up(stage)?;
                if !self.asker.hostile {
                    stage.tally.honest_stepped_up += 1;
                }
                stage.ask(&self.asker.clone(), ask)
            }
            other => other,
        }
    }

    /// Signs afresh with the passkey.
    ///
    /// # Errors
    /// The wallet's refusal, as without the passkey.
    pub fn steps_up(&mut self, stage: &mut Stage) -> Result<(), Refusal> {
        let kind = CeremonyKind::StepUp;
        let begin = BeginCeremony { session: Some(self.session), kind, state: "challenge".to_owned() };
        let begun: CeremonyBegun = stage.ask(&self.asker, &begin)?;
        let known: Option<Authenticator> = stage
            .store()
            .read(|shelf| authenticator_by_credential(shelf, &self.credential))
            .unwrap_or_default();
        self.signatures += 1;
        let signed = known.map(|known| SignedPasskey {
            authenticator: known.id,
            before: known.passkey,
            after: self.signatures.to_string(),
        });
        stage.ask(&self.asker, &StepUp { session: self.session, ceremony: begun.ceremony, signed })?;
        Ok(())
    }

    /// Reaches for a bank account with what is at hand.
    pub fn reaches(&mut self, stage: &mut Stage, bank: BankCode, account: &str, shown: &[Shown]) -> Reached {
        let id = ConsentId::new(stage.dice.uuid(stage.now));
        let begun = stage.method_for(bank, shown).map(|method| BeginConsent {
            session: self.session,
            id,
            bank,
            method,
            per_debit_limit: Yen::of(100_000),
            per_day_limit: Yen::of(300_000),
            redirect: redirect(&format!("https://bank.example/{}", bank.as_str()), stage),
        });
        let Some(begin) = begun else { return Reached::Refused(Code::BankUnknown) };
        match self.goes(stage, &begin, account, shown) {
            Ok(reached) => reached,
            Err(refusal) => Reached::Refused(refusal.code),
        }
    }

    fn goes(
        &mut self,
        stage: &mut Stage,
        begin: &BeginConsent,
        account: &str,
        shown: &[Shown],
    ) -> Result<Reached, Refusal> {
        let (id, bank) = (begin.id, begin.bank);
        self.asks(stage, begin)?;
        let returned = returned(&begin.redirect);
        // The page comes before the return; a wrong try is known to the bank first.
        let Some(consent) = stage.store().read(|shelf| consent_of(shelf, id)).ok().flatten() else {
            return Err(Code::NotFound.into());
        };
        let mut passed = None;
        for shown in shown {
            stage.tally.tries += u64::from(self.asker.hostile);
            match stage.at_page(&consent, account, *shown) {
                Checked::Passed(factors) => {
                    passed = Some(factors);
                    break;
                }
                Checked::Wrong => {}
                Checked::Locked => break,
            }
        }
        self.asks(stage, &TakeReturn { session: self.session, id, returned })?;
        let said = passed.and_then(|factors| stage.bank_says(&consent, account, factors));
        let notified = said.as_ref().is_some_and(|said| said.depositor_notified);
        let wrong = said.is_none();
        let finished = self.asks(stage, &FinishConsent { session: self.session, id, said });
        stage.looks_out();
        match finished {
            Ok(link) => {
                self.links.push((bank, link.id));
                if self.asker.hostile {
                    stage.tally.links += 1;
                    // Whoever opened an account with forged papers gets that bank's notice.
                    if number_of(account).is_some() {
                        stage.notifies(bank, account, notified);
                    }
                }
                Ok(Reached::Linked(link.id))
            }
            Err(_) if wrong => Ok(Reached::Wrong),
            Err(refusal) => Err(refusal),
        }
    }

    /// Charges over a link; the bank is asked at once.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn charges(&mut self, stage: &mut Stage, link: LinkId, yen: i64) -> Result<Payment, Refusal> {
        let id = PaymentId::new(stage.dice.uuid(stage.now));
        let amount = Yen::new(yen).map_err(|_| Refusal::new(Code::AmountNotAllowed))?;
        let payment = self.asks(stage, &TopUp { session: self.session, id, link, amount })?;
        stage.runs_errands();
        Ok(payment)
    }

    /// Pays at a shop, by its printed code.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn pays(&mut self, stage: &mut Stage, shop: usize, yen: i64) -> Result<Payment, Refusal> {
        let id = PaymentId::new(stage.dice.uuid(stage.now));
        let payload = stage.shops.get(shop).cloned().unwrap_or_default();
        let amount = Yen::new(yen).map_err(|_| Refusal::new(Code::AmountNotAllowed))?;
        self.asks(stage, &PayQr { session: self.session, id, payload, amount: Some(amount) })
    }

    /// Pays out over a link; the bank is asked at once.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn pays_out(&mut self, stage: &mut Stage, link: LinkId, yen: i64) -> Result<Payment, Refusal> {
        let id = PaymentId::new(stage.dice.uuid(stage.now));
        let amount = Yen::new(yen).map_err(|_| Refusal::new(Code::AmountNotAllowed))?;
        let payment = self.asks(stage, &Payout { session: self.session, id, link, amount })?;
        stage.runs_errands();
        Ok(payment)
    }

    /// Whoever has this wallet has its passkey no longer: nothing is signed afresh.
    pub fn loses_passkey(&mut self) {
        self.credential.clear();
    }

    /// What is in it, provisional or not, in yen.
    pub fn holds_yen(&self, stage: &Stage) -> i64 {
        let found = stage.store().read(|shelf| {
            let customer = store::look::customer_of(shelf, self.customer)?;
            customer.map(|customer| store::look::purse_of(shelf, &customer)).transpose()
        });
        found.ok().flatten().map_or(0, |purse| purse.available.get() + purse.provisional.get())
    }
}

impl Stage {
    /// The method of a bank that asks for least and is let by the wallet.
    pub fn easiest_method(&self, bank: BankCode) -> Option<String> {
        let directory = engine::directory::Directory::embedded();
        let methods = &directory.bank(bank)?.methods;
        let strict = self.controls.has(Control::Possession);
        let weak =
            |code: &&String| directory.method(bank, code).is_some_and(|method| method.linkable().is_err());
        let strong = methods.iter().find(|code| !weak(code));
        if strict { strong.cloned() } else { methods.iter().find(weak).or(strong).cloned() }
    }

    /// The method that somebody with these things at hand chooses.
    fn method_for(&self, bank: BankCode, shown: &[Shown]) -> Option<String> {
        let directory = engine::directory::Directory::embedded();
        let by_phone = |code: &&String| code.starts_with("registered_phone");
        let methods = directory.bank(bank).map(|bank| bank.methods.as_slice()).unwrap_or_default();
        let found = methods.iter().find(by_phone).filter(|_| shown.contains(&Shown::Phone));
        found.cloned().or_else(|| self.easiest_method(bank))
    }

    fn bank_says(&mut self, consent: &Consent, account: &str, factors: Vec<String>) -> Option<BankSaid> {
        let tells = self.setting.banks.tell_depositors;
        let said = self.banks.get(consent.bank)?.authorise(account, consent, 0, &mut self.dice)?;
        Some(BankSaid { factors, depositor_notified: tells, ..said })
    }

    /// The bank's notice reaches a depositor who has no wallet; some answer.
    fn notifies(&mut self, bank: BankCode, account: &str, notified: bool) {
        let victims = self.setting.victims;
        let answers = self.dice.below(1_000_000) < (victims.answer_notice * 1e6) as u64;
        if notified && answers {
            let [least, most] = victims.answer_hours;
            let wait = self.dice.span(Span::hours(i64::from(least)), Span::hours(i64::from(most)));
            self.later.push((self.now.plus(wait), Later::AnswersNotice(bank, account.to_owned())));
        }
    }
}

pub(super) fn redirect(issuer: &str, stage: &mut Stage) -> Redirect {
    Redirect {
        state: stage.dice.digest(),
        browser: stage.dice.digest(),
        nonce: None,
        verifier: Secret::new("verifier"),
        issuer: issuer.to_owned(),
        expires_at: stage.now.plus(Span::minutes(10)),
        used_at: None,
    }
}

pub(super) fn returned(redirect: &Redirect) -> Returned {
    Returned { state: redirect.state, browser: redirect.browser, issuer: Some(redirect.issuer.clone()) }
}
