//! Dates, modes and failures: what a book of rules finds.

use crate::written::{asked, at_bank, evidence, file_with};
use gate::{
    Evidence, Step,
    rules::{Asked, Mode, RuleBook},
};
use terms::Time;

fn book(when: &str) -> RuleBook {
    RuleBook::read(&file_with(when)).expect(when)
}

fn found(book: &RuleBook, evidence: &Evidence, mode: Mode) -> Vec<(String, u32)> {
    let subjects = at_bank("0001");
    let found = book.findings(&asked(&subjects), evidence, mode);
    found.into_iter().map(|finding| (finding.detector, finding.weight)).collect()
}

#[test]
fn an_active_rule_weighs_and_a_shadow_does_not() {
    let book = book("wallets >= 2");
    let name = |word: &str| format!("{word}:test_rule@1");
    assert_eq!(found(&book, &evidence(2, 0), Mode::Active), [(name("rule"), 30)]);
    assert_eq!(found(&book, &evidence(2, 0), Mode::Shadow), [(name("shadow"), 0)]);
    assert_eq!(found(&book, &evidence(1, 0), Mode::Active), []);
    assert_eq!(book.says("shadow:test_rule@1"), Some(("試し", "A test.")));
    assert_eq!(book.says("rule:other@1"), None);
}

#[test]
fn a_rule_that_fails_is_held_against_nobody_and_says_so() {
    let fails = |why: &str| [(format!("rule_failed:test_rule@1:{why}"), 0)];
    for mode in [Mode::Active, Mode::Shadow] {
        assert_eq!(found(&book("wallets / fails > 1"), &evidence(1, 0), mode), fails("division_by_zero"));
        let large = "wallets * 9223372036854775807 > 1";
        assert_eq!(found(&book(large), &evidence(2, 0), mode), fails("too_large"));
        assert_eq!(found(&book("wallets > 1"), &Evidence::new([]), mode), fails("not_counted"));
    }
}

#[test]
fn other_steps_are_left_alone() {
    let subjects = at_bank("0001");
    let ask = Asked { step: Step::TopUp, ..asked(&subjects) };
    assert_eq!(book("true").findings(&ask, &evidence(9, 9), Mode::Active), []);
    assert_eq!(book("wallets > 1").needs(Step::TopUp), []);
    assert_eq!(book("wallets > 1 && wallets < 9").needs(Step::ConsentReturned).len(), 1);
}

#[test]
fn a_rule_is_in_force_from_its_first_day_to_the_end_of_its_last() {
    let dated =
        file_with("true").replace("weight = 30", "weight = 30\nfrom = 2026-11-01\nuntil = 2026-11-02");
    let book = RuleBook::read(&dated).expect("dated");
    let subjects = at_bank("0001");
    // Midnight in Japan at the begin of 2026-11-01.
    let begins = 1_793_458_800_000;
    for (millis, in_force) in
        [(begins - 1, false), (begins, true), (begins + 172_799_999, true), (begins + 172_800_000, false)]
    {
        let ask = Asked { now: Time::from_millis(millis), ..asked(&subjects) };
        assert_eq!(
            book.findings(&ask, &evidence(0, 0), Mode::Active).len(),
            usize::from(in_force),
            "{millis}"
        );
    }
}

#[test]
fn what_was_taken_before_a_name_meant_something_is_read_again_as_it_was() {
    let old = file_with("bank > 1")
        .replace("\"test_rule\"", "\"link_guessing\"")
        .replace("wallets = {", "bank = {");
    assert_eq!(RuleBook::read(&old).expect_err("new").len(), 3, "code, name, and what the name means");
    let book = RuleBook::read_again(&old).expect("taken before");
    assert_eq!(found(&book, &evidence(2, 0), Mode::Active), [("rule:link_guessing@1".to_owned(), 30)]);
}
