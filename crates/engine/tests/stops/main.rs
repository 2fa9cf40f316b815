//! Stops: who stops, who resumes, who belongs to the staff, and what an open breaker holds up and what not (promises
//! P5, P6, P7, H5).
#![allow(
    clippy::unwrap_used,
    clippy::type_complexity,
    reason = "a test may stop here, and its table is its type"
)]

#[path = "../paying/build.rs"]
#[allow(dead_code, reason = "shared with the tests of payments to people and shops")]
mod build;
mod goes_on;
mod lifts;
mod people;
mod refused;
mod staff;
mod under_way;
#[path = "../banking/world.rs"]
#[allow(dead_code, reason = "shared with the tests of links and money over them")]
mod world;

use engine::{Decision, Event, Row, Write, event::Audience, operators::Operator};
use gate::{Breaker, Level, Setting, Step, Stopper, Stops};
use terms::{OperatorName, Span};

use build::{NOW, rows};

fn name(text: &str) -> OperatorName {
    OperatorName::parse(text).unwrap()
}

/// Somebody who belongs to the staff since yesterday.
fn person(text: &str) -> Operator {
    Operator {
        name: name(text),
        token: build::digest(text.as_bytes()[0]),
        added_by: Operator::first_hour(),
        line: name(text),
        created_at: NOW.minus(Span::days(1)),
        ended_at: None,
    }
}

/// A breaker that akari opened an hour ago, as it stands now.
fn breaker(scope: &str, level: Level, setting: Setting) -> Breaker {
    let (by, at) = (Stopper::Operator(name("akari")), NOW.minus(Span::hours(1)));
    let stopped = Breaker::stop(None, scope.parse().unwrap(), level, by, "failures tripled".to_owned(), at);
    Breaker { setting, ..stopped }
}

fn stops(scope: &str, level: Level, setting: Setting) -> Stops {
    Stops::new([breaker(scope, level, setting)])
}

/// Of which step the one remembered attempt is, and how it went.
fn attempt<A>(decision: &Decision<A>) -> (Step, String) {
    let attempts = decision.plan.writes().iter().filter_map(|write| match write {
        Write::Attempt(attempt) => Some(attempt.step),
        _ => None,
    });
    let steps: Vec<Step> = attempts.collect();
    let [step] = steps.as_slice() else { panic!("one attempt: {steps:?}") };
    (*step, world::remembered(decision).remove(0))
}

fn events<A>(decision: &Decision<A>) -> Vec<Event> {
    let writes = decision.plan.writes().iter();
    let events = writes.filter_map(|write| match write {
        Write::Event(event) => Some(event.clone()),
        _ => None,
    });
    events.collect()
}

/// What the staff hears: one event of this kind, and nobody else hears anything.
fn told_to_staff<A>(decision: &Decision<A>, kind: &str) -> serde_json::Value {
    let mut events = events(decision);
    assert_eq!(events.len(), 1, "{events:?}");
    let event = events.remove(0);
    assert_eq!((event.audience, event.kind.as_str(), event.at), (Audience::Operators, kind, NOW));
    event.body
}

fn breakers<A>(decision: &Decision<A>) -> Vec<Breaker> {
    rows(&decision.plan, |row| match row {
        Row::Breaker(breaker) => Some(breaker.clone()),
        _ => None,
    })
}
