//! Back-tests: a story whose figures are known, and random histories against a count from scratch.

use crate::{
    dice::Dice,
    written::{FAILS, WALLETS, file_with},
};
use gate::{
    Attempt, By, Count, Evidence, Finding, How, Outcome, Ruling, Step, Subjects, Tally,
    rules::{Asked, BackTest, Effect, RuleBook, Way},
};
use std::collections::BTreeSet;
use terms::{BankCode, CustomerId, DeviceId, Digest, Span, Time};
use uuid::Uuid;

fn attempt(minutes: i64, step: Step, customer: u8, account: u8, ruling: Option<Ruling>) -> Attempt {
    Attempt {
        id: Uuid::from_u128(u128::try_from(minutes).unwrap()),
        at: Time::from_millis(1_600_000_000_000).plus(Span::minutes(minutes)),
        step,
        outcome: Outcome::Taken,
        ruling,
        findings: Vec::new(),
        subjects: Subjects {
            customer: Some(CustomerId::new(Uuid::from_u128(u128::from(customer)))),
            bank_account: Some(Digest::new([account; 32])),
            bank: BankCode::parse("0001").ok(),
            ..Subjects::default()
        },
    }
}

fn linked(minutes: i64, customer: u8, account: u8) -> Attempt {
    attempt(minutes, Step::ConsentReturned, customer, account, Some(Ruling::Allow))
}

fn told(rules: &str, from: Time, history: &[Attempt]) -> (u64, Vec<Effect>, Effect) {
    let book = RuleBook::read(rules).expect("good rules");
    let mut test = BackTest::new(&book, from);
    for attempt in history {
        test.see(attempt).expect("little");
    }
    let report = test.report();
    (report.judged, report.rules.into_iter().map(|(_, effect)| effect).collect(), report.together)
}

#[test]
fn a_story_whose_figures_are_known() {
    let two = file_with("wallets >= 1").replace("weight = 30", "weight = 60");
    let night = file_with("young_link").replace("test_rule", "young");
    let history = [
        linked(0, 1, 7),
        // The second wallet at account 7, and the bank says later that it was a thief.
        linked(10, 2, 7),
        // The second wallet at account 8: a family, nothing is ever heard.
        linked(20, 3, 8),
        linked(30, 4, 8),
        linked(31, 4, 8),
        // It was refused anyhow: nobody is annoyed.
        Attempt { outcome: Outcome::Refused("link_refused".to_owned()), ..linked(40, 5, 8) },
        // It was denied anyhow.
        Attempt {
            outcome: Outcome::Refused("gate_denied".to_owned()),
            findings: vec![Finding { detector: "x".to_owned(), weight: 100 }],
            ..attempt(41, Step::ConsentReturned, 6, 7, Some(Ruling::Deny))
        },
        // Never judged: it was turned away before the gate.
        attempt(42, Step::ConsentReturned, 6, 7, None),
        attempt(50, Step::BankSignal, 9, 7, None),
    ];
    let (judged, rules, together) = told(&format!("{two}{night}"), history[0].at, &history);
    assert_eq!(judged, 7);
    let expected =
        Effect { held: 5, stopped: 3, later_bad: 1, later_signalled: 1, annoyed: 1, ..Effect::default() };
    assert_eq!(rules[0], expected);
    assert_eq!(rules[1], Effect { not_recorded: 7, ..Effect::default() });
    assert_eq!(together, expected);
    // Judged from minute 30 on; what was before is counted all the same.
    let (judged, rules, _) = told(&two, history[3].at, &history);
    assert_eq!((judged, rules[0].stopped, rules[0].annoyed), (4, 2, 1));
}

#[test]
fn weights_add_to_what_was_recorded() {
    let rules = file_with("true");
    let recorded = |weight, ruling| Attempt {
        findings: vec![Finding { detector: "x".to_owned(), weight }],
        ..attempt(1, Step::ConsentReturned, 1, 1, Some(ruling))
    };
    for (weight, before, stepped_up, stopped) in [
        (0, Ruling::Allow, 1, 0),
        (29, Ruling::Allow, 1, 0),
        (30, Ruling::StepUp, 0, 1),
        (60, Ruling::Review, 0, 0),
        (70, Ruling::Review, 0, 1),
    ] {
        let (_, rules, _) = told(&rules, Time::from_millis(0), &[recorded(weight, before)]);
        assert_eq!((rules[0].stepped_up, rules[0].stopped), (stepped_up, stopped), "{weight}");
    }
}

/// The count from scratch.
fn naive(count: &Count, history: &[Attempt], now: &Attempt) -> u64 {
    let subject = |subjects: &Subjects, by: By| match by {
        By::Customer => subjects.customer.map(|id| id.to_string()),
        By::Device => subjects.device.map(|id| id.to_string()),
        By::BankAccount => subjects.bank_account.map(|tag| tag.to_string()),
        other => panic!("not used here: {other:?}"),
    };
    let Some(wanted) = subject(&now.subjects, count.by) else { return 0 };
    let found = history.iter().filter(|one| {
        count.steps.contains(&one.step)
            && (count.how == How::Any || matches!(one.outcome, Outcome::Refused(_)))
            && one.at > now.at.minus(count.span)
            && subject(&one.subjects, count.by) == Some(wanted.clone())
    });
    let answer = match count.tally {
        Tally::Attempts => found.count(),
        Tally::Distinct(by) => {
            found.filter_map(|one| subject(&one.subjects, by)).collect::<BTreeSet<_>>().len()
        }
        other => panic!("not used here: {other:?}"),
    };
    answer as u64
}

#[test]
fn random_histories_are_counted_as_from_scratch() {
    let mut dice = Dice::new();
    for when in ["wallets > 2", "fails >= 2 && wallets < 6", "fails * 2 > wallets"] {
        let rules = file_with(when);
        let mut history: Vec<Attempt> = Vec::new();
        let mut minutes = 0;
        for _ in 0..400 {
            // The span of one count is an hour, of the other thirty days.
            let most = if dice.below(40) == 0 { 30_000 } else { 8 };
            minutes += i64::try_from(dice.below(most)).unwrap();
            let step = dice.one_of(&[Step::ConsentReturned, Step::SignIn]);
            let (customer, account) = (dice.below(6) as u8, dice.below(3) as u8);
            let mut one = attempt(minutes, step, customer, account, Some(Ruling::Allow));
            one.subjects.device =
                (dice.below(4) > 0).then(|| DeviceId::new(Uuid::from_u128(u128::from(dice.below(3)))));
            if dice.below(5) == 0 {
                one.subjects.customer = None;
            }
            if dice.below(2) == 0 {
                one.outcome = Outcome::Refused("x".to_owned());
            }
            history.push(one);
        }
        let book = RuleBook::read(&rules).expect("good");
        let mut held = 0;
        for (place, one) in history.iter().enumerate().filter(|(_, one)| one.step == Step::ConsentReturned) {
            let answers = [WALLETS, FAILS].map(|count| (count, naive(&count, &history[..place], one)));
            let asked = Asked { step: one.step, subjects: &one.subjects, way: Way::None, now: one.at };
            held += u64::from(book.rules()[0].holds(&asked, &Evidence::new(answers)).expect("worked out"));
        }
        let (_, effects, _) = told(&rules, Time::from_millis(0), &history);
        assert_eq!(effects[0].held, held, "{when}");
        assert!(held > 5, "{when} held {held} times: that says little");
    }
}
