//! A decision: the answer, and the plan of what to write and what to do outside.
//!
//! Sessions, links and postings enter a plan only together with a [`Pass`] (P5).

use crate::{
    Context, Event, NewErrand, Refusal,
    identity::{Identity, Proofing},
    linking::{Consent, Link, LinkState},
    merchants::{Merchant, Order, WebhookEndpoint},
    operators::Operator,
    payments::{Discrepancy, Parcel, Payment, PresentedCode, UsageEntry},
    rules::RuleSet,
    sessions::{Authenticator, Ceremony, Federation, Recovery, Session},
    sign_up::{Customer, GivenUpHandle, SignUp},
    signals::Signal,
    watch::{RaisedAlarm, WatchState},
};
use gate::{Attempt, Breaker, Outcome, Pass, Sighting, Step, Subjects, Verdict};
use ledger::Posting;
use terms::ErrandId;

/// An answer and its plan.
#[derive(Debug)]
#[must_use]
pub struct Decision<A> {
    /// What the asker gets.
    pub answer: Result<A, Refusal>,
    /// What to write and what to do outside.
    pub plan: Plan,
}

impl<A> Decision<A> {
    /// Done, with a plan.
    pub const fn done(answer: A, plan: Plan) -> Self {
        Self { answer: Ok(answer), plan }
    }

    /// Refused; the plan remembers the attempt.
    pub const fn refused(refusal: Refusal, plan: Plan) -> Self {
        Self { answer: Err(refusal), plan }
    }

    /// Refused before the gate was asked: nothing but the attempt is planned.
    pub fn turned_away(at: &Context<'_>, step: Step, subjects: Subjects, refusal: Refusal) -> Self {
        let mut plan = Plan::new();
        plan.remember(at, step, subjects, Some(&refusal));
        Self::refused(refusal, plan)
    }

    /// Planned under a verdict: a refusal throws away what was planned, and both ways the attempt is remembered
    /// with the verdict's findings.
    pub fn judged(
        at: &Context<'_>,
        verdict: &Verdict,
        subjects: Subjects,
        plan: impl FnOnce(&mut Plan) -> Result<A, Refusal>,
    ) -> Self {
        let mut planned = Plan::new();
        match plan(&mut planned) {
            Ok(answer) => {
                planned.remember_judged(at, verdict, subjects, None);
                Self::done(answer, planned)
            }
            Err(refusal) => {
                let mut planned = Plan::new();
                planned.remember_judged(at, verdict, subjects, Some(&refusal));
                Self::refused(refusal, planned)
            }
        }
    }

    /// As [`Decision::judged`], and `spent` is written both ways: a round is used up, or a try counted, by the first
    /// answer to it, right or wrong.
    pub fn judged_once(
        at: &Context<'_>,
        verdict: &Verdict,
        subjects: Subjects,
        spent: Row,
        plan: impl FnOnce(&mut Plan) -> Result<A, Refusal>,
    ) -> Self {
        let mut decision = Self::judged(at, verdict, subjects, plan);
        // First, so that the plan's own writing of the same row stands.
        decision.plan.writes.insert(0, Write::Put(spent));
        decision
    }
}

/// One row to write: rows are put whole, under their id.
#[derive(Debug, Clone)]
#[allow(missing_docs, clippy::large_enum_variant)] // each variant is the row of that name
pub enum Row {
    Alarm(RaisedAlarm),
    Authenticator(Authenticator),
    Breaker(Breaker),
    Ceremony(Ceremony),
    Consent(Consent),
    Customer(Customer),
    Discrepancy(Discrepancy),
    Federation(Federation),
    GivenUpHandle(GivenUpHandle),
    Identity(Identity),
    Merchant(Merchant),
    Operator(Operator),
    Order(Order),
    Parcel(Parcel),
    Payment(Payment),
    PresentedCode(PresentedCode),
    Proofing(Proofing),
    Recovery(Recovery),
    RuleSet(RuleSet),
    Sighting(Sighting),
    SignUp(SignUp),
    Signal(Signal),
    Usage(UsageEntry),
    Watch(WatchState),
    WebhookEndpoint(WebhookEndpoint),
}

/// One thing to write, in the order planned.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)]
pub enum Write {
    /// A row.
    Put(Row),
    /// A session, new, raised or ended.
    Session(Session),
    /// A link, new or changed.
    Link(Link),
    /// A change of the book.
    Posting(Posting),
    /// An errand for later.
    Errand(NewErrand),
    /// An errand is done.
    ErrandDone(ErrandId),
    /// An errand is to be tried again, perhaps as another one.
    ErrandAgain(NewErrand),
    /// An errand that nobody will try again; an operator sees it.
    ErrandGivenUp(ErrandId),
    /// An event for a customer or merchant.
    Event(Event),
    /// An attempt to remember.
    Attempt(Attempt),
}

/// What to write and what to do outside. The store writes all of it or nothing.
#[derive(Debug, Default)]
pub struct Plan {
    writes: Vec<Write>,
}

impl Plan {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self { writes: Vec::new() }
    }

    /// Puts a row.
    pub fn put(&mut self, row: Row) {
        self.writes.push(Write::Put(row));
    }

    /// Opens or raises a session: only with the gate's pass.
    pub fn open_session(&mut self, _pass: &Pass<'_>, session: Session) {
        self.writes.push(Write::Session(session));
    }

    /// Notes that a session is in use: its idle time begins anew, within the life that its pass gave it.
    pub fn see_session(&mut self, mut session: Session, idle_until: terms::Time) {
        session.idle_until = idle_until.min(session.expires_at);
        self.writes.push(Write::Session(session));
    }

    /// Ends a session; needs no pass, for it takes a right away.
    pub fn end_session(&mut self, mut session: Session, now: terms::Time) {
        session.ended_at = Some(now);
        self.writes.push(Write::Session(session));
    }

    /// Opens or changes a link: only with the gate's pass.
    pub fn open_link(&mut self, _pass: &Pass<'_>, link: Link) {
        self.writes.push(Write::Link(link));
    }

    /// Ends a link; needs no pass, for it takes a right away.
    pub fn end_link(&mut self, mut link: Link, now: terms::Time) {
        link.ended_at = Some(now);
        self.writes.push(Write::Link(link));
    }

    /// Stops a link for now; needs no pass, for it takes a right away.
    pub fn suspend_link(&mut self, link: Link) {
        self.writes.push(Write::Link(Link { state: LinkState::Suspended, ..link }));
    }

    /// Changes the book: only with the gate's pass.
    pub fn post(&mut self, _pass: &Pass<'_>, posting: Posting) {
        self.writes.push(Write::Posting(posting));
    }

    /// Something to do outside, after the commit.
    pub fn run(&mut self, errand: NewErrand) {
        self.writes.push(Write::Errand(errand));
    }

    /// An errand is done.
    pub fn finish(&mut self, errand: ErrandId) {
        self.writes.push(Write::ErrandDone(errand));
    }

    /// An errand is to be tried again from a time on, perhaps as another one (a debit becomes an inquiry).
    pub fn again(&mut self, again: NewErrand) {
        self.writes.push(Write::ErrandAgain(again));
    }

    /// An errand is not tried any more; it stays where an operator sees it.
    pub fn give_up(&mut self, errand: ErrandId) {
        self.writes.push(Write::ErrandGivenUp(errand));
    }

    /// Tells a customer or merchant.
    pub fn tell(&mut self, event: Event) {
        self.writes.push(Write::Event(event));
    }

    /// Remembers an attempt that came before the gate, or was refused without it.
    pub fn remember(&mut self, at: &Context<'_>, step: Step, subjects: Subjects, refused: Option<&Refusal>) {
        self.attempt(at, step, subjects, refused, None);
    }

    /// Remembers an attempt with the gate's verdict and findings.
    pub fn remember_judged(
        &mut self,
        at: &Context<'_>,
        verdict: &Verdict,
        subjects: Subjects,
        refused: Option<&Refusal>,
    ) {
        self.attempt(at, verdict.step(), subjects, refused, Some(verdict));
    }

    fn attempt(
        &mut self,
        at: &Context<'_>,
        step: Step,
        subjects: Subjects,
        refused: Option<&Refusal>,
        verdict: Option<&Verdict>,
    ) {
        let outcome = match refused {
            None => Outcome::Taken,
            Some(refusal) => Outcome::Refused(match refusal.quiet {
                None => refusal.code.as_str().to_owned(),
                Some(reason) => format!("{}:{reason}", refusal.code.as_str()),
            }),
        };
        self.writes.push(Write::Attempt(Attempt {
            id: at.moment.uuid(),
            at: at.moment.now,
            step,
            outcome,
            ruling: verdict.map(Verdict::ruling),
            findings: verdict.map(|v| v.findings().to_vec()).unwrap_or_default(),
            subjects,
        }));
    }

    /// Everything planned, in order.
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }
}
