//! A small year: the same seed is the same year, an attack is seen, honest people are left alone, memory stays flat.

use attack::scale::{Outcome, Settings, run};

const SMALL: Settings =
    Settings { banks: 3, depositors: 2_000, wallets: 2_000, days: 30, seed: 2_020, attacked: true };

fn play(settings: Settings) -> Outcome {
    let outcome = run(&settings, &mut |_| true).expect("allowed");
    println!("{outcome}");
    outcome
}

#[test]
fn the_same_seed_is_the_same_year() {
    let first = play(SMALL);
    assert_eq!(play(SMALL), first);
    assert_ne!(play(Settings { seed: 7, ..SMALL }).by_kind, first.by_kind);
}

// promise: P6
#[test]
fn an_attack_is_seen_the_same_day_and_honest_people_are_left_alone() {
    let outcome = play(Settings { wallets: 20_000, depositors: 30_000, days: 60, ..SMALL });
    let fast = outcome.campaigns.iter().find(|campaign| campaign.name == "2020").expect("attacks");
    let alarm = fast.alarm.as_ref().expect("an alarm");
    assert!(alarm.day - fast.began_day < 1.0, "{alarm:?}");
    let breaker = fast.breaker.as_ref().expect("a breaker");
    assert!(breaker.day - fast.began_day < 1.0, "{breaker:?}");
    assert!(fast.accounts_debited < 10, "{}", fast.accounts_debited);
    assert!(fast.gave_up_day.is_some());
    let honest = &outcome.honest;
    assert!(honest.asks > 50_000 && honest.stepped_up <= 0.02 && honest.refused <= 0.001, "{honest:?}");
}

#[test]
fn where_nobody_attacks_nothing_rings() {
    let outcome = play(Settings { wallets: 20_000, depositors: 30_000, days: 90, attacked: false, ..SMALL });
    assert_eq!((outcome.false_alarms, outcome.breakers.len(), outcome.campaigns.len()), (0, 0, 0));
    assert!(outcome.honest.stopped == 0.0 && outcome.sightings > 500);
}

#[test]
fn what_is_remembered_does_not_grow_with_time() {
    let mut remembered = Vec::new();
    let settings = Settings { days: 400, attacked: false, ..SMALL };
    let outcome = run(&settings, &mut |progress| {
        remembered.push(progress.remembered);
        true
    });
    let most =
        |days: std::ops::Range<usize>| remembered.get(days).and_then(|part| part.iter().max()).copied();
    // After 90 days the oldest attempts are forgotten; a year later there are hardly more.
    let (early, late) = (most(90..180).expect("days"), most(310..400).expect("days"));
    assert!(late <= early * 3 / 2, "{early} {late}");
    let outcome = outcome.expect("allowed");
    assert!(u64::from(outcome.wallets) < outcome.events && outcome.remembered * 5 < outcome.events);
}

#[test]
fn whoever_stops_it_gets_what_was_found_so_far() {
    let outcome = run(&SMALL, &mut |progress| progress.days < 12).expect("allowed");
    assert_eq!((outcome.days_played, outcome.days), (12, 30));
    assert!(outcome.events > 0 && outcome.cut_short);
    let told = outcome.to_string();
    for said in ["ended early", "attacker \"slow\" from day ", "attacker \"2020\" would have begun on day "] {
        assert!(told.contains(said), "{said}: {told}");
    }
}
