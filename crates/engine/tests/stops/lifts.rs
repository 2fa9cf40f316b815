//! Two different people of the staff lift a link's suspension, and it starts young again (P7).

use crate::{
    attempt,
    build::{NOW, customer, decide, decided},
    events, name, person,
    world::{link, links},
};
use engine::{
    Code, Decision, Policy, Write,
    event::Audience,
    linking::{AskToLift, ConfirmLift, LiftAsked, LiftFacts, Link, LinkState},
    operators::Operator,
};
use gate::Step;
use terms::Span;

const REASON: &str = "the depositor is the customer";

fn suspended() -> Link {
    Link { state: LinkState::Suspended, ..link() }
}

/// minato asked an hour ago.
fn asked() -> Link {
    let lift = LiftAsked { by: name("minato"), at: NOW.minus(Span::hours(1)), reason: REASON.to_owned() };
    Link { lift: Some(lift), ..suspended() }
}

fn facts(link: Link, by: &str) -> LiftFacts {
    LiftFacts {
        link: Some((link, customer(1))),
        another_suspended: false,
        operator: Some(person(by)),
        asked_by: Some(person("minato")),
    }
}

fn first(reason: &str) -> AskToLift {
    AskToLift { by: name("minato"), link: link().id, reason: reason.to_owned() }
}

fn second() -> ConfirmLift {
    ConfirmLift { by: name("akari"), link: link().id }
}

fn brought_in(by: &str, newcomer: &str) -> Operator {
    Operator { added_by: name(by), line: name(by), ..person(newcomer) }
}

fn settled<A>(decision: &Decision<A>) -> usize {
    let writes = decision.plan.writes().iter();
    writes.filter(|write| matches!(write, Write::Attempt(one) if one.step == Step::LinkLifted)).count()
}

// promise: P7
// promise: P6
#[test]
fn what_the_first_person_may_ask_for() {
    type Change = fn(&mut LiftFacts);
    let cases: Vec<(&str, &str, Change, Result<(), Code>)> = vec![
        ("a suspended link", REASON, |_| (), Ok(())),
        ("no reason", "", |_| (), Err(Code::FieldNotAllowed)),
        ("no such link", REASON, |f| f.link = None, Err(Code::NotFound)),
        ("a link in use", REASON, |f| f.link = Some((link(), customer(1))), Err(Code::WrongState)),
        ("nobody in particular", REASON, |f| f.operator = None, Err(Code::SecondPersonNeeded)),
        (
            "somebody who left",
            REASON,
            |f| f.operator = Some(Operator { ended_at: Some(NOW), ..person("minato") }),
            Err(Code::SecondPersonNeeded),
        ),
    ];
    for (told, reason, change, expected) in cases {
        let mut facts = facts(suspended(), "minato");
        change(&mut facts);
        let decision = decided(told, &first(reason), &facts, expected);
        assert_eq!(attempt(&decision).0, Step::LinkLift, "{told}");
        match expected {
            Ok(()) => {
                let put = links(&decision).remove(0);
                assert_eq!(put.state, LinkState::Suspended, "{told}: nothing changes yet");
                assert_eq!(put.lift.map(|lift| lift.by), Some(name("minato")), "{told}");
                let told_to = events(&decision).remove(0);
                assert_eq!(
                    (told_to.audience, told_to.kind.as_str()),
                    (Audience::Operators, "link.lift_asked")
                );
            }
            Err(_) => assert!(links(&decision).is_empty() && events(&decision).is_empty(), "{told}"),
        }
    }
}

// promise: P7
#[test]
fn only_another_person_agrees() {
    type Change = fn(&mut LiftFacts);
    let cases: Vec<(&str, Change, Result<(), Code>)> = vec![
        ("a second person", |_| (), Ok(())),
        ("the same person", |f| f.operator = Some(person("minato")), Err(Code::SecondPersonNeeded)),
        (
            "a colleague whom the first brought in",
            |f| f.operator = Some(brought_in("minato", "akari")),
            Err(Code::SecondPersonNeeded),
        ),
        (
            "the colleague who brought in the first",
            |f| f.asked_by = Some(brought_in("akari", "minato")),
            Err(Code::SecondPersonNeeded),
        ),
        ("nobody in particular", |f| f.operator = None, Err(Code::SecondPersonNeeded)),
        ("nobody asked", |f| f.link = Some((suspended(), customer(1))), Err(Code::WrongState)),
        ("lifted already", |f| f.link = Some((link(), customer(1))), Err(Code::WrongState)),
        ("no such link", |f| f.link = None, Err(Code::NotFound)),
        (
            "asked a week ago",
            |f| {
                let mut old = asked();
                if let Some(lift) = &mut old.lift {
                    lift.at = NOW.minus(Span::days(7));
                }
                f.link = Some((old, customer(1)));
            },
            Err(Code::WrongState),
        ),
    ];
    for (told, change, expected) in cases {
        let mut facts = facts(asked(), "akari");
        change(&mut facts);
        let decision = decide(&second(), &facts);
        let code = decision.answer.as_ref().map(|_| ()).map_err(|refusal| refusal.code);
        assert_eq!(code, expected, "{told}");
        match expected {
            Ok(()) => {
                let put = links(&decision).remove(0);
                assert_eq!((put.state, put.lift.is_none()), (LinkState::Active, true), "{told}");
                let young = Policy::default().link_young_ms;
                assert_eq!(put.young_until, NOW.plus(young), "{told}: young again");
                assert_eq!(settled(&decision), 1, "{told}: the gate forgets what the depositor told");
                let kinds: Vec<String> = events(&decision).into_iter().map(|event| event.kind).collect();
                assert_eq!(kinds, ["link.usable_again", "link.lifted"], "{told}");
            }
            Err(_) => assert!(links(&decision).is_empty() && settled(&decision) == 0, "{told}"),
        }
    }
    let facts = LiftFacts { another_suspended: true, ..facts(asked(), "akari") };
    let decision = decided("another link is suspended", &second(), &facts, Ok(()));
    assert_eq!(settled(&decision), 0, "what was told of that one stands");
}
