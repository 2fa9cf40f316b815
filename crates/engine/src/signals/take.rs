//! A bank's signal is taken: kept, counted as a try; links to a reported bank account are suspended at once, and what
//! the bank wants stopped is stopped (P7).

use crate::{
    Ask, Code, Context, Decision, Event, Plan, Refusal, Row,
    directory::Directory,
    event::Audience,
    linking::{Consent, Link},
    sessions::Notice,
    sign_up::Customer,
    signals::{Signal, SignalKind, SignalSaid, Told},
};
use gate::{Breaker, Level, Scope, Sighting, Step, Stopper, Subjects};
use terms::{BankCode, Span};

/// How far a bank's clock may be ahead of ours.
const AHEAD_MAX: Span = Span::minutes(1);
/// How long ago what is told may have happened: a bank may have been cut off for a while.
const AGE_MAX: Span = Span::days(30);

/// The ask.
#[derive(Debug, Clone)]
pub struct TakeSignal {
    /// Who signed it.
    pub bank: BankCode,
    /// What it says.
    pub said: SignalSaid,
}

/// What the decision may know.
#[derive(Debug)]
pub struct TakeSignalFacts {
    /// What was taken from this bank under this id before.
    pub known: Option<Signal>,
    /// What the bank said, as it is kept.
    pub told: Told,
    /// The consent with that state.
    pub consent: Option<Consent>,
    /// The bank's breaker as it stands.
    pub breaker: Option<Breaker>,
    /// Links to that bank account that have not ended, with their customers.
    pub links: Vec<(Link, Customer)>,
}

impl Ask for TakeSignal {
    type Facts = TakeSignalFacts;
    type Answer = ();
    const NAME: &'static str = "signals.take";

    fn decide(&self, facts: &TakeSignalFacts, at: &Context<'_>) -> Decision<()> {
        let consent = facts.consent.as_ref().filter(|consent| consent.bank == self.bank);
        // The bank's own address and device say nothing about whoever tried.
        let subjects = Subjects {
            customer: consent.map(|consent| consent.customer),
            bank: Some(self.bank),
            bank_account: facts.told.account,
            ..Subjects::at(
                consent.and_then(|consent| consent.device),
                consent.and_then(|consent| consent.address.clone()),
            )
        };
        match &facts.known {
            // The bank did not hear our answer; nothing happens twice (P3).
            Some(known) if known.told == facts.told => return Decision::done((), Plan::new()),
            Some(_) => {
                let refusal = Refusal::new(Code::IdReused).field("jti");
                return Decision::turned_away(at, Step::BankSignal, subjects, refusal);
            }
            None => {}
        }
        if let Err(refusal) = self.check(&facts.told, at) {
            return Decision::turned_away(at, Step::BankSignal, subjects, refusal);
        }
        let mut plan = Plan::new();
        let suspended =
            if facts.told.kind.suspends() { suspend(&facts.links, at, &mut plan) } else { vec![] };
        plan.put(Row::Signal(Signal {
            number: 0,
            bank: self.bank,
            told: facts.told.clone(),
            taken_at: at.moment.now,
            consent: consent.map(|consent| consent.id),
            customer: subjects.customer,
            suspended: suspended.clone(),
        }));
        if let (true, Some(method)) = (facts.told.kind.is_try(), &facts.told.method) {
            plan.put(Row::Sighting(self.sighting(method, &facts.told, &subjects)));
        }
        if let Some((level, reason)) = wants_stopped(facts.told.kind) {
            let (scope, by) = (Scope::Bank(self.bank), Stopper::Bank(self.bank));
            let before = facts.breaker.as_ref();
            let stopped = Breaker::stop(before, scope, level, by, reason.to_owned(), at.moment.now);
            plan.set_breaker(at, &stopped);
        }
        // Single tries are the alarms' business.
        if facts.told.kind != SignalKind::TryFailed {
            plan.tell(Event {
                audience: Audience::Operators,
                at: at.moment.now,
                kind: "signal.taken".to_owned(),
                body: serde_json::json!({
                    "kind": facts.told.kind, "bank": self.bank, "suspended": suspended,
                }),
            });
        }
        plan.remember(at, Step::BankSignal, subjects, None);
        if facts.told.kind == SignalKind::LinkDenied {
            self.remember_denied(&facts.links, at, &mut plan);
        }
        Decision::done((), plan)
    }
}

impl TakeSignal {
    /// Whether the kind has all that it needs and no more, and time and method can be.
    fn check(&self, told: &Told, at: &Context<'_>) -> Result<(), Refusal> {
        let wrong = |field: &str| Err(Refusal::new(Code::FieldNotAllowed).field(field));
        let now = at.moment.now;
        if told.at > now.plus(AHEAD_MAX) || told.at < now.minus(AGE_MAX) {
            return wrong("toe");
        }
        let about_account = told.kind.suspends() || told.kind == SignalKind::CanaryTried;
        let about_bank = matches!(told.kind, SignalKind::BankCompromised | SignalKind::StopRequested);
        if (about_account && told.account.is_none()) || (about_bank && told.account.is_some()) {
            return wrong("sub_id");
        }
        match &told.method {
            Some(method) if told.kind.is_try() => {
                if Directory::embedded().method(self.bank, method).is_none() {
                    return wrong("method");
                }
            }
            None if !told.kind.is_try() => {}
            _ => return wrong("method"),
        }
        if !told.kind.is_try() && (told.secret.is_some() || told.state.is_some() || told.canary) {
            return wrong("events");
        }
        Ok(())
    }

    fn sighting(&self, method: &str, told: &Told, subjects: &Subjects) -> Sighting {
        Sighting {
            number: 0,
            at: told.at,
            bank: self.bank,
            method: method.to_owned(),
            account: told.account,
            secret: told.secret,
            canary: told.canary || told.kind == SignalKind::CanaryTried,
            worked: false,
            customer: subjects.customer,
            device: subjects.device,
            address: subjects.address.clone(),
        }
    }
}

impl TakeSignal {
    /// Whoever has a link that its depositor does not know: the gate looks at everything else that they do.
    fn remember_denied(&self, links: &[(Link, Customer)], at: &Context<'_>, plan: &mut Plan) {
        for (link, customer) in links {
            let subjects = Subjects {
                customer: Some(customer.id),
                bank: Some(self.bank),
                bank_account: Some(link.account_tag),
                ..Subjects::default()
            };
            plan.remember(at, Step::LinkDenied, subjects, None);
        }
    }
}

/// How far a bank's own word stops what goes over it, and the reason that staff read.
const fn wants_stopped(kind: SignalKind) -> Option<(Level, &'static str)> {
    match kind {
        SignalKind::StopRequested => Some((Level::Links, "the bank asks for no new links")),
        SignalKind::BankCompromised => Some((Level::TopUps, "the bank says that it is broken into")),
        SignalKind::TryFailed
        | SignalKind::CanaryTried
        | SignalKind::AccountCompromised
        | SignalKind::LinkDenied => None,
    }
}

/// Suspends the links that are active; their customers are told that it happened, and not why.
fn suspend(links: &[(Link, Customer)], at: &Context<'_>, plan: &mut Plan) -> Vec<terms::LinkId> {
    let active = links.iter().filter(|(link, _)| link.is_active());
    active
        .map(|(link, customer)| {
            plan.suspend_link(link.clone());
            plan.notify(at, customer, &Notice::LinkSuspended { account: &link.named(customer.locale) });
            link.id
        })
        .collect()
}
