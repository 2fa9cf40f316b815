//! Honest people, also those whose lives look like a thief's for a day: none is refused, few have to sign once more.

use crate::past::{Account, Past, Wallet, account, wallet};
use gate::{Ruling, Step};
use terms::Span;

const HOME: &str = "203.0.113.7";

/// A wallet that is a year old and has a link.
fn settled(past: &mut Past, number: u64, own: Account) -> Wallet {
    let who = wallet(number, 1_000 + number, HOME);
    assert_eq!(past.opens(&who), Ruling::Allow);
    assert_eq!(past.links(&who, own, None), Ruling::Allow);
    past.wait(Span::days(150));
    assert_eq!(past.signs_in(&who), Ruling::Allow);
    past.wait(Span::days(30));
    who
}

#[test]
fn a_family_of_four_on_one_tablet() {
    let mut past = Past::new();
    let family: Vec<Wallet> = (1..=4).map(|number| wallet(number, 9, HOME)).collect();
    for (place, who) in (0u8..).zip(&family) {
        assert_eq!(past.opens(who), Ruling::Allow);
        let first = account(1 + u16::from(place), place, place);
        assert_eq!(past.links(who, first, Some("consent_denied")), Ruling::Allow, "a typing error");
        assert_eq!(past.links(who, first, None), Ruling::Allow);
        let second = account(5 + u16::from(place % 2), 10 + place, place);
        assert_eq!(past.links(who, second, None), Ruling::Allow);
        assert_eq!(past.moves(Step::TopUp, who, first, 30_000), Ruling::Allow);
    }
    past.wait(Span::days(3));
    for who in &family[1..] {
        assert_eq!(past.sends(who, &family[0], 4_000), Ruling::Allow, "for the holiday");
    }
    let teacher = wallet(50, 50, "198.51.100.1");
    for who in &family[..3] {
        assert_eq!(past.sends(who, &teacher, 8_000), Ruling::Allow, "the piano lessons");
    }
}

#[test]
fn who_moves_house_links_three_banks_in_a_day_with_typing_errors() {
    let mut past = Past::new();
    let own = account(1, 1, 1);
    let who = settled(&mut past, 1, own);
    for bank in 2..=4 {
        let account = account(bank, u8::try_from(bank).unwrap(), 1);
        past.is_told_of_a_wrong_try(&who, account);
        assert_eq!(past.links(&who, account, Some("consent_denied")), Ruling::Allow);
        assert_eq!(past.links(&who, account, None), Ruling::Allow);
        past.wait(Span::hours(2));
    }
    assert_eq!(past.moves(Step::TopUp, &who, account(3, 3, 1), 50_000), Ruling::Allow, "furniture");
}

#[test]
fn a_newcomer_and_a_class_of_them_behind_one_address() {
    let mut past = Past::new();
    for number in 1..=25u8 {
        let (who, own) = (wallet(number.into(), number.into(), HOME), account(1, number, number));
        assert_eq!(past.opens(&who), Ruling::Allow);
        assert_eq!(past.links(&who, own, None), Ruling::Allow);
        assert_eq!(past.moves(Step::TopUp, &who, own, 20_000), Ruling::Allow);
        assert_eq!(past.moves(Step::TopUp, &who, own, 30_000), Ruling::Allow, "and once more");
    }
}

#[test]
fn a_pin_mistyped_three_times_and_the_wifes_account_by_mistake() {
    let mut past = Past::new();
    let (who, own, hers) = (wallet(1, 1, HOME), account(1, 1, 1), account(1, 2, 2));
    past.opens(&who);
    assert_eq!(past.links(&who, hers, Some("link_refused:name")), Ruling::Allow);
    (0..3).for_each(|_| past.is_told_of_a_wrong_try(&who, own));
    assert_eq!(past.links(&who, own, Some("consent_denied")), Ruling::Allow);
    assert_eq!(past.links(&who, own, None), Ruling::Allow);
}

#[test]
fn a_treasurer_and_a_rent_need_at_most_one_more_signature() {
    let mut past = Past::new();
    let own = account(1, 1, 1);
    let treasurer = settled(&mut past, 1, own);
    for member in 2..=21 {
        let member = wallet(member, member, HOME);
        assert_eq!(past.sends(&member, &treasurer, 10_000), Ruling::Allow);
    }
    let hall = wallet(99, 99, "198.51.100.9");
    assert_eq!(past.sends(&treasurer, &hall, 150_000), Ruling::StepUp);
    past.wait(Span::days(40));
    past.signs_in(&treasurer);
    let flatmate = wallet(30, 30, HOME);
    assert_eq!(past.sends(&flatmate, &treasurer, 60_000), Ruling::Allow);
    assert_eq!(past.sends(&treasurer, &hall, 120_000), Ruling::StepUp, "the rent, half of it the flatmate's");
    past.wait(Span::hours(2));
    assert_eq!(past.moves(Step::Payout, &treasurer, own, 30_000), Ruling::Allow);
}

#[test]
fn wages_are_paid_each_month() {
    let mut past = Past::new();
    let boss = settled(&mut past, 1, account(1, 1, 1));
    for month in 0..3 {
        for worker in 2..=9 {
            let worker = wallet(worker, worker, HOME);
            assert_eq!(past.sends(&boss, &worker, 50_000), Ruling::Allow, "month {month}");
        }
        past.wait(Span::days(30));
    }
}

#[test]
fn back_after_half_a_year_and_after_a_lost_phone() {
    let mut past = Past::new();
    let own = account(1, 1, 1);
    let who = settled(&mut past, 1, own);
    past.wait(Span::days(190));
    assert_eq!(past.signs_in(&who), Ruling::Allow);
    assert_eq!(past.moves(Step::TopUp, &who, own, 5_000), Ruling::Allow, "small money at once");
    assert_eq!(past.moves(Step::TopUp, &who, own, 40_000), Ruling::StepUp);
    past.wait(Span::days(8));
    assert_eq!(past.moves(Step::TopUp, &who, own, 40_000), Ruling::Allow);
    past.happens(&who, Step::Recovery);
    assert_eq!(past.sends(&who, &wallet(2, 2, HOME), 10_000), Ruling::Allow, "life goes on");
    past.wait(Span::days(4));
    assert_eq!(past.links(&who, account(2, 2, 1), None), Ruling::Allow);
}
