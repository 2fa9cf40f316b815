//! Rows of breakers, and what is stopped right now: read under the pen, so that a stop beats what is in flight (P7).

use crate::{
    Fault, Keys, Load, kept::Kept, operators::operator_of, sessions::device_known, shelf::Shelf, sql::Value,
};
use engine::{
    Context,
    stops::{AskToResume, ConfirmResume, ResumeFacts, Stop, StopFacts},
};
use gate::{
    Breaker, Evidence, Path, Scope, Setting, Step, Stops, Subjects,
    rules::{Asked, Way},
};
use terms::{OperatorName, Time};

/// One per bank, method and operation there can be, and room to spare.
const LISTED_MAX: u32 = 1_000;

impl Kept for Breaker {
    const TABLE: &'static str = "breakers";
    const COLUMNS: &'static [&'static str] = &["scope", "closed"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::text(self.scope.to_string()), Value::Int(i64::from(self.setting == Setting::Closed))]
    }
}

/// The breaker of a scope, closed or not.
pub fn breaker_of(shelf: &mut Shelf<'_>, scope: &Scope) -> Result<Option<Breaker>, Fault> {
    shelf.get(Value::text(scope.to_string()))
}

/// Every breaker that is not closed, in the order of their scopes.
pub fn stops(shelf: &mut Shelf<'_>) -> Result<Stops, Fault> {
    if let Some(stops) = &shelf.cache.stops {
        return Ok(stops.clone());
    }
    let found = shelf.find::<Breaker>(
        "closed = ?1 ORDER BY scope LIMIT ?2",
        &[Value::Int(0), Value::Int(i64::from(LISTED_MAX))],
    )?;
    let stops = Stops::new(found);
    if shelf.writes {
        shelf.cache.stops = Some(stops.clone());
    }
    Ok(stops)
}

impl Shelf<'_> {
    /// Puts a breaker; it is in force for the rest of this batch too.
    pub(crate) fn put_breaker(&mut self, breaker: &Breaker) -> Result<(), Fault> {
        self.cache.stops = None;
        self.put(breaker)
    }

    /// Everything that the gate wants to know of a step over a bank's method, by a young link or not.
    pub(crate) fn evidence_over(
        &mut self,
        step: Step,
        subjects: &Subjects,
        method: Option<&str>,
        is_young: bool,
        now: Time,
    ) -> Result<Evidence, Fault> {
        let stops = stops(self)?;
        let path = Path {
            bank: subjects.bank,
            method: method.map(str::to_owned),
            is_young,
            customer: subjects.customer,
        };
        let rules = self.rules()?;
        // Only where throttles stand, or a rule asks; elsewhere every device is judged alike.
        let throttled = matches!(step, Step::SignIn | Step::Recovery);
        let is_asked = throttled || rules.in_force.see_known_devices_at(step);
        let known = is_asked && device_known(self, subjects)?;
        let way = match method {
            None if !is_young => Way::None,
            method => Way::Over { method, is_young },
        };
        let asked = Asked { step, subjects, way, now };
        let evidence = self.counted(rules.question(step), subjects, now)?;
        Ok(evidence.under(&stops, step, &path).on_known_device(known).beside(&rules.in_force, &asked))
    }

    /// Everything that the gate wants to know of a step that goes over no link.
    pub fn evidence(&mut self, step: Step, subjects: &Subjects, now: Time) -> Result<Evidence, Fault> {
        self.evidence_over(step, subjects, None, false, now)
    }
}

fn resume_facts(shelf: &mut Shelf<'_>, scope: &Scope, by: &OperatorName) -> Result<ResumeFacts, Fault> {
    let breaker = breaker_of(shelf, scope)?;
    let asked_by = match breaker.as_ref().and_then(|breaker| breaker.resume.as_ref()) {
        Some(resume) => operator_of(shelf, &resume.by)?,
        None => None,
    };
    Ok(ResumeFacts { breaker, operator: operator_of(shelf, by)?, asked_by })
}

impl Load for Stop {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<StopFacts, Fault> {
        Ok(StopFacts { breaker: breaker_of(shelf, &self.scope)? })
    }
}

impl Load for AskToResume {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<ResumeFacts, Fault> {
        resume_facts(shelf, &self.scope, &self.by)
    }
}

impl Load for ConfirmResume {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<ResumeFacts, Fault> {
        resume_facts(shelf, &self.scope, &self.by)
    }
}
