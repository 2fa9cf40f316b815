//! The embedded directory holds what it must, and wrong files are refused with file, line and field.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use terms::BankCode;

/// Those that are not the same today: code in 2020, code today.
const RECODED: [(&str, &str); 2] = [("0546", "0154"), ("0118", "0117")];
const CODES_2020: [&str; 35] = [
    "0001", "0009", "9900", "0040", "0174", "0161", "0576", "0183", "0152", "0163", "0158", "0157", "0149",
    "0125", "0153", "0150", "0512", "0035", "0164", "0546", "0134", "0135", "0168", "0126", "0166", "0162",
    "0190", "0143", "0182", "0173", "0169", "0177", "0501", "0118", "0187",
];

#[test]
fn each_bank_of_2020_is_found_under_its_old_code_and_is_another() {
    let directory = Directory::embedded();
    let mut found = BTreeSet::new();
    for code in CODES_2020 {
        let bank = directory.bank(BankCode::parse(code).expect(code)).expect(code);
        let today = RECODED.iter().find(|(old, _)| *old == code).map_or(code, |(_, new)| *new);
        assert_eq!((bank.code.as_str(), bank.in_2020.code.as_str()), (today, code));
        found.insert(bank.code);
    }
    assert_eq!((found.len(), directory.banks.len()), (35, 35));
    for (code, name) in [("0154", "三十三銀行"), ("0117", "青森みちのく銀行"), ("0143", "八十二長野銀行")]
    {
        assert_eq!(directory.banks[&BankCode::parse(code).expect(code)].name, name);
    }
}

#[test]
fn what_was_not_published_stays_unknown() {
    let banks = &Directory::embedded().banks;
    let known = banks.values().filter(|bank| bank.in_2020.method.is_some());
    let known: Vec<&str> = known.map(|bank| bank.code.as_str()).collect();
    assert_eq!(known, ["0001", "0009", "0125", "0126", "0152", "0168", "0512", "9900"]);
    assert_eq!(banks.values().filter(|bank| bank.in_2020.loss_confirmed).count(), 11);
    assert_eq!(banks.values().filter(|bank| bank.in_2020.known_in_part).count(), 2);
}

#[test]
fn each_bank_proposes_a_method_first_that_may_link() {
    for bank in Directory::embedded().banks.values() {
        let method = Directory::embedded().method(bank.code, &bank.methods[0]).expect("offered");
        assert_eq!(method.linkable(), Ok(()), "{}", bank.name);
    }
    let sony = BankCode::parse("0035").expect("code");
    assert_eq!(Directory::embedded().method(sony, "account_pin_2020"), None);
}

#[test]
fn a_curve_is_read_off_straight_lines() {
    let cards = &Directory::embedded().curves["bank_cards"];
    for (guesses, expected) in [(0, 0.0), (1, 0.50), (2, 0.97), (3, 1.44), (10_000, 100.0), (u64::MAX, 100.0)]
    {
        let opened = 100.0 * cards.opened(guesses);
        assert!((opened - expected).abs() < 1e-9, "{guesses}: {opened}");
    }
    for (code, curve) in &Directory::embedded().curves {
        assert!((0..40).all(|guesses| curve.opened(guesses) <= curve.opened(guesses + 1)), "{code}");
    }
}

/// A small directory: a replacement in one file, and the line that it is refused with.
#[test]
fn wrong_files_are_refused_with_file_line_and_field() {
    let right: BTreeMap<String, String> = [
        (CURVES, "[curves.c]\ntitle = \"\"\nsource = \"\"\npoints = [[1, 0.5], [2, 0.7]]\n"),
        (
            METHODS,
            "[factors.a]\ncategory = \"knowledge\"\nleak_group = \"g\"\nheld_by = [\"depositor\"]\ncurve = \"c\"\n\
             lock_out = \"nothing\"\nphishable = true\nsources = [\"s\"]\nname_ja = \"\"\nname_en = \"\"\n\
             [methods.m]\nname_ja = \"\"\nname_en = \"\"\nfactors = [\"a\"]\n",
        ),
        (
            "banks/0001.toml",
            "code = \"0001\"\nname = \"n\"\nname_kana = \"ア\"\nname_romaji = \"A\"\nname_en = \"\"\nmethods = [\"m\"]\n\
             [limits]\nper_debit_yen = 1\nper_day_yen = 1\n[signals]\ncontact = \"a@b\"\n\
             [in_2020]\ncode = \"0001\"\nmethod = \"unknown\"\nloss_confirmed = false\n",
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .collect();
    assert_eq!(Directory::read(&right).map(|directory| directory.banks.len()), Ok(1));
    let bank = "banks/0001.toml";
    for (file, from, to, expected) in [
        (bank, "methods = [\"m\"]", "methods = [\"n\"]", "banks/0001.toml:6: methods: \"n\" is no method"),
        (
            bank,
            "methods = [\"m\"]",
            "methods = [\"m\", \"m\"]",
            "banks/0001.toml:6: methods: \"m\" is no method",
        ),
        (bank, "methods = [\"m\"]", "methods = []", "banks/0001.toml:6: methods: \"\" is no method"),
        (
            bank,
            "code = \"0001\"\nname =",
            "code = \"0002\"\nname =",
            "banks/0001.toml:1: code: the file of this bank",
        ),
        (bank, "code = \"0001\"\nname =", "code = \"001\"\nname =", "banks/0001.toml:1: code:"),
        (
            bank,
            "[limits]",
            "[[former_codes]]\ncode=\"0001\"\nname=\"\"\nuntil=\"2021-05-01\"\n[limits]",
            "banks/0001.toml:1: code: 0001 stands twice",
        ),
        (
            bank,
            "[limits]",
            "[[former_codes]]\ncode=\"0002\"\nname=\"\"\nuntil=\"2021-02-29\"\n[limits]",
            "banks/0001.toml:10: former_codes.until: a date",
        ),
        (bank, "per_day_yen = 1", "per_day_yen = 0", "limits: per_debit_yen may not be more than"),
        (
            bank,
            "per_day_yen = 1",
            "per_day = 1",
            "banks/0001.toml:9: limits.per_day: unknown field `per_day`, expected",
        ),
        (
            bank,
            "per_day_yen = 1",
            "per_day_yen = \"¥1\"",
            "banks/0001.toml:9: limits.per_day_yen: invalid type: string \"¥1\", expected a whole number from 0 to 100000000",
        ),
        (
            bank,
            "per_day_yen = 1",
            "per_day_yen = -1",
            "banks/0001.toml:9: limits.per_day_yen: invalid value: integer `-1`",
        ),
        (
            bank,
            "per_day_yen = 1",
            "per_day_yen = 1.5",
            "banks/0001.toml:9: limits.per_day_yen: invalid type: floating",
        ),
        (bank, "\"ア\"", "\"漢\"", "banks/0001.toml:3: name_kana: only katakana"),
        (bank, "\"A\"", "\"ア\"", "banks/0001.toml:4: name_romaji: only letters"),
        (bank, "a@b", "ab", "banks/0001.toml:11: signals.contact: a mail address"),
        (
            bank,
            "\"unknown\"",
            "\"x\"",
            "banks/0001.toml:14: in_2020.method: \"x\" is no method; allowed are m, or \"unknown\"",
        ),
        (bank, "code = \"0001\"\nmethod", "code = \"0002\"\nmethod", "in_2020.code 0002 is none"),
        (
            METHODS,
            "\"knowledge\"",
            "\"known\"",
            "methods.toml:2: factors.a.category: unknown variant `known`, expected one of",
        ),
        (
            METHODS,
            "phishable = true",
            "phishable = false",
            "methods.toml:7: factors.a.phishable: whatever is known",
        ),
        (METHODS, "[\"depositor\"]", "[\"bank\"]", "methods.toml:4: factors.a.held_by: the depositor must"),
        (
            METHODS,
            "\"knowledge\"\nleak_group = \"g\"\nheld_by = [",
            "\"possession\"\nleak_group = \"g\"\nheld_by = [\"bank\", ",
            "methods.toml:4: factors.a.held_by: what a bank",
        ),
        (METHODS, "[\"s\"]", "[]", "methods.toml:8: factors.a.sources: a factor without a source"),
        (
            METHODS,
            "curve = \"c\"",
            "curve = \"d\"",
            "methods.toml:5: factors.a.curve: allowed are the curves c",
        ),
        (
            METHODS,
            "factors = [\"a\"]",
            "factors = [\"b\"]",
            "methods.toml:14: methods.m.factors: \"b\" is no factor",
        ),
        (
            METHODS,
            "factors = [\"a\"]",
            "factors = [\"a\"]\n[methods.o]\nname_ja = \"\"\nname_en = \"\"\nfactors = [\"a\"]",
            "methods.toml:15: methods.o: no bank offers this method",
        ),
        (CURVES, "0.7", "0.4", "curves.toml:4: curves.c.points: pairs of guesses"),
        (CURVES, "0.7", "100.1", "curves.toml:4: curves.c.points: pairs of guesses"),
        (CURVES, "[1,", "[0,", "curves.toml:4: curves.c.points: pairs of guesses"),
    ] {
        let mut files = right.clone();
        let text = files.get_mut(file).expect("a file");
        assert!(text.contains(from), "{file}: {from}");
        *text = text.replacen(from, to, 1);
        let refused = Directory::read(&files).map(|_| ()).map_err(|wrong| wrong.to_string());
        let said = refused.expect_err(to);
        assert!(said.contains(expected) && said.lines().count() == 1, "{to}: {said}");
    }
    let mut files = right;
    files.remove(CURVES);
    assert_eq!(
        Directory::read(&files).expect_err("no curves").to_string(),
        "curves.toml:1: the file: the file is not there"
    );
}
