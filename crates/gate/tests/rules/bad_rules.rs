//! A bad rule is refused with line, column and what is allowed.

use crate::written::file_with;
use gate::rules::RuleBook;

fn check(file: &str, line: usize, column: usize, says: &str) {
    let mistakes = RuleBook::read(file).expect_err(file);
    let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    let place = format!("{line}:{column}: ");
    assert!(
        said.iter().any(|one| one.starts_with(&place) && one.contains(says)),
        "expected {place}…{says}… of\n{file}\nbut got {said:#?}"
    );
}

#[test]
fn conditions_are_refused_at_their_place() {
    // The condition begins in line 5, column 11.
    for (when, column, says) in [
        ("", 11, "the end stands here; expected is a value"),
        ("walets > 1", 11, "`walets` is not known; allowed are fails, wallets, step, bank"),
        ("wallets > 1 && nobody", 26, "`nobody` is not known"),
        ("wallets", 11, "has to be true or false, and this is a number"),
        ("wallets > '3'", 19, "a number is compared with a text"),
        ("young_link > true", 22, "no order"),
        ("wallets && young_link", 11, "each side of `&&` has to be true or false, and this is a number"),
        ("!wallets", 12, "behind `!`"),
        ("-young_link == 1", 12, "behind `-`"),
        ("wallets + 'a' > 1", 21, "each side of `+` has to be a number"),
        ("wallets = 1", 19, "equal is written `==`"),
        ("wallets > 1 and fails > 1", 23, "`and` stands here"),
        ("wallets > 1 & fails > 1", 23, "and is written `&&`"),
        ("(wallets > 1", 23, "expected is `)`"),
        ("wallets > 1)", 22, "`)` stands here"),
        ("wallets > 1.5", 21, "a whole number"),
        ("wallets > 1e9", 21, "a whole number"),
        ("wallets > 5u", 21, "a whole number"),
        ("wallets > 99999999999999999999", 21, "a whole number"),
        ("wallets > 9223372036854775808", 21, "too large"),
        ("bank == 'x", 19, "has no end"),
        ("bank == 'a\\n'", 19, "no `\\`"),
        ("bank in ['0001', 2]", 28, "each value of the list has to be a text"),
        ("bank in [bank]", 20, "only numbers and texts"),
        ("bank in '0001'", 19, "expected is `[`"),
        ("[1, 2].all(x, x > 1)", 11, "`[` stands here"),
        ("bank.all(x, x > 1)", 16, "`all` repeats something"),
        ("bank.matches('a')", 16, "expected is `startsWith`"),
        ("wallets.contains('a')", 11, "what is looked into has to be a text"),
        ("size(bank) > 1", 11, "`size` is not known"),
        ("wallets(1) > 1", 11, "no function"),
        ("has(bank)", 11, "not needed"),
        ("{'a': 1}", 11, "maps are not allowed"),
        ("duration('3d') > duration('1h')", 20, "a duration is a whole number and"),
        ("wallets > duration('1h')", 19, "a number is compared with a duration"),
        ("wallets > 1 ? 2 : 3", 11, "a rule's condition has to be true or false, and this is a number"),
        ("wallets > 1 ? young_link : 3", 38, "behind `:`"),
        ("wallets ? true : false", 11, "before `?`"),
        ("bank == '口座' && nobody", 27, "`nobody` is not known"),
        ("'口座' == wallets", 16, "a text is compared with a number"),
        ("wallets > 1\n|| nobody > 1", 0, ""),
    ] {
        if says.is_empty() {
            check(&file_with(when), 6, 4, "`nobody` is not known");
        } else {
            check(&file_with(when), 5, column, says);
        }
    }
}

#[test]
fn places_are_right_in_every_kind_of_quotes() {
    let with = |when: &str| file_with("PLACE").replace("'''PLACE'''", when);
    check(&with("\"nobody\""), 5, 9, "not known");
    check(&with("'nobody'"), 5, 9, "not known");
    check(&with("'''\nfails > 1 &&\n  nobody'''"), 7, 3, "not known");
    check(&with("\"\"\"\r\nnobody\"\"\""), 6, 1, "not known");
    // With escapes the text is pointed at as a whole.
    check(&with("\"bank == \\\"0001\\\" && nobody\""), 5, 8, "not known");
}

#[test]
fn files_are_refused_at_their_place() {
    let good = file_with("wallets > 1");
    RuleBook::read(&good).expect("a good file");
    for (from, to, line, column, says) in [
        ("version = 1", "version = 1\nversoin = 2", 4, 1, "unknown field `versoin`, expected one of `code`"),
        ("weight = 30\n", "", 1, 1, "missing field `weight`"),
        ("weight = 30", "weight = 101", 6, 10, "a weight of 101; allowed is 0 to 100"),
        ("weight = 30", "weight = -1", 6, 10, "allowed is 0 to 100"),
        ("weight = 30", "weight = \"30\"", 6, 10, "expected a whole number"),
        ("weight = 30", "weight = 1.5", 6, 10, "floating point"),
        ("version = 1", "version = 0", 3, 11, "a version of 0"),
        ("\"test_rule\"", "\"Test\"", 2, 8, "a code has 2 to 40"),
        ("\"test_rule\"", "\"link_guessing\"", 2, 8, "a detector's code"),
        ("[\"consent_returned\"]", "[]", 4, 9, "at least one step"),
        (
            "[\"consent_returned\"]",
            "[\"top_up\", \"stop\"]",
            4,
            20,
            "`stop` is no step at which rules are asked",
        ),
        ("weight = 30", "weight = 30\nfrom = 2026-11-02\nuntil = 2026-11-01", 8, 9, "before the first one"),
        ("weight = 30", "weight = 30\nfrom = 2026-02-30", 7, 16, ""),
        ("weight = 30", "weight = 30\nfrom = 2026-11-01T10:00:00Z", 7, 8, "without a time"),
        ("\"試し\"", "\"\"", 7, 11, "a sentence for people"),
        ("span = \"30d\"", "span = \"91d\"", 10, 0, "at most \"90d\""),
        ("span = \"30d\"", "span = \"0d\"", 10, 0, "a whole number and"),
        ("span = \"30d\"", "span = \"month\"", 10, 0, "a whole number and"),
        (
            "step = \"consent_returned\", by = \"bank_account\"",
            "step = \"top_up\", by = \"bank\"",
            10,
            0,
            "by bank only these steps",
        ),
        (
            "distinct = \"customer\"",
            "distinct = \"customer\", tally = \"yen\"",
            10,
            0,
            "either `distinct` or `tally`",
        ),
        ("distinct = \"customer\"", "tally = \"since_last\"", 10, 0, "add `how`"),
        (
            "distinct = \"customer\"",
            "tally = \"mean\"",
            10,
            0,
            "allowed are attempts, yen, since_first, since_last",
        ),
        ("by = \"bank_account\"", "by = \"customer\"", 10, 0, "only one of these"),
        ("by = \"bank_account\"", "by = \"moon\"", 10, 0, "allowed are customer, device, address"),
        ("how = \"refused\"", "how = \"maybe\"", 11, 0, "allowed are any, taken, refused"),
        ("how = \"refused\"", "who = \"me\"", 11, 0, "unknown field `who`"),
        ("fails = {", "bank = {", 11, 1, "means something already"),
        ("fails = {", "sign_in_refused_by_device_1h = {", 11, 1, ""),
        ("fails = {", "F = {", 11, 1, "a name has 2 to 40"),
        ("[rule.counts]", "[rule.counts]]", 9, 0, ""),
    ] {
        let file = good.replacen(from, to, 1);
        assert_ne!(file, good, "{from}");
        if column == 0 || says.is_empty() {
            let Err(mistakes) = RuleBook::read(&file) else {
                assert!(to.starts_with("sign_in"), "{to} was taken");
                continue;
            };
            assert!(
                mistakes.iter().any(|one| one.line == line && one.to_string().contains(says)),
                "{to}: {mistakes:?}"
            );
        } else {
            check(&file, line, column, says);
        }
    }
}

#[test]
fn a_file_holds_rules_and_nothing_else() {
    check("[[rules]]\ncode = 'a'\n", 1, 3, "unknown field `rules`, expected `rule`");
    check("", 1, 1, "no rule");
    check("rule = 3", 1, 8, "expected a sequence");
    check("[[rule]]\ncode =", 2, 7, "");
}

#[test]
fn all_mistakes_are_told_at_once_and_in_order() {
    let file = file_with("nobody > 1 && fails").replace("weight = 30", "weight = 900");
    let twice = format!("{file}{}", file_with("fails > 1"));
    let said: Vec<(usize, usize)> =
        RuleBook::read(&twice).expect_err("bad").iter().map(|one| (one.line, one.column)).collect();
    assert_eq!(said, [(5, 11), (6, 10)], "the second rule of that code may be the first good one");
    let again = format!("{}{}", file_with("fails > 1"), file_with("fails > 2"));
    check(&again, 13, 8, "stands in this file already");
}
