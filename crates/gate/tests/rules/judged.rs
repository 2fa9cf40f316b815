//! Rules beside the detectors: what they find adds up with the rest, and a shadow never changes a ruling.

use crate::{
    dice::Dice,
    written::{asked, at_bank, file_with},
};
use gate::{
    Evidence, Ruling, STOP_WEIGHT, Step, detectors, judge, needs,
    rules::{InForce, RULES_MAX, RuleBook},
};
use std::sync::Arc;

fn in_force(active: Option<&str>, shadow: Option<&str>) -> Arc<InForce> {
    let read = |when: &str| RuleBook::read(&file_with(when)).expect(when);
    Arc::new(InForce::new(active.map(read), shadow.map(read).into_iter().collect()))
}

/// Random answers to everything that detectors and these rules want to know.
fn answered(rules: &InForce, dice: &mut Dice) -> Evidence {
    let mut wanted = needs(Step::ConsentReturned).to_vec();
    wanted.extend_from_slice(rules.needs(Step::ConsentReturned));
    Evidence::new(wanted.into_iter().map(|count| (count, dice.below(4))))
}

#[test]
fn weights_of_rules_and_detectors_add_up() {
    let subjects = at_bank("0001");
    let rules = in_force(Some("wallets >= 0"), None);
    let evidence = Evidence::new(
        needs(Step::ConsentReturned)
            .iter()
            .copied()
            .chain(rules.needs(Step::ConsentReturned).iter().copied())
            .map(|count| (count, count.nothing())),
    );
    assert_eq!(judge(Step::ConsentReturned, &evidence).ruling(), Ruling::Allow);
    let ruled = judge(Step::ConsentReturned, &evidence.beside(&rules, &asked(&subjects)));
    assert_eq!(ruled.ruling(), Ruling::StepUp);
    assert_eq!(ruled.findings()[0].detector, "rule:test_rule@1");
}

#[test]
fn a_shadow_never_changes_a_ruling() {
    let mut dice = Dice::new();
    let subjects = at_bank("0001");
    let mut found = 0;
    for when in ["true", "wallets > 1", "wallets / fails > 0", "known_device"] {
        let rules = in_force(None, Some(when));
        for _ in 0..500 {
            let evidence = answered(&rules, &mut dice).on_known_device(dice.below(2) == 1);
            let without = judge(Step::ConsentReturned, &evidence);
            let with = judge(Step::ConsentReturned, &evidence.clone().beside(&rules, &asked(&subjects)));
            assert_eq!(with.ruling(), without.ruling(), "{when}");
            found += with.findings().len() - without.findings().len();
        }
    }
    assert!(found > 500, "the shadows found {found}");
}

#[test]
fn rules_see_what_is_added_to_the_evidence_after_them() {
    let subjects = at_bank("0001");
    let rules = in_force(Some("known_device"), None);
    let answered = Evidence::nothing_seen(Step::ConsentReturned);
    let evidence = answered.beside(&rules, &asked(&subjects));
    assert_eq!(judge(Step::ConsentReturned, &evidence).ruling(), Ruling::Allow);
    assert_eq!(judge(Step::ConsentReturned, &evidence.on_known_device(true)).ruling(), Ruling::StepUp);
}

#[test]
fn all_rules_and_detectors_together_deny_and_never_look_like_a_breaker() {
    let most = u32::try_from((RULES_MAX + detectors::ALL.len()) * 100).unwrap();
    assert!(most < STOP_WEIGHT, "{most}");
}
