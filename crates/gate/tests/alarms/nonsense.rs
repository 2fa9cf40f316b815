//! Clocks that jump, banks that report nonsense, floods, planted successes: the watch stays bounded and sane.

use crate::dice::Dice;
use crate::traffic::{Attack, START_MS, Traffic, digest};
use gate::Sighting;
use gate::alarms::{Code, Grade, Scope, Watch};
use terms::{BankCode, CustomerId, Span, Time};
use uuid::Uuid;

fn quiet(days: usize, seed: u64) -> (Watch, Traffic) {
    let (mut watch, mut traffic) = (Watch::new(), Traffic::new(seed));
    traffic.banks = 3;
    for _ in 0..days {
        traffic.play_day(None, |sighting, _| {
            drop(watch.see(sighting));
            false
        });
    }
    (watch, traffic)
}

fn failure(number: u64, at: Time, account: Option<u64>) -> Sighting {
    Sighting {
        number,
        at,
        bank: BankCode::parse("0001").unwrap(),
        method: "web".to_owned(),
        account: account.map(digest),
        secret: None,
        canary: false,
        worked: false,
        customer: None,
        device: None,
        address: None,
    }
}

#[test]
fn absurd_times_neither_ring_nor_stop_the_clock() {
    for (name, at) in [
        ("the beginning", i64::MIN),
        ("1970", 0),
        ("the end", i64::MAX),
        ("next year", START_MS + 500 * 86_400_000),
    ] {
        let (mut watch, mut traffic) = quiet(90, 5);
        let before = watch.now();
        let mut odd = failure(watch.number() + 1, Time::from_millis(at), Some(77));
        assert!(watch.see(&odd).is_empty(), "{name}");
        assert!(
            watch.now() >= before && watch.now() <= before.plus(Span::days(1)),
            "{name}: {}",
            watch.now()
        );
        // Honest traffic goes on, and an attack is found.
        let mut rang = false;
        for _ in 0..10 {
            traffic.play_day(Some(Attack::spread(40.0, 3)), |sighting, _| {
                odd = Sighting { number: sighting.number + 1, ..sighting.clone() };
                rang |= watch.see(&odd).iter().any(|alarm| alarm.grade == Grade::Family);
                false
            });
        }
        assert!(rang, "{name}");
    }
}

// promise: P6
#[test]
fn floods_and_odd_texts_do_not_fill_the_memory() {
    let (mut watch, mut dice) = (Watch::new(), Dice::new(11));
    for number in 1..=300_000_u64 {
        let bank = BankCode::parse(&format!("{:04}", dice.below(2_000))).unwrap();
        let sighting = Sighting {
            bank,
            method: if number % 100 == 0 { "方".repeat(1_000) } else { format!("m{}", dice.below(1_000)) },
            secret: Some(digest(dice.draw())),
            canary: dice.happens(0.01),
            worked: dice.happens(0.3),
            ..failure(number, Time::from_millis(START_MS + number as i64), Some(dice.draw()))
        };
        drop(watch.see(&sighting));
    }
    let bytes = serde_json::to_string(&watch).unwrap().len();
    assert!(bytes < 16_000_000, "{bytes} bytes");
    assert!(watch.excess_of_all().is_finite());
    assert!(watch.excesses().values().all(|excess| excess.is_finite() && *excess >= 0.0));
}

#[test]
fn a_flood_rings_before_anything_is_learned() {
    let mut watch = Watch::new();
    let rang = (1..2_000_u64).find(|number| {
        let at = Time::from_millis(START_MS + *number as i64 * 10_000);
        !watch.see(&failure(*number, at, Some(*number * 1_000_003))).is_empty()
    });
    assert!(rang.is_some(), "2,000 failures and no success, on the first day");
}

#[test]
fn planted_successes_do_not_hide_guesses() {
    // The attacker links an account of his own after each ten guesses, as the same customer.
    for planted in [false, true] {
        let (mut watch, mut traffic) = quiet(120, 9);
        let mut orphans = false;
        for day in 0..8_u64 {
            let mut mixed: Vec<Sighting> = Vec::new();
            traffic.play_day(None, |sighting, _| {
                mixed.push(sighting.clone());
                false
            });
            for guess in 0..60_u64 {
                let customer = Some(CustomerId::new(Uuid::from_u128(u128::from(day * 100 + guess / 10))));
                let at = mixed[mixed.len() * guess as usize / 60].at;
                let worked = planted && guess % 10 == 9;
                let account = worked.then_some(1_000_000 + day * 100 + guess);
                mixed.push(Sighting { customer, worked, ..failure(0, at, account) });
            }
            mixed.sort_by_key(|sighting| sighting.at);
            for sighting in mixed {
                let sighting = Sighting { number: watch.number() + 1, ..sighting };
                orphans |= watch.see(&sighting).iter().any(|alarm| alarm.code == Code::Orphans);
            }
        }
        assert!(orphans, "planted: {planted}");
        assert!(watch.excess(BankCode::parse("0001").unwrap()) > 1.0);
    }
}

// promise: P7
#[test]
fn canaries_ring_at_once_and_say_so() {
    for (hits, named, rings) in [(1, false, false), (2, false, true), (1, true, true)] {
        let (mut watch, _) = quiet(2, 3);
        let mut alarms = Vec::new();
        for hit in 0..hits {
            let customer = named.then(|| CustomerId::new(Uuid::from_u128(hit)));
            let number = watch.number() + 1;
            let odd = Sighting { canary: true, customer, ..failure(number, watch.now(), Some(5)) };
            alarms.extend(watch.see(&odd));
        }
        assert_eq!(!alarms.is_empty(), rings, "{hits} {named}");
        for alarm in alarms {
            assert_eq!((alarm.code, alarm.grade), (Code::Canary, Grade::Family));
            assert!(alarm.says.ja.contains("口座番号") && alarm.says.en.contains("never gave out"));
            assert!(matches!(alarm.scope, Scope::All | Scope::Method(..)));
        }
    }
}

#[test]
fn the_hostile_share_is_told_without_labels() {
    let (mut watch, mut traffic) = quiet(200, 21);
    assert!(
        watch.share(&Scope::All).is_some_and(|share| share.hostile < 0.05),
        "{:?}",
        watch.share(&Scope::All)
    );
    for _ in 0..7 {
        traffic.play_day(Some(Attack::spread(150.0, 3)), |sighting, _| {
            drop(watch.see(sighting));
            false
        });
    }
    // Half of the tries are guesses, and the last day has only begun to be counted.
    let share = watch.share(&Scope::All).unwrap();
    assert!((share.hostile - 0.5).abs() < 0.04 && share.error < 0.02, "{share:?}");
    assert_eq!(watch.share(&Scope::Bank(BankCode::parse("9999").unwrap())), None);
}

#[test]
fn the_state_is_small_even_if_all_banks_share_tags() {
    let (mut watch, mut traffic) = (Watch::new(), Traffic::new(77));
    traffic.tags = true;
    for _ in 0..100 {
        traffic.play_day(None, |sighting, _| {
            drop(watch.see(sighting));
            false
        });
    }
    let bytes = serde_json::to_string(&watch).unwrap().len();
    println!("35 banks that all share tags: {bytes} bytes");
    assert!(bytes < 1_000_000, "{bytes}");
}
