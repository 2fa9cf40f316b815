//! The linkage of 2020 comes out as it went: which ways paid, how much was lost, and what would have closed them.

use crate::{KOZA_2020, assessed};
use engine::linkage::{Linkage, MethodAssessed, Model, TODAY};
use terms::Yen;

fn method<'a>(methods: &'a [MethodAssessed], code: &str) -> &'a MethodAssessed {
    methods.iter().find(|method| method.method == code).unwrap()
}

// promise: P4
#[test]
fn the_linkage_of_2020_is_refused_with_its_reasons() {
    let assessment = assessed(KOZA_2020);
    assert!(assessment.refused);
    assert_eq!(
        assessment.refusals(),
        [
            "calendar_limits",
            "depositor_not_told",
            "factors_unknown",
            "lock_out_per_account_only",
            "no_possession_factor",
            "no_three_way_match",
            "one_leak_group",
        ]
    );
    let banks: usize = assessment.methods.iter().map(|method| method.banks.len()).sum();
    assert_eq!((banks, method(&assessment.methods, "unknown").banks.len()), (35, 27));
    // Names of then, also where only the name has changed since; and what is known in part only says so.
    let all: Vec<_> = assessment.methods.iter().flat_map(|method| &method.banks).collect();
    let called = |code: &str| all.iter().find(|bank| bank.code.as_str() == code).map(|bank| &*bank.name);
    for (code, name) in [("0143", "八十二銀行"), ("0118", "みちのく銀行"), ("0001", "みずほ銀行")]
    {
        assert_eq!(called(code), Some(name), "{code}");
    }
    let in_part = all.iter().filter(|bank| bank.known_in_part).map(|bank| bank.code.as_str());
    assert_eq!(in_part.collect::<Vec<_>>(), ["0126", "0152"]);
    // The largest loss of one person was ¥600,000: two calendar months' limits.
    assert_eq!(assessment.yen_per_account, 600_000.0);
}

/// 120 accounts took about 24,000 guesses where one PIN was tried on each account.
#[test]
fn guessing_in_2020_brought_what_it_brought() {
    let assessment = assessed(KOZA_2020);
    let weakest = method(&assessment.methods, "account_pin_2020");
    assert_eq!(
        weakest.banks.iter().map(|bank| bank.code.to_string()).collect::<Vec<_>>(),
        ["0125", "0126", "0152"]
    );
    let guessed = weakest.guessed().unwrap();
    assert!(guessed.pays && guessed.attacker == "guesser");
    let tries_for_120 = 120.0 * 10_000.0 / guessed.per_10_000_tries;
    assert!((20_000.0..30_000.0).contains(&tries_for_120), "{tries_for_120}");
    assert!((100.0..200.0).contains(&guessed.per_month), "{}", guessed.per_month);
    // A birth date beside the PIN ends guessing; it does not end phishing, which takes both on one page.
    let with_birth_date = method(&assessment.methods, "account_pin_birth_2020");
    let guesser = with_birth_date.ways.iter().find(|way| way.attacker == "guesser").unwrap();
    assert!(!guesser.pays && guesser.per_month < 0.1, "{guesser:?}");
    // One of 25,567 days, and then the PIN of somebody who was born on it.
    let expected = 10_000.0 * 0.0215 * curve_of_birth_dates();
    assert!(
        (guesser.per_10_000_tries / expected - 1.0).abs() < 0.01,
        "{} {expected}",
        guesser.per_10_000_tries
    );
    assert!(
        with_birth_date.ways[0].pays && with_birth_date.ways[0].step_codes == ["open_mail", "take:typed"]
    );
    // With a one-time password only a page in real time pays.
    let otp = method(&assessment.methods, "account_pin_otp_2020");
    let paying: Vec<&str> = otp.ways.iter().filter(|way| way.pays).map(|way| way.attacker.as_str()).collect();
    assert_eq!(paying, ["real_time_phisher"]);
}

/// The share of depositors whom one guess at the birth date hits.
fn curve_of_birth_dates() -> f64 {
    let directory = &Model::embedded().directory;
    directory.curves[&directory.factors["birth_date"].curve].opened(1)
}

#[test]
fn the_fewest_changes_are_named() {
    let assessment = assessed(KOZA_2020);
    let weakest = method(&assessment.methods, "account_pin_2020");
    let closes = weakest.closes.as_ref().unwrap();
    assert_eq!(closes.len(), 2, "{closes:?}");
    assert!(closes[0].starts_with("compare name and birth date exactly"), "{closes:?}");
    assert!(closes[1].starts_with("sign in by a passkey"), "{closes:?}");
    assert_eq!(weakest.lifts.as_ref().map(Vec::len), Some(5), "{:?}", weakest.lifts);
    assert_eq!(weakest.smallest_set.len(), 2);
}

/// No attacker of the list has a way that pays, at any bank or by taking a wallet over.
// promise: P4
#[test]
fn today_is_accepted_and_closed() {
    let assessment = assessed(TODAY);
    assert!(!assessment.refused, "{:?}", assessment.refusals());
    assert!(assessment.findings.is_empty(), "{:?}", assessment.findings);
    let ways = assessment.methods.iter().flat_map(|method| &method.ways).chain(&assessment.take_over);
    assert_eq!(ways.filter(|way| way.pays).count(), 0);
    for method in &assessment.methods {
        assert_eq!((method.lifts.as_deref(), method.closes.as_deref()), (Some(&[][..]), Some(&[][..])));
        assert!(method.smallest_set.len() >= 2, "one step alone breaks {}", method.method);
    }
}

/// What each attacker is there for: the cheapest way of one, at a linkage that leaves it open.
#[test]
fn each_attacker_finds_what_only_they_can_do() {
    let at_sony =
        |method: &str| KOZA_2020.replace("\"0035\" = [\"unknown\"]", &format!("\"0035\" = [\"{method}\"]"));
    let mizuho = "\"0001\" = [\"online_banking_otp\"]";
    let by_pin = crate::today_with(mizuho, "\"0001\" = [\"account_pin_birth_2020\"]");
    let cases = [
        (
            at_sony("registered_phone_sms"),
            "registered_phone_sms",
            "sim_swapper",
            "open_mail take:registered_phone take:typed",
            100_500.0,
        ),
        (
            at_sony("registered_phone_sms"),
            "registered_phone_sms",
            "real_time_phisher",
            "open_mail page",
            2_000.0,
        ),
        (
            by_pin.replace("\"chip\"", "\"photo\""),
            "account_pin_birth_2020",
            "mule_buyer",
            "forge take:typed",
            100_500.0,
        ),
        (
            by_pin.replace("name = \"exact\"", "name = \"close\""),
            "account_pin_birth_2020",
            "mule_buyer",
            "open_proved take:typed",
            50_500.0,
        ),
        (
            KOZA_2020.to_owned(),
            "account_pin_birth_2020",
            "insider",
            "open_mail bank_records guess:pin",
            173_965.0,
        ),
        (KOZA_2020.to_owned(), "account_pin_2020", "leaked_list", "open_mail take:typed", 500.0),
    ];
    for (text, code, attacker, steps, cost_yen) in cases {
        let assessment = assessed(&text);
        let way = method(&assessment.methods, code).ways.iter().find(|way| way.attacker == attacker);
        let found = way.map(|way| (way.step_codes.join(" "), way.cost_yen, way.pays));
        assert_eq!(found, Some((steps.to_owned(), cost_yen, true)), "{attacker} at {code}");
    }
    // With the chip, nobody of the list gets past the match, however weak the bank's method is.
    assert!(method(&assessed(&by_pin).methods, "account_pin_birth_2020").ways.is_empty());
}

/// A recovery that goes where the asker says, or a sign-in that anybody may claim, gives the wallet away (7pay, 2019).
#[test]
fn a_wallet_that_is_given_away_is_taken_over() {
    for (from, to, step) in [
        ("destination_in_request = false", "destination_in_request = true", "sent_elsewhere"),
        (
            "checks = [\"signature\", \"issuer\", \"audience\", \"nonce\", \"expiry\"]\naccount_key = \"issuer_and_subject\"\nmay = \"look\"",
            "account_key = \"mail\"\nmay = \"link\"",
            "forged_assertion",
        ),
    ] {
        let assessment = assessed(&crate::today_with(from, to));
        assert!(assessment.refused, "{step}");
        let first = &assessment.take_over[0];
        assert_eq!((&first.step_codes[..], first.cost_yen, first.pays), (&[step.to_owned()][..], 0.0, true));
    }
}

/// Whoever reaches few accounts tries more than one PIN on each, up to the lock-out, or without end where there is none.
#[test]
fn few_accounts_are_tried_as_often_as_they_bear() {
    use engine::{
        directory::LockOut,
        linkage::{Linkage, Model, assess},
    };
    let mut model = Model::embedded().clone();
    let guesser = model.attackers.get_mut("guesser").unwrap();
    guesser.accounts_a_month = engine::Whole::new(10).unwrap();
    let per_month = |model: &Model| {
        let linkage = Linkage::read("2020.toml", KOZA_2020, model).unwrap();
        method(&assess(&linkage, model).methods, "account_pin_2020").guessed().unwrap().per_month
    };
    // Three tries on each of ten accounts: 1.44 % of them.
    assert_eq!(per_month(&model), 0.144);
    for method in model.directory.methods.values_mut() {
        for factor in &mut method.factors {
            factor.lock_out = LockOut::Nothing;
        }
    }
    model.directory.factors.values_mut().for_each(|factor| factor.lock_out = LockOut::Nothing);
    // 3,000 tries on each: between 30.15 % (1,000) and all (10,000) of them.
    assert!((3.015..10.0).contains(&per_month(&model)), "{}", per_month(&model));
}

/// With the alarm in force guessing is stopped after about one account (240 guesses at 0.5 %).
#[test]
fn an_alarm_stops_guessing_after_about_one_account() {
    let spread = "[spread]\nalarm_after_tries = 240\n\n[stop]";
    let guessed =
        |text: &str| method(&assessed(text).methods, "account_pin_2020").guessed().unwrap().per_month;
    let with_alarm = guessed(&KOZA_2020.replace("[stop]", spread));
    assert!((1.0..1.5).contains(&with_alarm), "{with_alarm}");
    assert!(guessed(KOZA_2020) > 100.0 * with_alarm);
}

/// What a bank lets through in a day holds also where the wallet's limit is higher.
#[test]
fn the_lower_limit_of_wallet_and_bank_counts() {
    let mut model = Model::embedded().clone();
    for (day_yen, of_2020, of_today) in
        [(300_000, 600_000.0, 300_000.0), (2_000, 120_000.0, 2_000.0), (100_000_000, 600_000.0, 300_000.0)]
    {
        for bank in model.directory.banks.values_mut() {
            (bank.per_debit, bank.per_day) = (Yen::of(1_000), Yen::of(day_yen));
        }
        for (text, expected) in [(KOZA_2020, of_2020), (TODAY, of_today)] {
            let linkage = Linkage::read("linkage.toml", text, &model).unwrap();
            let assessment = engine::linkage::assess(&linkage, &model);
            assert_eq!(assessment.yen_per_account, expected, "{day_yen}");
            for method in &assessment.methods {
                assert_eq!(method.yen_per_account, expected, "{day_yen} {}", method.method);
            }
        }
    }
    // One bank alone lets more through: its own methods say so, and the whole does.
    let code = "0125".parse().unwrap();
    model.directory.banks.values_mut().for_each(|bank| bank.per_day = Yen::of(1_000));
    model.directory.banks.get_mut(&code).unwrap().per_day = Yen::of(5_000);
    let linkage = Linkage::read("linkage.toml", KOZA_2020, &model).unwrap();
    let assessment = engine::linkage::assess(&linkage, &model);
    let of = |code: &str| method(&assessment.methods, code).yen_per_account;
    assert_eq!((of("account_pin_2020"), of("account_pin_otp_2020")), (300_000.0, 60_000.0));
    assert_eq!(assessment.yen_per_account, 300_000.0);
}
