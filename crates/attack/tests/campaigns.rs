//! Campaigns from scenario files: the figures that each must reach, for a fixed seed, and for as many others as
//! `TSUGIME_CAMPAIGNS` asks for, from the printed seed on.

use attack::campaign::{FoundBy, Outcome, Scenario, library, run};
use std::path::{Path, PathBuf};

/// The seed that is always played.
const FIXED: u64 = 1;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn scenario(name: &str) -> Scenario {
    Scenario::open(&folder().join(format!("{name}.toml"))).unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// The scenarios of the folder, in order.
fn names() -> Vec<String> {
    let files = std::fs::read_dir(folder()).expect("the folder of scenarios");
    let name = |path: PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = files.filter_map(|file| name(file.expect("a file").path())).collect();
    names.sort();
    names
}

/// Plays a scenario with the fixed seed, and with further ones where that is asked for.
fn check(name: &str, is_right: impl Fn(&Outcome) -> bool) {
    let number =
        |name: &str, without| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(without);
    let (first, more) = (number("TSUGIME_SEED", 2_020), number("TSUGIME_CAMPAIGNS", 0));
    for seed in std::iter::once(FIXED).chain(first..first + more) {
        let outcome = run(&scenario(name), seed, &|| true).unwrap_or_else(|broken| panic!("{broken}"));
        println!("{outcome}");
        assert!(is_right(&outcome), "{outcome}");
    }
}

#[test]
fn the_case_of_2020_happens_again_in_its_own_configuration() {
    check("koza-2020", |outcome| {
        outcome.accounts_debited >= 100
            && outcome.banks_hit >= 11
            && outcome.yen_lost >= 5_000_000
            && outcome.alarm.is_none()
            && outcome.found.is_some_and(|found| found.by == FoundBy::Victim)
    });
}

// promise: P7
#[test]
fn the_gate_alone_stops_it_the_same_day() {
    check("koza-2020-gate-only", |outcome| {
        outcome.accounts_debited < 10
            && outcome.breaker.as_ref().is_some_and(|breaker| breaker.hours <= 24.0)
            && outcome.honest_refused <= 0.001
    });
}

// promise: P7
#[test]
fn slow_guessing_is_noticed_within_a_week_or_two() {
    check("one-pin-slow", |outcome| outcome.alarm.as_ref().is_some_and(|alarm| alarm.hours <= 14.0 * 24.0));
    check("top-20-in-turn", |outcome| outcome.alarm.as_ref().is_some_and(|alarm| alarm.hours <= 48.0));
}

// promise: P9
#[test]
fn mules_cannot_spend_young_value_where_it_is_easily_resold() {
    check("mules", |outcome| {
        outcome.refused.get("value_provisional").is_some_and(|count| *count > 0)
            && outcome.yen_lost < 2_000_000
    });
}

// promise: P7
#[test]
fn lowered_limits_leak_day_after_day_and_a_stop_ends_it() {
    let lost = std::cell::RefCell::new(Vec::new());
    check("lowered-limits", |outcome| {
        lost.borrow_mut().push(outcome.yen_lost);
        outcome.yen_lost >= 5_000_000 && outcome.found.is_some_and(|found| found.by == FoundBy::Victim)
    });
    check("lowered-limits-stopped", |outcome| outcome.yen_lost * 2 <= lost.borrow_mut().remove(0));
}

/// Today's configuration: every scenario file that names no controls stands here, with what shows that it was really
/// played. Nothing is taken in any of them, and honest people pay no more than the budget.
const TODAY: &[(&str, fn(&Outcome) -> bool)] = &[
    // promise: P4
    // promise: P10
    ("koza-2020-today", |outcome| outcome.wallets_opened >= 100 && outcome.links_made == 0),
    // promise: P4
    ("phished-in-real-time", |outcome| outcome.tries >= 100 && outcome.links_made == 0),
    // promise: P4: some banks send a code to the moved number, and then the names do not match.
    ("sim-swap", |outcome| refused(outcome, "link_refused") >= 5 && outcome.links_made == 0),
    // promise: P4
    ("lowered-limits-today", |outcome| refused(outcome, "link_refused") >= 5 && outcome.links_made == 0),
    // promise: P7: whoever plants is denied one by one before all are held up, and nobody ever at a shop.
    ("planted-failures", |outcome| {
        refused(outcome, "gate_denied") >= 10
            && !outcome.honest_refusals.contains_key("payments.pay_qr stopped")
    }),
    // promise: P6
    ("flood", |outcome| {
        outcome.gained == [("sign-ups begun", 4_000)].into() && refused(outcome, "gate_denied") == 2_000
    }),
    // What was taken over at its provider opens a session, none of whose five asks gets through; what was planted
    // opens nothing; a reset waits, and then its code is wrong.
    ("outside-ids-and-resets", |outcome| {
        outcome.gained == [("signed in to look", 8)].into()
            && refused(outcome, "passkey_needed") == 8 * 5
            && refused(outcome, "not_bound") == 12 + 4
            && (refused(outcome, "too_soon"), refused(outcome, "code_wrong")) == (12, 12)
    }),
    // promise: P9
    ("same-name-payout", |outcome| {
        outcome.links_made == 16
            && refused(outcome, "too_soon") >= 8
            && refused(outcome, "step_up_needed") >= 100
    }),
    // promise: P7
    ("insider", |outcome| outcome.gained.is_empty() && refused(outcome, "second_person_needed") >= 30),
];
/// Of what ordinary people ask: at most so much needs a fresh signature because of the gate.
const STEPPED_UP_MOST: f64 = 0.02;
/// And at most so much is refused by the gate or waits for a person.
const REFUSED_MOST: f64 = 0.001;

fn refused(outcome: &Outcome, code: &str) -> u64 {
    outcome.refused.get(code).copied().unwrap_or(0)
}

fn is_within_budget(outcome: &Outcome) -> bool {
    outcome.yen_taken == 0
        && outcome.honest_asks >= 100
        && outcome.honest_stepped_up <= STEPPED_UP_MOST
        && outcome.honest_refused <= REFUSED_MOST
}

#[test]
fn today_nothing_is_taken_and_honest_people_pay_no_more_than_the_budget() {
    let todays: Vec<String> = names().into_iter().filter(|name| scenario(name).controls.is_none()).collect();
    let mut listed: Vec<&str> = TODAY.iter().map(|(name, _)| *name).collect();
    listed.sort_unstable();
    assert_eq!(todays, listed, "each scenario of today's configuration has a line in TODAY");
    // Two at a time: one after the other would be the longest test by far.
    let next = std::sync::atomic::AtomicUsize::new(0);
    let plays = || {
        while let Some((name, is_right)) = TODAY.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
        {
            check(name, |outcome| is_within_budget(outcome) && is_right(outcome));
        }
    };
    // A thread that panics lets the scope panic.
    std::thread::scope(|scope| {
        scope.spawn(plays);
        scope.spawn(plays);
    });
}

#[test]
fn the_same_seed_is_the_same_campaign_and_another_is_another() {
    let played =
        |seed| run(&scenario("lowered-limits"), seed, &|| true).unwrap_or_else(|broken| panic!("{broken}"));
    let (first, again, other) = (played(3), played(3), played(4));
    assert_eq!(first, again);
    assert_ne!(Outcome { seed: 3, ..other }, first);
}

#[test]
fn whoever_ends_it_early_gets_what_was_found_so_far() {
    let left = std::cell::Cell::new(3);
    let goes_on = || {
        left.set(left.get() - 1);
        left.get() > 0
    };
    let outcome = run(&scenario("mules"), FIXED, &goes_on).unwrap_or_else(|broken| panic!("{broken}"));
    assert!(outcome.cut_short && outcome.days < 1.0, "{outcome}");
}

#[test]
fn every_scenario_can_be_read() {
    let names = names();
    assert!(names.len() >= 16, "{names:?}");
    assert!(
        names.iter().map(String::as_str).eq(library()),
        "each comes with the program: one line in library.rs"
    );
    for name in names {
        scenario(&name);
        assert!(Scenario::named(&name).is_ok_and(|found| found.is_some()), "{name}");
    }
}

#[test]
fn what_is_not_allowed_is_said_in_one_line() {
    let cases = [
        ("title = \"x\"", "x.toml:1: a scenario has an end: days is missing; allowed is 1 to 400"),
        ("  \n", "the file is empty; a scenario has a title, days and somebody who attacks"),
        (
            "title = \"x\"\ndays = 0.5",
            "x.toml:2: days: invalid type: floating point `0.5`, expected a whole number",
        ),
        (
            "title = \"x\"\ndays = 1\n[[insider]]\npuppets = 9\ntries = 1",
            "x.toml:4: insider.puppets = 9; allowed is 0 to 5",
        ),
        (
            "title = \"x\"\ndays = 1\n[staff]\nlevel = \"all\"",
            "x.toml:4: level: unknown variant `all`, expected one of `links`, `young_top_ups`, `top_ups`",
        ),
        ("title = \"x\"\ndays = 0", "x.toml:2: days = 0; allowed is 1 to 400"),
        (
            "title = \"x\"\ndays = \"two weeks\"",
            "x.toml:2: days: invalid type: string \"two weeks\", expected a whole number",
        ),
        ("title = \"x\"\ndays = 1\ncolour = 1", "x.toml:3: unknown field `colour`, expected one of `title`"),
        ("title = \"x\"\ndays = 1\n[[burglar]]\nper_day = 1", "unknown field `burglar`, expected one of"),
        (
            "title = \"x\"\ndays = 1\ncontrols = [\"luck\"]",
            "x.toml:3: controls: no control is called \"luck\"",
        ),
        ("title = \"x\"\ndays = 1\n[banks]\ncount = 36", "x.toml:4: banks.count = 36; allowed is 1 to 35"),
        (
            "title = \"x\"\ndays = 1\n[banks]\nfailing = 15.0",
            "x.toml:4: banks.failing = 15; allowed is 0 to 1",
        ),
        ("title = \"x\"\ndays = 1\n[[guesser]]\nbanks = 3", "x.toml:3: missing field `per_bank_day`"),
        (
            "title = \"x\"\ndays = 1\n[[guesser]]\nper_bank_day = -1\nbanks = 3",
            "x.toml:4: guesser.per_bank_day",
        ),
        ("title = \"x\"\ndays = 1\n[policy]\nvalue_matures = 3", "x.toml:4: unknown field `value_matures`"),
        (
            "title = \"x\"\ndays = 1\n[victims]\npassbook_days = [9, 3]",
            "x.toml:4: victims.passbook_days = [9, 3]",
        ),
        ("days = [", "x.toml:"),
        ("title = \" \"\ndays = 1", "x.toml:1: title: allowed is a text in one line"),
        ("title = \"a\\nb\"\ndays = 1", "x.toml:1: title: allowed is a text in one line"),
        ("title = \"a\\u001b[31m\"\ndays = 1", "x.toml:1: title: allowed is a text in one line"),
        ("title = \"x\"\ndays = 1", "0 attackers; allowed are 1 to 20, such as [[guesser]]"),
        (
            "title = \"x\"\ndays = 1\ncontrols = [\"match\", \"match\"]",
            "x.toml:3: controls: \"match\" stands twice; once is allowed",
        ),
        (
            "title = \"x\"\ndays = 1\n[victims]\npassbook_days = [1, 2, 3]",
            "x.toml:4: passbook_days: 3 numbers; allowed is [least, most]",
        ),
        (
            "title = \"x\"\ndays = 1\n[banks]\ncount = 3\n[[guesser]]\nper_bank_day = 1\nbanks = 4\npins = 1\nper_wallet = 1",
            "x.toml:7: guesser.banks = 4; allowed is 1 to 3",
        ),
        (
            "title = \"x\"\ndays = 4\n[[forger]]\ncustomers = 2",
            "x.toml:2: days = 4; allowed is 5 to 400 where impostors or forgers attack",
        ),
        (
            "title = \"x\"\ndays = 1\n[policy.link_top_ups]\nday = 5\nweek = 3\nmonth = 9\n[[insider]]\npuppets = 1\ntries = 1",
            "x.toml:4: policy.link_top_ups.day: ¥5 a day, ¥3 a week, ¥9 a month may only grow",
        ),
    ];
    for (text, expected) in cases {
        let wrong = Scenario::read("x.toml", text).expect_err(text).to_string();
        assert!(wrong.contains(expected), "{text:?}\n gave {wrong}\n not {expected}");
        assert_eq!(wrong.lines().count(), 1, "{wrong}");
    }
    let wrong = Scenario::open(Path::new("nowhere.toml")).expect_err("no such file").to_string();
    assert!(wrong.starts_with("nowhere.toml: "), "{wrong}");
}
