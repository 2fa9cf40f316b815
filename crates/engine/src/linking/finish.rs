//! The person is back from the bank, and the bank's signed word decides whether a link begins (P4, H3).

use crate::{
    Ask, Code, Context, Control, Decision, Errand, Need, NewErrand, Plan, Redirect, Refusal, Returned, Row,
    Standing,
    directory::Directory,
    identity::Identity,
    linking::{Consent, ConsentState, Link, LinkState},
    sessions::Notice,
};
use gate::{Evidence, Pass, Sighting, Step, Subjects, judge};
use terms::{BirthDate, ConsentId, Digest, ErrandId, Kana, LinkId, Secret, Span, Time, Yen};

/// For how long nobody may link a bank account that its bank reported.
const REPORTED_RESTS: Span = Span::days(30);

/// The ask that uses the redirect up, before the bank is asked for its word: a second browser, or the same one
/// twice, gets no further.
#[derive(Debug, Clone)]
pub struct TakeReturn {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which consent.
    pub id: ConsentId,
    /// What came back with the browser.
    pub returned: Returned,
}

/// What the decision may know.
#[derive(Debug)]
pub struct TakeReturnFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The consent.
    pub consent: Option<Consent>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for TakeReturn {
    type Facts = TakeReturnFacts;
    type Answer = ();
    const NAME: &'static str = "linking.take_return";

    fn decide(&self, facts: &TakeReturnFacts, at: &Context<'_>) -> Decision<()> {
        let step = Step::ConsentReturned;
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, step, at.source.subjects(), refusal),
        };
        let subjects = standing.subjects(at);
        let own = facts.consent.as_ref().filter(|consent| consent.customer == standing.customer.id);
        let Some(consent) = own else {
            return Decision::turned_away(at, step, subjects, Code::NotFound.into());
        };
        let subjects = Subjects { bank: Some(consent.bank), ..subjects };
        let now = at.moment.now;
        if consent.state != ConsentState::Awaiting || !consent.redirect.fits(&self.returned, now) {
            return Decision::turned_away(at, step, subjects, Code::CeremonyOver.into());
        }
        let verdict = judge(step, &facts.evidence);
        if verdict.pass(standing.stepped_up(at)).is_none() {
            return Decision::turned_away(at, step, subjects, Refusal::no_pass(verdict.ruling()));
        }
        // Remembered before the bank is asked, and once more with what the bank said.
        let mut plan = Plan::new();
        let redirect = Redirect { used_at: Some(now), ..consent.redirect.clone() };
        plan.put(Row::Consent(Consent { redirect, ..consent.clone() }));
        plan.remember_judged(at, &verdict, subjects, None);
        Decision::done((), plan)
    }
}

/// What the bank said and signed; the shell has checked signature, issuer, audience, times and state.
#[derive(Debug, Clone)]
pub struct BankSaid {
    /// The bank's opaque name of the bank account.
    pub account: String,
    /// For the customer's eyes.
    pub account_masked: String,
    /// The branch.
    pub branch_name: String,
    /// By which method.
    pub method: String,
    /// The factors that were really checked.
    pub factors: Vec<String>,
    /// The holder's name.
    pub holder: Kana,
    /// The holder's birth date.
    pub birth_date: BirthDate,
    /// Whether the bank told the depositor (P10).
    pub depositor_notified: bool,
    /// The most per debit that was signed.
    pub per_debit_limit: Yen,
    /// The most per day that was signed.
    pub per_day_limit: Yen,
    /// The refresh token, bound to our key.
    pub refresh_token: Secret,
}

/// The ask with the bank's word.
#[derive(Debug, Clone)]
pub struct FinishConsent {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which consent.
    pub id: ConsentId,
    /// The bank's word; nothing when the person or the bank said no, or the word was not valid.
    pub said: Option<BankSaid>,
}

/// What the decision may know.
#[derive(Debug)]
pub struct FinishConsentFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The consent.
    pub consent: Option<Consent>,
    /// The customer's proved identity.
    pub identity: Option<Identity>,
    /// Keyed tags of bank account and holder.
    pub tags: Option<(Digest, Digest)>,
    /// Whether this customer has a link to that bank account.
    pub linked: bool,
    /// Whether another wallet has one.
    pub linked_elsewhere: bool,
    /// When the bank last reported fraud at that bank account.
    pub reported_at: Option<Time>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl FinishConsentFacts {
    /// The consent, when its return was taken and nobody finished it yet.
    ///
    /// Somebody else's consent is left alone. Whoever is signed out meanwhile was its owner when it was taken.
    fn taken(&self) -> Option<&Consent> {
        let stranger = |consent: &Consent| {
            self.standing.as_ref().is_some_and(|standing| standing.customer.id != consent.customer)
        };
        self.consent.as_ref().filter(|consent| {
            consent.state == ConsentState::Awaiting
                && consent.redirect.used_at.is_some()
                && !stranger(consent)
        })
    }
}

impl Ask for FinishConsent {
    type Facts = FinishConsentFacts;
    type Answer = Link;
    const NAME: &'static str = "linking.finish_consent";

    fn decide(&self, facts: &FinishConsentFacts, at: &Context<'_>) -> Decision<Link> {
        let mut decision = self.link(facts, at);
        if let Some(sighting) = self.sighting(facts, at) {
            decision.plan.put(Row::Sighting(sighting));
        }
        decision
    }
}

impl FinishConsent {
    fn link(&self, facts: &FinishConsentFacts, at: &Context<'_>) -> Decision<Link> {
        let step = Step::ConsentReturned;
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return self.give_up(
                    Decision::turned_away(at, step, at.source.subjects(), refusal),
                    facts,
                    at,
                );
            }
        };
        let subjects = standing.subjects(at);
        let taken = |consent: &&Consent| {
            consent.customer == standing.customer.id
                && consent.state == ConsentState::Awaiting
                && consent.redirect.used_at.is_some()
        };
        let Some(consent) = facts.consent.as_ref().filter(taken) else {
            return self.give_up(Decision::turned_away(at, step, subjects, Code::NotFound.into()), facts, at);
        };
        let subjects = Subjects {
            bank: Some(consent.bank),
            bank_account: facts.tags.map(|(account, _)| account),
            holder: facts.tags.map(|(_, holder)| holder),
            ..subjects
        };
        let verdict = judge(step, &facts.evidence);
        let decision = Decision::judged(at, &verdict, subjects, |plan| {
            let pass =
                verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let said = self.said.as_ref().ok_or(Refusal::new(Code::ConsentDenied))?;
            let tags = facts.tags.ok_or(Refusal::new(Code::LinkRefused))?;
            self.check(said, consent, facts, at)?;
            plan.put(Row::Consent(Consent { state: ConsentState::Authorised, ..consent.clone() }));
            let link = open(said, consent, tags, &pass, at, plan);
            let customer = &standing.customer;
            plan.notify(at, customer, &Notice::LinkOpened { account: &link.named(customer.locale) });
            Ok(link)
        });
        if decision.answer.is_ok() { decision } else { self.give_up(decision, facts, at) }
    }

    /// The four conditions of P4 and P10. What fails is for our record only: the asker may be a stranger.
    fn check(
        &self,
        said: &BankSaid,
        consent: &Consent,
        facts: &FinishConsentFacts,
        at: &Context<'_>,
    ) -> Result<(), Refusal> {
        let in_force = |control| at.policy.controls.has(control);
        let no = |reason: &'static str| Err(Refusal::new(Code::LinkRefused).quietly(reason));
        if said.method != consent.method {
            return no("method");
        }
        if in_force(Control::Possession) && Directory::embedded().judge(&said.factors).is_err() {
            return no("factors");
        }
        if said.per_debit_limit > consent.per_debit_limit || said.per_day_limit > consent.per_day_limit {
            return no("limits");
        }
        if in_force(Control::Match) {
            let Some(identity) = facts.identity.as_ref().filter(|identity| identity.ended_at.is_none())
            else {
                return no("identity");
            };
            if !identity.kana.matches(&said.holder) {
                return no("name");
            }
            if identity.birth_date != said.birth_date {
                return no("birth_date");
            }
        }
        if in_force(Control::Notice) && !said.depositor_notified {
            return no("depositor_not_notified");
        }
        // Or whoever reached the account would end the suspended link and make a new one.
        if facts.reported_at.is_some_and(|reported_at| at.moment.now < reported_at.plus(REPORTED_RESTS)) {
            return no("reported");
        }
        if facts.linked_elsewhere {
            return no("linked_elsewhere");
        }
        if facts.linked { Err(Code::WrongState.into()) } else { Ok(()) }
    }

    /// What the bank's check came to, for the alarms: it was passed although we may refuse the link, or it was not.
    fn sighting(&self, facts: &FinishConsentFacts, at: &Context<'_>) -> Option<Sighting> {
        let consent = facts.taken()?;
        let account = facts.tags.map(|(account, _)| account).filter(|_| self.said.is_some());
        Some(Sighting {
            number: 0,
            at: at.moment.now,
            bank: consent.bank,
            method: consent.method.clone(),
            account,
            secret: None,
            canary: false,
            worked: self.said.is_some(),
            customer: Some(consent.customer),
            device: at.source.device,
            address: at.source.address.clone(),
        })
    }

    /// Without a link the bank's grant is given back, and the consent is over.
    fn give_up(
        &self,
        mut decision: Decision<Link>,
        facts: &FinishConsentFacts,
        at: &Context<'_>,
    ) -> Decision<Link> {
        let Some(consent) = facts.taken() else {
            return decision;
        };
        decision.plan.put(Row::Consent(Consent { state: ConsentState::Rejected, ..consent.clone() }));
        if let Some(said) = &self.said {
            decision.plan.run(NewErrand {
                id: ErrandId::new(at.moment.uuid()),
                due_at: at.moment.now,
                errand: Errand::Revoke { bank: consent.bank, refresh_token: said.refresh_token.clone() },
            });
        }
        decision
    }
}

fn open(
    said: &BankSaid,
    consent: &Consent,
    (account_tag, holder_tag): (Digest, Digest),
    pass: &Pass<'_>,
    at: &Context<'_>,
    plan: &mut Plan,
) -> Link {
    let now = at.moment.now;
    let link = Link {
        id: LinkId::new(at.moment.uuid()),
        customer: consent.customer,
        consent: consent.id,
        bank: consent.bank,
        method: consent.method.clone(),
        factors: said.factors.clone(),
        account: said.account.clone(),
        account_tag,
        holder_tag,
        account_masked: said.account_masked.clone(),
        branch_name: said.branch_name.clone(),
        per_debit_limit: said.per_debit_limit,
        per_day_limit: said.per_day_limit,
        refresh_token: said.refresh_token.clone(),
        state: LinkState::Active,
        lift: None,
        depositor_notified: said.depositor_notified,
        created_at: now,
        young_until: now.plus(at.policy.link_young_ms),
        ended_at: None,
    };
    plan.open_link(pass, link.clone());
    link
}
