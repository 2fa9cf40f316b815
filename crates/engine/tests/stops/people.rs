//! One person stops, two different people of the staff resume (P7).

use crate::{
    attempt, breaker, breakers,
    build::{NOW, check, decided},
    name, person, told_to_staff,
};
use engine::{
    Code, Decision,
    operators::Operator,
    stops::{AskToResume, ConfirmResume, ResumeFacts, Stop, StopFacts},
};
use gate::{Breaker, Level, Resume, Scope, Setting, Step, Stopper};
use terms::Span;

const REASON: &str = "failures tripled since noon";

fn stop(by: &str, level: Level, reason: &str) -> Stop {
    Stop { by: name(by), scope: scope(), level, reason: reason.to_owned() }
}

fn scope() -> Scope {
    "bank:0001".parse().unwrap()
}

fn first(by: &str, to: Setting, version: u64) -> AskToResume {
    AskToResume { by: name(by), scope: scope(), to, version, reason: REASON.to_owned() }
}

fn second(by: &str, to: Setting, version: u64) -> ConfirmResume {
    ConfirmResume { by: name(by), scope: scope(), to, version }
}

/// The breaker that a decision puts, which is its answer too.
fn put(decision: &Decision<Breaker>) -> Breaker {
    let mut put = breakers(decision);
    assert_eq!(put.len(), 1);
    assert_eq!(decision.answer.as_ref().unwrap(), &put[0]);
    put.remove(0)
}

/// akari stopped; minato has asked for this.
fn asked(to: Setting) -> Breaker {
    let resume =
        Resume { by: name("minato"), at: NOW.minus(Span::minutes(1)), to, reason: REASON.to_owned() };
    Breaker { resume: Some(resume), version: 2, ..breaker("bank:0001", Level::TopUps, Setting::Open) }
}

// promise: P7
#[test]
fn a_reason_is_three_to_five_hundred_characters_in_one_line() {
    let (long, too_long) = ("理".repeat(500), "理".repeat(501));
    let padded = format!("why{}", " ".repeat(498));
    let cases: Vec<(&str, &str, bool)> = vec![
        ("nothing", "", false),
        ("two characters", "so", false),
        ("blanks", "      ", false),
        ("two characters between blanks", "  so  ", false),
        ("three characters", "why", true),
        ("three of Japanese", "異常値", true),
        ("500 characters", &long, true),
        ("501 characters", &too_long, false),
        ("long because of blanks", &padded, false),
        ("two lines", "first\nsecond", false),
        ("a bell", "ring \u{7} ring", false),
        ("a sequence for a terminal", "\u{1b}[2J nothing", false),
        ("a C1 control", "nothing \u{9b}2J", false),
    ];
    for (told, reason, is_fine) in cases {
        let expected = if is_fine { Ok(()) } else { Err(Code::FieldNotAllowed) };
        let ask = stop("akari", Level::Links, reason);
        let stopped = decided(told, &ask, &StopFacts { breaker: None }, expected);
        let facts = ResumeFacts {
            breaker: Some(breaker("bank:0001", Level::Links, Setting::Open)),
            operator: Some(person("minato")),
            asked_by: None,
        };
        let ask = AskToResume { reason: reason.to_owned(), ..first("minato", Setting::Probing1, 1) };
        let resumed = decided(told, &ask, &facts, expected);
        for refusal in [stopped.answer.err(), resumed.answer.err()].into_iter().flatten() {
            assert_eq!(refusal.field.as_deref(), Some("reason"), "{told}");
        }
    }
}

// promise: P7
#[test]
fn anybody_of_the_staff_stops_at_once_and_all_of_it_are_told() {
    for by in ["akari", "operator"] {
        let decision =
            decided(by, &stop(by, Level::YoungTopUps, REASON), &StopFacts { breaker: None }, Ok(()));
        let put = put(&decision);
        assert_eq!((put.setting, put.level, put.version), (Setting::Open, Level::YoungTopUps, 1), "{by}");
        assert_eq!((&put.stopped_by, put.stopped_at), (&Stopper::Operator(name(by)), NOW), "{by}");
        assert_eq!((put.reason.as_str(), &put.resume), (REASON, &None), "{by}");
        assert_eq!(attempt(&decision), (Step::Stop, "taken".to_owned()), "{by}");
        let told = told_to_staff(&decision, "breaker.changed");
        assert_eq!(
            (told["scope"].as_str(), told["setting"].as_str(), told["level"].as_str()),
            (Some("bank:0001"), Some("open"), Some("young_top_ups"))
        );
    }
    let refused = decided(
        "no reason",
        &stop("akari", Level::Links, ""),
        &StopFacts { breaker: None },
        Err(Code::FieldNotAllowed),
    );
    assert_eq!(attempt(&refused), (Step::Stop, "field_not_allowed".to_owned()));
}

// promise: P7
#[test]
fn a_stop_only_ever_tightens() {
    let at = |setting| Breaker { setting, ..asked(Setting::Closed) };
    for (told, before, level, expected) in [
        ("a milder one", at(Setting::Open), Level::Links, Level::TopUps),
        ("while it is probed", at(Setting::Probing10), Level::YoungTopUps, Level::TopUps),
        ("after it was closed", at(Setting::Closed), Level::Links, Level::Links),
    ] {
        let facts = StopFacts { breaker: Some(before) };
        let put = put(&decided(told, &stop("sora", level, REASON), &facts, Ok(())));
        assert_eq!((put.level, put.setting, put.version), (expected, Setting::Open, 3), "{told}");
        assert_eq!(put.resume, None, "{told}: what was being resumed is off");
        assert_eq!(put.stopped_by, Stopper::Operator(name("sora")), "{told}");
    }
}

/// What a resume is refused for, whoever's part it is; the default is the one that is fine.
type Change = fn(&mut ResumeFacts);

fn left(name: &str) -> Option<Operator> {
    Some(Operator { ended_at: Some(NOW.minus(Span::hours(1))), ..person(name) })
}

// promise: P7
// promise: P6
#[test]
fn what_the_first_person_may_ask_for() {
    let probing: Change = |f| f.breaker.as_mut().unwrap().setting = Setting::Probing1;
    let alarm: Change = |f| f.breaker.as_mut().unwrap().stopped_by = Stopper::Alarm("spread".into());
    let same: Change = |_| ();
    let cases: Vec<(&str, Setting, u64, Change, Result<(), Code>)> = vec![
        ("a hundredth", Setting::Probing1, 1, same, Ok(())),
        ("all at once", Setting::Closed, 1, same, Ok(())),
        ("a tenth after a hundredth", Setting::Probing10, 1, probing, Ok(())),
        ("after an alarm", Setting::Probing1, 1, alarm, Ok(())),
        ("what it is", Setting::Open, 1, same, Err(Code::WrongState)),
        ("what it is, probing", Setting::Probing1, 1, probing, Err(Code::WrongState)),
        ("less than it is", Setting::Open, 1, probing, Err(Code::WrongState)),
        (
            "of what is closed",
            Setting::Closed,
            1,
            |f| f.breaker.as_mut().unwrap().setting = Setting::Closed,
            Err(Code::WrongState),
        ),
        ("of an older version", Setting::Probing1, 0, same, Err(Code::ChangedSince)),
        ("of a later version", Setting::Probing1, 2, same, Err(Code::ChangedSince)),
        ("of what never was stopped", Setting::Probing1, 1, |f| f.breaker = None, Err(Code::NotFound)),
        (
            "the token of the first hour",
            Setting::Probing1,
            1,
            |f| f.operator = None,
            Err(Code::SecondPersonNeeded),
        ),
        (
            "a person who left",
            Setting::Probing1,
            1,
            |f| f.operator = left("minato"),
            Err(Code::SecondPersonNeeded),
        ),
    ];
    for (told, to, version, change, expected) in cases {
        let mut facts = ResumeFacts {
            breaker: Some(breaker("bank:0001", Level::TopUps, Setting::Open)),
            operator: Some(person("minato")),
            asked_by: None,
        };
        change(&mut facts);
        let before = facts.breaker.clone();
        let decision = decided(told, &first("minato", to, version), &facts, expected);
        let word = expected.map_or_else(|code| code.as_str().to_owned(), |()| "taken".to_owned());
        assert_eq!(attempt(&decision), (Step::Resume, word), "{told}");
        if expected.is_ok() {
            let (put, before) = (put(&decision), before.unwrap());
            assert_eq!((put.setting, put.level), (before.setting, before.level), "{told}: nothing yet");
            assert_eq!((put.version, put.changed_at), (before.version + 1, NOW), "{told}");
            let resume = put.resume.unwrap();
            assert_eq!((resume.by, resume.to, resume.at), (name("minato"), to, NOW), "{told}");
            assert_eq!(told_to_staff(&decision, "breaker.changed")["setting"], before.setting.as_str());
        }
    }
}

// promise: P7
// promise: P6
#[test]
fn what_the_second_person_confirms() {
    fn breaker(facts: &mut ResumeFacts) -> &mut Breaker {
        facts.breaker.as_mut().unwrap()
    }
    let ten = Setting::Probing10;
    let same: Change = |_| ();
    let person_needed = Err(Code::SecondPersonNeeded);
    let cases: Vec<(&str, &str, Setting, u64, Change, Result<(), Code>)> = vec![
        ("a colleague", "sora", ten, 2, same, Ok(())),
        ("whoever asked", "minato", ten, 2, same, person_needed),
        ("whoever stopped", "akari", ten, 2, same, person_needed),
        (
            "the bank stopped",
            "akari",
            ten,
            2,
            |f| {
                breaker(f).stopped_by = Stopper::Bank(crate::world::bank());
            },
            Ok(()),
        ),
        ("the token of the first hour", "operator", ten, 2, |f| f.operator = None, person_needed),
        ("a person who left", "sora", ten, 2, |f| f.operator = left("sora"), person_needed),
        ("more than was asked", "sora", Setting::Closed, 2, same, Err(Code::WrongState)),
        ("less than was asked", "sora", Setting::Probing1, 2, same, Err(Code::WrongState)),
        ("nobody asked", "sora", ten, 2, |f| breaker(f).resume = None, Err(Code::WrongState)),
        ("stopped again since", "sora", ten, 2, |f| breaker(f).version = 3, Err(Code::ChangedSince)),
        ("an older version", "sora", ten, 1, same, Err(Code::ChangedSince)),
        ("never stopped", "sora", ten, 2, |f| f.breaker = None, Err(Code::NotFound)),
    ];
    for (told, by, to, version, change, expected) in cases {
        let mut facts = ResumeFacts { breaker: Some(asked(ten)), operator: Some(person(by)), asked_by: None };
        change(&mut facts);
        let decision = decided(told, &second(by, to, version), &facts, expected);
        let word = expected.map_or_else(|code| code.as_str().to_owned(), |()| "taken".to_owned());
        assert_eq!(attempt(&decision), (Step::Resume, word), "{told}");
        if expected.is_ok() {
            let put = put(&decision);
            assert_eq!((put.setting, &put.resume, put.version), (ten, &None, 3), "{told}");
            assert_eq!(told_to_staff(&decision, "breaker.changed")["setting"], "probing_10");
        }
    }
}

// promise: P7
#[test]
fn the_name_in_the_ask_is_not_what_counts() {
    // What is asked in a colleague's name is judged by whom the staff's list gave.
    let facts = ResumeFacts {
        breaker: Some(asked(Setting::Closed)),
        operator: Some(person("minato")),
        asked_by: None,
    };
    check("in sora's name", &second("sora", Setting::Closed, 2), &facts, Err(Code::SecondPersonNeeded));
}

// promise: P7
#[test]
fn nobody_confirms_what_they_asked_for_through_a_colleague_of_their_own_making() {
    let added_by = |who: &str, by: &str| Operator { added_by: name(by), line: name(by), ..person(who) };
    for (told, asked_by, second_by, expected) in [
        ("both were there", person("minato"), person("sora"), Ok(())),
        ("who asked brought in the other", person("minato"), added_by("sora", "minato"), Err(())),
        ("who confirms brought in who asked", added_by("minato", "sora"), person("sora"), Err(())),
        ("both were brought in by the same", added_by("minato", "riku"), added_by("sora", "riku"), Err(())),
        ("by two who were there", added_by("minato", "riku"), added_by("sora", "akari"), Ok(())),
    ] {
        let facts = ResumeFacts {
            breaker: Some(asked(Setting::Closed)),
            operator: Some(second_by),
            asked_by: Some(asked_by),
        };
        let expected = expected.map_err(|()| Code::SecondPersonNeeded);
        check(told, &second("sora", Setting::Closed, 2), &facts, expected);
    }
}
