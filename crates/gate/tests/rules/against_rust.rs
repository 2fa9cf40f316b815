//! Random evidence: each condition against the same one written in Rust.

use crate::{
    dice::Dice,
    written::{asked, at_bank, evidence, rule},
};
use gate::rules::Failed;

struct Seen<'s> {
    wallets: i64,
    fails: i64,
    bank: &'s str,
}

type Predicate = fn(&Seen<'_>) -> Result<bool, Failed>;

const TABLE: &[(&str, Predicate)] = &[
    ("wallets >= 3", |s| Ok(s.wallets >= 3)),
    (
        "wallets >= 3 && fails < 2 || bank == '0005'",
        |s| Ok(s.wallets >= 3 && s.fails < 2 || s.bank == "0005"),
    ),
    ("!(wallets > fails) && bank in ['0001', '0005',]", |s| {
        Ok(s.wallets <= s.fails && ["0001", "0005"].contains(&s.bank))
    }),
    ("wallets in []", |_| Ok(false)),
    ("wallets + fails * 2 - 1 > 7 % 4", |s| Ok(s.wallets + s.fails * 2 - 1 > 3)),
    ("(wallets > 2 ? fails : -fails) <= 0", |s| Ok(if s.wallets > 2 { s.fails <= 0 } else { -s.fails <= 0 })),
    ("fails > 0 ? wallets / fails >= 2 : false", |s| Ok(s.fails > 0 && s.wallets / s.fails.max(1) >= 2)),
    ("wallets / fails >= 2", |s| {
        if s.fails == 0 { Err(Failed::DivisionByZero) } else { Ok(s.wallets / s.fails >= 2) }
    }),
    ("wallets % fails == 1 || wallets > 3", |s| match s.fails {
        _ if s.wallets > 3 => Ok(true),
        0 => Err(Failed::DivisionByZero),
        fails => Ok(s.wallets % fails == 1),
    }),
    ("wallets / fails == 1 && wallets > 3", |s| match s.fails {
        _ if s.wallets <= 3 => Ok(false),
        0 => Err(Failed::DivisionByZero),
        fails => Ok(s.wallets / fails == 1),
    }),
    ("wallets * 9223372036854775807 > 0", |s| {
        s.wallets.checked_mul(i64::MAX).map(|n| n > 0).ok_or(Failed::TooLarge)
    }),
    ("-9223372036854775808 < wallets", |_| Ok(true)),
    ("bank.startsWith('00') && !bank.endsWith('5')", |s| {
        Ok(s.bank.starts_with("00") && !s.bank.ends_with('5'))
    }),
    ("bank.contains('00') == (wallets != 2)", |s| Ok(s.bank.contains("00") == (s.wallets != 2))),
    ("bank < '0002'", |s| Ok(s.bank < "0002")),
    ("young_link && known_device == false && hour == 12", |_| Ok(true)),
    ("method == 'account_pin' && step == \"consent_returned\" && !has_device", |_| Ok(true)),
    ("address.startsWith('203.0.113.')", |_| Ok(true)),
    ("duration('90m') > duration('1h') && duration('60s') == duration('1m')", |_| Ok(true)),
];

#[test]
fn conditions_hold_where_the_same_in_rust_does() {
    let mut dice = Dice::new();
    for (when, same) in TABLE {
        let rule = rule(when);
        for _ in 0..500 {
            let (wallets, fails) = (dice.below(6), dice.below(4));
            let bank = dice.one_of(&["0001", "0005", "0117", ""]);
            let subjects = at_bank(bank);
            let evidence = evidence(wallets, fails);
            let seen = Seen { wallets: wallets as i64, fails: fails as i64, bank };
            assert_eq!(
                rule.holds(&asked(&subjects), &evidence),
                same(&seen),
                "{when} with {wallets} wallets, {fails} fails, bank {bank:?}"
            );
        }
    }
}
