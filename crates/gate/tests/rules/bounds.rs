//! No rule is slow: how long, how deep and how many are bounded, and nothing repeats.

use crate::written::{asked, at_bank, evidence, file_with, rule};
use gate::rules::{COUNTS_MAX, EXPRESSION_BYTES_MAX, FILE_BYTES_MAX, LIST_MAX, RULES_MAX, RuleBook};

fn refused(when: &str, says: &str) {
    let mistakes = RuleBook::read(&file_with(when)).expect_err(says);
    assert!(mistakes.iter().any(|one| one.what.contains(says)), "{says}: {mistakes:?}");
}

#[test]
fn what_is_too_long_or_too_deep_is_refused_and_nothing_overflows() {
    refused(&format!("{}true", "true && ".repeat(EXPRESSION_BYTES_MAX / 8)), "allowed are 2000");
    for n in [33, 100, 900] {
        refused(&format!("{}true{}", "(".repeat(n), ")".repeat(n)), "nested too deeply");
        refused(&format!("{}true", "!".repeat(n)), "nested too deeply");
        refused(&format!("{}wallets > 1", "-".repeat(n)), "nested too deeply");
    }
    refused(&format!("{}true", "true ? true : ".repeat(100)), "nested too deeply");
    refused(&format!("{}1 > 1", "1 + ".repeat(100)), "nested too deeply");
    let list = |n: usize| format!("wallets in [{}]", vec!["1"; n].join(","));
    refused(&list(LIST_MAX + 1), "the list is too long");
    rule(&list(LIST_MAX));
    rule(&format!("{}true{}", "(".repeat(30), ")".repeat(30)));
}

#[test]
fn files_are_bounded() {
    let one = file_with("wallets > 1");
    let book = |n: usize| (0..n).map(|i| one.replace("test_rule", &format!("rule_{i}"))).collect::<String>();
    assert_eq!(RuleBook::read(&book(RULES_MAX)).expect("as many as can be").rules().len(), RULES_MAX);
    let most = RuleBook::read(&book(RULES_MAX + 1)).expect_err("one more");
    assert!(most[0].what.contains("51 rules; allowed are 50"), "{most:?}");
    let large = RuleBook::read(&format!("{one}#{}", " ".repeat(FILE_BYTES_MAX))).expect_err("large");
    assert!(large[0].what.contains("too large"), "{large:?}");
    let count = |i| format!("count_{i} = {{ step = \"top_up\", by = \"customer\", span = \"{i}h\" }}\n");
    let many: String = (1..=COUNTS_MAX).map(count).collect();
    let wrong = RuleBook::read(&format!("{one}{many}")).expect_err("two too many");
    assert!(wrong.iter().any(|one| one.what.contains("allowed are 8 per rule")), "{wrong:?}");
    let rules: String = (0..RULES_MAX)
        .map(|i| {
            let span = format!("span = \"{}m\"", i + 1);
            one.replace("test_rule", &format!("rule_{i}")).replacen("span = \"30d\"", &span, 1)
        })
        .collect();
    let wrong = RuleBook::read(&rules).expect_err("fifty counts");
    assert!(wrong[0].what.contains("need 50 different counts; allowed are 16"), "{wrong:?}");
}

#[test]
fn the_slowest_rule_of_all_is_worked_out_in_one_pass() {
    let mut when = String::from("wallets / 0 > 1");
    while when.len() < EXPRESSION_BYTES_MAX - 20 {
        when.push_str("||wallets/0>1");
    }
    let slow = rule(&when);
    let subjects = at_bank("0001");
    let (ask, evidence) = (asked(&subjects), evidence(1, 1));
    assert!(slow.holds(&ask, &evidence).is_err());
    let parts = slow.parts();
    assert!((500..EXPRESSION_BYTES_MAX).contains(&parts), "{parts} parts: none is worked out twice");
}

#[test]
fn garbage_is_refused_and_never_panics() {
    let mut dice = crate::dice::Dice::new();
    let pieces = [
        "wallets",
        "fails",
        "(",
        ")",
        "&&",
        "||",
        "!",
        "-",
        "==",
        "<",
        "in",
        "[",
        "]",
        ",",
        "1",
        "'a'",
        "?",
        ":",
        ".",
        "contains",
        "duration",
        "'1h'",
        "true",
        "口",
        "\"",
        "9223372036854775808",
        "=",
        "{",
        "\u{0}",
        "bank",
    ];
    for _ in 0..20_000 {
        let length = dice.below(12);
        let when: Vec<&str> = (0..length).map(|_| dice.one_of(&pieces)).collect();
        if let Ok(book) = RuleBook::read(&file_with(&when.join(" "))) {
            let subjects = at_bank("0001");
            let _either = book.rules()[0].holds(&asked(&subjects), &evidence(1, 2));
        }
        let _any = RuleBook::read(&when.join("\n"));
    }
}
