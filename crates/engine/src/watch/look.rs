//! The watch looks out: it folds over what it has not seen yet, raises alarms and opens breakers.

use crate::{
    Ask, Context, Decision, Event, Plan, Row,
    event::Audience,
    watch::{RaisedAlarm, WatchState, to_stop},
};
use gate::{
    Breaker, Level, Sighting, Stopper,
    alarms::{Alarm, Code},
};
use serde::{Deserialize, Serialize};
use terms::Span;

/// The state is saved after so many sightings, …
const SAVED_EVERY: u64 = 200;
/// … and after so long.
const SAVED_EVERY_SPAN: Span = Span::hours(1);

/// The ask of the clock, and of whoever has added a sighting.
#[derive(Debug, Clone, Copy)]
pub struct LookOut;

/// What the decision may know.
#[derive(Debug)]
pub struct LookOutFacts {
    /// The watch as it stands.
    pub state: WatchState,
    /// The sightings after the last one seen, in order; a bounded number of them.
    pub fresh: Vec<Sighting>,
    /// Whether there may be more after these.
    pub more: bool,
    /// The alarms of the last 30 days.
    pub alarms: Vec<RaisedAlarm>,
    /// Every breaker, also those that are closed.
    pub breakers: Vec<Breaker>,
}

/// What came of looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// Alarms raised.
    pub alarms: usize,
    /// Breakers opened.
    pub stops: usize,
    /// Whether there is more to look at.
    pub more: bool,
}

/// An alarm's word, as it stands behind `alarm:` at a breaker.
const fn word(code: Code) -> &'static str {
    match code {
        Code::Orphans => "orphans",
        Code::FailureShift => "failure_shift",
        Code::Singletons => "singletons",
        Code::Spread => "spread",
        Code::Canary => "canary",
    }
}

impl Ask for LookOut {
    type Facts = LookOutFacts;
    type Answer = Looked;
    const NAME: &'static str = "watch.look_out";

    fn decide(&self, facts: &LookOutFacts, at: &Context<'_>) -> Decision<Looked> {
        let mut plan = Plan::new();
        let WatchState { mut watch, saved_number, saved_at } = facts.state.clone();
        let mut rang: Vec<Alarm> = Vec::new();
        for sighting in &facts.fresh {
            rang.extend(watch.see(sighting));
        }
        if !facts.more {
            rang.extend(watch.tick(at.moment.now));
        }
        let raised: Vec<RaisedAlarm> = rang
            .into_iter()
            .map(|alarm| RaisedAlarm { id: at.moment.uuid(), raised_at: at.moment.now, alarm })
            .collect();
        for raised in &raised {
            plan.put(Row::Alarm(raised.clone()));
            plan.tell(Event {
                audience: Audience::Operators,
                at: at.moment.now,
                kind: "alarm.raised".to_owned(),
                body: serde_json::to_value(raised).unwrap_or_default(),
            });
        }
        let stops = to_stop(facts.alarms.iter().chain(&raised), &watch, &facts.breakers, at.moment.now);
        for (scope, raised) in &stops {
            let before = facts.breakers.iter().find(|breaker| breaker.scope == *scope);
            let by = Stopper::Alarm(word(raised.alarm.code).to_owned());
            let reason = raised.alarm.says.en.clone();
            // New links stop, and so does money over links that may be the attack's own.
            let stopped = Breaker::stop(before, scope.clone(), Level::YoungTopUps, by, reason, at.moment.now);
            plan.set_breaker(at, &stopped);
        }
        let looked = Looked { alarms: raised.len(), stops: stops.len(), more: facts.more };
        let is_due = watch.number().saturating_sub(saved_number) >= SAVED_EVERY
            || at.moment.now >= saved_at.plus(SAVED_EVERY_SPAN);
        let state = if is_due || !raised.is_empty() {
            WatchState { saved_number: watch.number(), saved_at: at.moment.now, watch }
        } else {
            WatchState { watch, saved_number, saved_at }
        };
        plan.put(Row::Watch(state));
        Decision::done(looked, plan)
    }
}
