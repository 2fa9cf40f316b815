//! The attackers' habits, each played against the detectors alone: how far a thief gets who has a passkey of the own
//! wallet, so that a fresh signature stops nobody.

use crate::past::{Past, Wallet, account, wallet};
use gate::{Ruling, Step};
use terms::Span;

/// So many of these tries get through before the gate says no for good; the rest are refused too.
fn until_refused(tries: impl IntoIterator<Item = Ruling>) -> usize {
    let rulings: Vec<Ruling> = tries.into_iter().collect();
    let through = rulings.iter().take_while(|ruling| **ruling < Ruling::Review).count();
    assert!(rulings.iter().skip(through).all(|ruling| *ruling >= Ruling::Review), "{rulings:?}");
    assert!(through < rulings.len(), "nobody stopped them: {rulings:?}");
    through
}

#[test]
fn the_victim_of_2020_loses_no_three_hundred_thousand_yen() {
    for debits in [[100_000, 90_000, 90_000, 20_000], [90_000, 90_000, 90_000, 30_000]] {
        let mut past = Past::new();
        let (thief, victims) = (wallet(1, 1, "192.0.2.1"), account(1, 1, 1));
        past.opens(&thief);
        past.links(&thief, victims, None);
        let taken: i64 = debits
            .iter()
            .filter(|yen| past.moves(Step::TopUp, &thief, victims, **yen) < Ruling::Review)
            .sum();
        assert!(taken <= 120_000, "{taken} of {debits:?}");
    }
}

#[test]
fn twenty_wallets_on_one_device_link_seven_at_most() {
    let mut past = Past::new();
    let links = (1..=20u8).map(|number| {
        let mule = wallet(number.into(), 9, &format!("192.0.2.{number}"));
        // One now and then, or the flood of openings is stopped first.
        past.wait(Span::hours(23));
        past.opens(&mule);
        past.links(&mule, account(u16::from(number % 4) + 1, number, 1), None)
    });
    assert!(until_refused(links.collect::<Vec<_>>()) <= 7);
}

#[test]
fn many_holders_or_many_banks_from_one_wallet_and_device() {
    let mut past = Past::new();
    let thief = wallet(1, 1, "192.0.2.1");
    let links = (1..=11u8).map(|n| {
        past.wait(Span::hours(7));
        past.links(&thief, account(n.into(), n, n), Some("consent_denied"))
    });
    assert!(until_refused(links.collect::<Vec<_>>()) <= 7, "banks");
    let mut past = Past::new();
    let links = (1..=9u8).map(|n| {
        past.wait(Span::days(2));
        past.links(&thief, account(u16::from(n % 2) + 1, n, n), Some("link_refused:limits"))
    });
    assert!(until_refused(links.collect::<Vec<_>>()) <= 5, "holders");
    let mut past = Past::new();
    let links = (1..=9u8).map(|n| {
        past.wait(Span::days(2));
        past.links(&thief, account(1, n, 1), Some("link_refused:name"))
    });
    assert!(until_refused(links.collect::<Vec<_>>()) <= 3, "names that differ");
}

#[test]
fn each_wallet_fails_once_from_one_device_or_one_network() {
    let mut past = Past::new();
    let links = (1..=9u8).map(|n| {
        past.wait(Span::hours(6));
        let thief = wallet(n.into(), 9, &format!("192.0.{n}.1"));
        past.links(&thief, account(n.into(), n, n), Some("consent_denied"))
    });
    assert!(until_refused(links.collect::<Vec<_>>()) <= 5, "one device");
    let mut past = Past::new();
    let links = (1..=90u8).map(|n| {
        let thief = wallet(n.into(), n.into(), "2001:db8:1:2::/64");
        past.links(&thief, account(u16::from(n % 35), n, n), Some("consent_denied"))
    });
    assert!(until_refused(links.collect::<Vec<_>>()) <= 50, "one /64, whatever the suffix");
    let mut past = Past::new();
    let links = (1..=120u8).map(|n| {
        let thief = wallet(n.into(), n.into(), &format!("2001:db8:1:{n:x}::/64"));
        past.links(&thief, account(u16::from(n % 35), n, n), Some("consent_denied"))
    });
    let links: Vec<Ruling> = links.collect();
    let seen = links.iter().position(|ruling| *ruling > Ruling::Allow);
    assert!(seen.is_some_and(|place| place <= 100), "one /48, a /64 for each: {links:?}");
}

#[test]
fn a_ring_of_mules_pays_one_and_that_one_gets_nothing_out() {
    let mut past = Past::new();
    let boss = wallet(100, 100, "192.0.2.100");
    past.wait(Span::days(1));
    past.opens(&boss);
    let mules: Vec<Wallet> = (1..=10).map(|number| wallet(number, 7 + number % 2, "192.0.2.1")).collect();
    let sent: Vec<Ruling> = mules.iter().map(|mule| past.sends(mule, &boss, 40_000)).collect();
    assert_eq!(sent.iter().filter(|ruling| **ruling == Ruling::Allow).count(), 6, "{sent:?}");
    let out = past.moves(Step::Payout, &boss, account(1, 1, 1), 200_000);
    assert!(out >= Ruling::Review, "{out:?}");
    past.wait(Span::days(2));
    let out = past.moves(Step::Closing, &boss, account(1, 1, 1), 200_000);
    assert!(out >= Ruling::Review, "closing is no way around: {out:?}");
}

#[test]
fn many_pay_a_young_wallet_and_it_pays_out() {
    let mut past = Past::new();
    let boss = wallet(100, 100, "192.0.2.100");
    past.opens(&boss);
    past.wait(Span::days(10));
    for number in 1..=9 {
        past.sends(&wallet(number, number, "192.0.2.1"), &boss, 30_000);
    }
    assert!(past.moves(Step::Payout, &boss, account(1, 1, 1), 250_000) >= Ruling::Review);
}

#[test]
fn one_pays_forty_strangers() {
    let mut past = Past::new();
    let thief = wallet(1, 1, "192.0.2.1");
    let sent = (2..=41).map(|number| past.sends(&thief, &wallet(number, number, "192.0.2.1"), 10_000));
    assert!(until_refused(sent.collect::<Vec<_>>()) <= 30);
}

#[test]
fn a_wallet_that_was_taken_over_links_nothing_and_sends_little() {
    let mut past = Past::new();
    let owner = wallet(1, 1, "203.0.113.7");
    past.opens(&owner);
    past.wait(Span::days(60));
    past.signs_in(&owner);
    past.happens(&owner, Step::Recovery);
    past.wait(Span::hours(24));
    past.happens(&owner, Step::Recovery);
    let thief = wallet(1, 66, "192.0.2.1");
    assert_eq!(past.links(&thief, account(1, 1, 1), None), Ruling::Review);
    assert_eq!(past.sends(&thief, &wallet(9, 9, "192.0.2.1"), 200_000), Ruling::Review);
    past.happens(&owner, Step::RecoveryCancel);
    assert!(past.links(&owner, account(1, 1, 1), None) < Ruling::Review, "the owner cancelled it");
}

#[test]
fn a_device_that_is_another_one_each_time() {
    let mut past = Past::new();
    let thief = |device: u64| wallet(1, device, "192.0.2.1");
    let links = (1..=12u64).map(|device| {
        past.signs_in(&thief(device));
        past.links(&thief(device), account(1, 1, 1), Some("link_refused:limits"))
    });
    assert!(until_refused(links.collect::<Vec<_>>()) <= 8);
}

#[test]
fn what_a_depositor_does_not_know_stops_the_wallet() {
    let mut past = Past::new();
    let (thief, own) = (wallet(1, 1, "192.0.2.1"), account(1, 1, 1));
    past.opens(&thief);
    past.links(&thief, own, None);
    past.wait(Span::days(5));
    past.happens(&thief, Step::LinkDenied);
    for step in [Step::TopUp, Step::QrPayment, Step::Payout, Step::Closing] {
        assert_eq!(past.moves(step, &thief, own, 100), Ruling::Review, "{step:?}");
    }
    assert_eq!(past.sends(&thief, &wallet(2, 2, "192.0.2.1"), 1), Ruling::Review);
    assert_eq!(past.links(&thief, account(2, 2, 1), None), Ruling::Review);
}
