//! Back-test: what rules would have done to attempts that are remembered. A fold over them in order of time.

mod report;
mod tally;

pub use report::{BackTestReport, Effect};

use super::{
    book::{Rule, RuleBook},
    expression::Failed,
    form::STEPS,
    variable::{Asked, Way},
};
use crate::{Attempt, Outcome, Ruling, Step, ruling_of};
use std::collections::{BTreeMap, BTreeSet};
use tally::Seen;
use terms::{CustomerId, Digest, Span, Time};

/// The most that is held at once of what the rules count, and of what they would have touched.
pub const ENTRIES_MAX: usize = 20_000_000;

/// There is too much history for one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch;

/// One attempt that would have gone another way.
struct Touched {
    at: Time,
    customer: Option<CustomerId>,
    bank_account: Option<Digest>,
}

/// When something bad was last heard of.
#[derive(Default)]
struct Heard {
    signalled: BTreeMap<Digest, Time>,
    denied: BTreeMap<CustomerId, Time>,
    refunded: BTreeMap<CustomerId, Time>,
}

#[derive(Default)]
struct PerRule {
    effect: Effect,
    touched: Vec<Touched>,
}

/// A back-test under way. Dates of rules are left aside: each rule is asked as if it had been in force all the time.
pub struct BackTest<'b> {
    book: &'b RuleBook,
    from: Time,
    tally: Seen,
    rules: Vec<PerRule>,
    together: PerRule,
    heard: Heard,
    judged: u64,
    last: Option<Time>,
}

impl<'b> BackTest<'b> {
    /// Judges attempts from a time on; those before it are counted only.
    pub fn new(book: &'b RuleBook, from: Time) -> Self {
        let counts = STEPS.iter().flat_map(|step| book.needs(*step)).collect::<BTreeSet<_>>();
        let rules = book.rules().iter().map(|_| PerRule::default()).collect();
        let (together, heard) = (PerRule::default(), Heard::default());
        Self { book, from, tally: Seen::of(counts), rules, together, heard, judged: 0, last: None }
    }

    /// How long before the first judged attempt the history has to begin.
    pub fn looks_back(book: &RuleBook) -> Span {
        let spans = STEPS.iter().flat_map(|step| book.needs(*step)).map(|count| count.span);
        spans.max().unwrap_or(Span::millis(0))
    }

    /// Sees the next attempt.
    ///
    /// # Errors
    /// There is too much history for one run.
    pub fn see(&mut self, attempt: &Attempt) -> Result<(), TooMuch> {
        self.last = Some(attempt.at);
        if let (Some(ruling), true) =
            (attempt.ruling, attempt.at >= self.from && STEPS.contains(&attempt.step))
        {
            self.judge(attempt, ruling);
        }
        self.hear(attempt);
        self.tally.add(attempt);
        let touched: usize = self.rules.iter().map(|rule| rule.touched.len()).sum();
        if self.tally.len() + touched > ENTRIES_MAX { Err(TooMuch) } else { Ok(()) }
    }

    fn judge(&mut self, attempt: &Attempt, ruling: Ruling) {
        self.judged += 1;
        let asked =
            Asked { step: attempt.step, subjects: &attempt.subjects, way: Way::NotRecorded, now: attempt.at };
        let evidence = self.tally.evidence(&self.book.needs(attempt.step), &attempt.subjects, attempt.at);
        let recorded: u32 = attempt.findings.iter().map(|finding| finding.weight).sum();
        let (mut all, mut any) = (0, false);
        for (rule, seen) in self.book.rules().iter().zip(&mut self.rules) {
            if !rule.steps.contains(&attempt.step) {
                continue;
            }
            match rule.holds(&asked, &evidence) {
                Ok(false) => {}
                Ok(true) => {
                    seen.touch(attempt, ruling, recorded.saturating_add(rule.weight));
                    all += rule.weight;
                    any = true;
                }
                Err(Failed::NotRecorded) => seen.effect.not_recorded += 1,
                Err(_) => seen.effect.failed += 1,
            }
        }
        if any {
            self.together.touch(attempt, ruling, recorded.saturating_add(all));
        }
    }

    fn hear(&mut self, attempt: &Attempt) {
        let Attempt { subjects, step, at, ruling, outcome, .. } = attempt;
        let is_done = *outcome == Outcome::Taken;
        if let (Step::BankSignal, true, Some(account)) = (step, is_done, subjects.bank_account) {
            self.heard.signalled.insert(account, *at);
        }
        let Some(customer) = subjects.customer else { return };
        if matches!(ruling, Some(Ruling::Review | Ruling::Deny)) {
            self.heard.denied.insert(customer, *at);
        }
        if let (Step::Refund, true) = (step, is_done) {
            self.heard.refunded.insert(customer, *at);
        }
    }

    /// What it comes to.
    pub fn report(self) -> BackTestReport {
        let Self { book, heard, judged, last, from, .. } = self;
        let effect = |seen: PerRule| seen.weighed(&heard);
        BackTestReport {
            from,
            until: last.unwrap_or(from),
            judged,
            rules: book
                .rules()
                .iter()
                .zip(self.rules)
                .map(|(rule, seen)| (name_of(rule), effect(seen)))
                .collect(),
            together: effect(self.together),
        }
    }
}

fn name_of(rule: &Rule) -> String {
    format!("{}@{}", rule.code, rule.version)
}

impl PerRule {
    fn touch(&mut self, attempt: &Attempt, before: Ruling, weight: u32) {
        self.effect.held += 1;
        let after = ruling_of(weight).max(before);
        if attempt.outcome != Outcome::Taken || after == before {
            return;
        }
        match after {
            Ruling::StepUp => self.effect.stepped_up += 1,
            Ruling::Allow | Ruling::Review | Ruling::Deny | Ruling::Stop => self.effect.stopped += 1,
        }
        self.touched.push(Touched {
            at: attempt.at,
            customer: attempt.subjects.customer,
            bank_account: attempt.subjects.bank_account,
        });
    }

    /// What became of those it would have touched: who was never heard of again in a bad way was annoyed for nothing.
    fn weighed(mut self, heard: &Heard) -> Effect {
        let mut annoyed = BTreeSet::new();
        for touched in &self.touched {
            let after = |when: Option<&Time>| when.is_some_and(|when| *when >= touched.at);
            let by_customer =
                |map: &BTreeMap<CustomerId, Time>| after(touched.customer.and_then(|c| map.get(&c)));
            let signalled = after(touched.bank_account.and_then(|a| heard.signalled.get(&a)));
            let (denied, refunded) = (by_customer(&heard.denied), by_customer(&heard.refunded));
            self.effect.later_signalled += u64::from(signalled);
            self.effect.later_denied += u64::from(denied);
            self.effect.later_refunded += u64::from(refunded);
            let is_bad = signalled || denied || refunded;
            self.effect.later_bad += u64::from(is_bad);
            if let (false, Some(customer)) = (is_bad, touched.customer) {
                annoyed.insert(customer);
            }
        }
        self.effect.annoyed = annoyed.len() as u64;
        self.effect
    }
}
