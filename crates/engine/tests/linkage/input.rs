//! A wrong linkage is refused in one line with file, line, field, and what is allowed.

use crate::{KOZA_2020, today_with};
use engine::linkage::{ATTACKERS, AUTHENTICATORS, Linkage, Model};
use std::collections::BTreeMap;

#[test]
fn wrong_linkages_are_refused_with_file_line_and_field() {
    let model = Model::embedded();
    for (from, to, expected) in [
        (
            "day_yen = 300_000",
            "dya_yen = 1",
            "limits.dya_yen: unknown field `dya_yen`, expected one of `window`",
        ),
        (
            "day_yen = 300_000",
            "day_yen = \"30万円\"",
            "limits.day_yen: invalid type: string \"30万円\", expected a whole number from 0 to 100000000",
        ),
        ("day_yen = 300_000", "day_yen = 3.5", "limits.day_yen: invalid type: floating point"),
        ("day_yen = 300_000", "day_yen = -1", "limits.day_yen: invalid value: integer `-1`"),
        (
            "day_yen = 300_000",
            "day_yen = 900_000",
            "per_debit_yen, day_yen, week_yen and month_yen may only grow",
        ),
        (
            "delay_h = 24",
            "delay_h = 86_400_000",
            "recovery.delay_h: invalid value: integer `86400000`, expected a whole number from 0 to 8760",
        ),
        ("delay_h = 24", "delay_ms = 24", "recovery.delay_ms: unknown field `delay_ms`"),
        (
            "name = \"exact\"",
            "name = \"fuzzy\"",
            "match.name: unknown variant `fuzzy`, expected one of `none`, `close`, `exact`",
        ),
        ("proofing = \"chip\"", "proofing = \"none\"", "proofing is \"photo\" or \"chip\" where"),
        (
            "level = \"proved\"\nproofing = \"chip\"",
            "level = \"phone\"\nproofing = \"none\"",
            "against = \"proved\" is allowed where",
        ),
        ("[\"passkey\"]", "[\"palm\"]", "sign_in"),
        ("[\"recovery_code\"]", "[]", "recovery"),
        ("may = \"look\"", "", "account_key (\"issuer_and_subject\", \"mail\") and may"),
        ("at = [\"link\", \"debit\"]", "at = []", "at (\"link\", \"debit\") is needed where"),
        (
            "\"0125\" = [\"online_banking_otp\"]",
            "\"0125\" = [\"registered_phone_sms\"]",
            "banks.0125: \"registered_phone_sms\" is not offered by 0125 (The 77 Bank)",
        ),
        (
            "\"0125\" = [\"online_banking_otp\"]",
            "\"0125\" = []",
            "banks.0125: at least one method is needed; allowed are ",
        ),
        (
            "\"0117\" = [\"online_banking_otp\"]",
            "\"0117\" = [\"online_banking_otp\"]\n\"0118\" = [\"online_banking_otp\"]",
            "banks.0118: is the same bank as 0117",
        ),
        ("title = \"today\"", "title = \"today\"\nas_of = \"2020-02-30\"", "as_of: a date is allowed"),
        ("title = \"today\"", "title = \" \"", "title: a text in one line"),
        ("title = \"today\"", "title = \"to\\nday\"", "title: a text in one line"),
        ("title = \"today\"", "title = \"to\\u001b[31mday\"", "title: a text in one line"),
        (
            "\"0125\" = [\"online_banking_otp\"]",
            "\"9999\" = [\"online_banking_otp\"]",
            "banks.9999: the directory has no bank 9999",
        ),
        ("\"0125\" = [\"online_banking_otp\"]", "\"125\" = [\"online_banking_otp\"]", "banks"),
        ("[stop]", "[stopp]", "unknown field `stopp`"),
        ("[stop]\neffective_s = 1\n", "", "missing field `stop`"),
        ("title = \"today\"", "title = ", "title"),
    ] {
        let text = today_with(from, to);
        let said = Linkage::read("mine.toml", &text, model).map(|_| ()).expect_err(to).to_string();
        assert!(said.contains(expected) && said.starts_with("mine.toml:"), "{to}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let line = KOZA_2020.lines().position(|line| line.starts_with("\"0546\"")).unwrap() + 1;
    let text = KOZA_2020.replace("\"0546\" = [\"unknown\"]", "\"0546\" = [\"account_pin_2020\"]");
    let said = Linkage::read("2020.toml", &text, model).map(|_| ()).expect_err("not known").to_string();
    assert!(said.starts_with(&format!("2020.toml:{line}: banks.0546: ")), "{said}");
}

#[test]
fn nonsense_never_panics_and_long_files_are_not_read() {
    let model = Model::embedded();
    let whole = engine::linkage::TODAY;
    for at in (0..whole.len()).step_by(17).filter(|at| whole.is_char_boundary(*at)) {
        let cut = Linkage::read("cut.toml", &whole[..at], model);
        assert!(cut.is_err() || at > whole.find("[banks]").unwrap(), "cut at {at}");
        let spoilt = format!("{}\u{0}{}", &whole[..at], &whole[at..]);
        assert!(Linkage::read("spoilt.toml", &spoilt, model).is_err(), "spoilt at {at}");
    }
    let long = format!("{whole}#{}\n", "x".repeat(300_000));
    let said = Linkage::read("long.toml", &long, model).map(|_| ()).expect_err("long").to_string();
    assert!(said.contains("longer than"), "{said}");
}

#[test]
fn wrong_attackers_and_authenticators_are_refused() {
    let attacker = "[attackers.a]\nname_ja = \"\"\nname_en = \"\"\nopens = { mail = 0 }\ntries_a_day = 1\naccounts_a_month = 1\n\
                    wallets_a_month = 1\ndevices = 1\nnetworks = 1\n";
    let authenticator = "[authenticators.a]\nleak_group = \"g\"\nphishable = true\nstrength = 2\nname_ja = \"\"\nname_en = \"\"\n";
    let refused = |file: &str, text: String| {
        let files = BTreeMap::from([(file.to_owned(), text)]);
        Model::read(&files).map(|_| String::new()).unwrap_or_else(|wrong| wrong.to_string())
    };
    assert_eq!(refused(ATTACKERS, attacker.to_owned()), "");
    for (file, text, expected) in [
        (
            ATTACKERS,
            attacker.replace("devices = 1", "devices = 0"),
            "attackers.toml:8: attackers.a.devices: invalid value: integer `0`",
        ),
        (ATTACKERS, attacker.replace("opens", "gets = { luck = 1 }\nopens"), "gets \"luck\": allowed are "),
        (ATTACKERS, attacker.replace("mail", "fax"), "unknown variant `fax`"),
        (ATTACKERS, "[attackers]\n".to_owned(), "at least one attacker"),
        (
            AUTHENTICATORS,
            authenticator.replace("strength = 2", "strength = 3"),
            "strength 3 resists phishing",
        ),
        (AUTHENTICATORS, authenticator.replace("strength = 2", "strength = 4"), "a whole number from 1 to 3"),
        (AUTHENTICATORS, authenticator.replace("strength", "curve = \"x\"\nstrength"), "curve is not among"),
    ] {
        let said = refused(file, text);
        assert!(said.contains(expected) && said.lines().count() == 1, "{expected}: {said}");
    }
}
