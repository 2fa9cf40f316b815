//! The watch looks out: it folds over what it has not seen yet, raises alarms and opens breakers.

use crate::{
    Ask, Context, Decision, Event, Plan, Row,
    event::Audience,
    watch::{RaisedAlarm, WatchState, to_stop},
};
use gate::{Breaker, Level, Sighting, Stopper, Stops, alarms::Alarm};
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

impl Ask for LookOut {
    type Facts = LookOutFacts;
    type Answer = Looked;
    const NAME: &'static str = "watch.look_out";

    fn decide(&self, facts: &LookOutFacts, at: &Context<'_>) -> Decision<Looked> {
        let mut plan = Plan::new();
        let WatchState { mut watch, saved_number, saved_at } = facts.state.clone();
        let mut rang: Vec<Alarm> = Vec::new();
        watch.stand_still(&Stops::new(facts.breakers.iter().cloned()));
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
        let mut breakers = facts.breakers.clone();
        for (scope, raised) in &stops {
            let before = facts.breakers.iter().find(|breaker| breaker.scope == *scope);
            let by = Stopper::Alarm(raised.alarm.code.as_str().to_owned());
            let reason = raised.alarm.says.en.clone();
            // New links stop, and so does money over links that may be the attack's own.
            let stopped = Breaker::stop(before, scope.clone(), Level::YoungTopUps, by, reason, at.moment.now);
            plan.set_breaker(at, &stopped);
            breakers.push(stopped);
        }
        watch.stand_still(&Stops::new(breakers));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Policy, Source};
    use gate::{Scope, alarms::Watch};
    use terms::{BankCode, Digest, Moment, Time};

    /// How many failures wait to be followed, as the saved state has it.
    fn waiting(breakers: Vec<Breaker>, canary: bool) -> usize {
        let now = Time::from_millis(1_900_000_000_000);
        let failed = |number: u64| Sighting {
            number,
            at: now,
            bank: BankCode::parse("0001").expect("a code"),
            method: "web".to_owned(),
            account: Some(Digest::new([u8::try_from(number).expect("few"); 32])),
            secret: None,
            canary,
            worked: false,
            customer: None,
            device: None,
            address: None,
        };
        let mut watch = Watch::new();
        (1..4).for_each(|number| drop(watch.see(&failed(number))));
        let state = WatchState { saved_number: 0, saved_at: now, watch };
        let facts = LookOutFacts { state, fresh: vec![failed(4)], more: false, alarms: Vec::new(), breakers };
        let (source, policy) = (Source::default(), Policy::default());
        let at = Context { moment: Moment::new(now, 7), source: &source, policy: &policy };
        let decision = LookOut.decide(&facts, &at);
        let saved = decision.plan.writes().iter().find_map(|write| match write {
            crate::Write::Put(Row::Watch(state)) => Some(serde_json::to_value(&state.watch).expect("JSON")),
            _ => None,
        });
        saved.expect("kept")["pending"]["queue"].as_array().expect("a list").len()
    }

    // promise: P6
    #[test]
    fn who_may_not_come_back_is_not_waited_for() {
        let stop = |scope: &str| {
            let scope: Scope = scope.parse().expect("a scope");
            let by = Stopper::Alarm("orphans".to_owned());
            Breaker::stop(None, scope, Level::Links, by, String::new(), Time::from_millis(1))
        };
        assert_eq!(waiting(Vec::new(), false), 4);
        assert_eq!(waiting(vec![stop("bank:0002")], false), 4);
        assert_eq!(waiting(vec![stop("bank:0001")], false), 0);
        assert_eq!(waiting(vec![Breaker { setting: gate::Setting::Probing1, ..stop("all") }], false), 4);
        assert_eq!(waiting(Vec::new(), true), 0, "the alarm's own stop counts at once");
    }
}
