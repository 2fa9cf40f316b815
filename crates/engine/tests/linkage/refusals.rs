//! Each refusal has its own code, its own hole, and a change that lifts it.

use crate::{assessed, today_with};
use engine::linkage::{TODAY, Weight};

/// What is changed in today's linkage, and the codes that follow: those that refuse, then those that only weaken.
// promise: P4
#[test]
fn each_weakness_has_its_code() {
    let knowledge = ("[\"online_banking_otp\"]\n\"0009\"", "[\"account_pin_birth_2020\"]\n\"0009\"");
    let unknown = ("[\"online_banking_otp\"]\n\"0009\"", "[\"unknown\"]\n\"0009\"");
    let federation = "checks = [\"signature\", \"issuer\", \"audience\", \"nonce\", \"expiry\"]";
    let spread = "per_wallet_day = 5\nper_device_day = 5\nper_network_hour = 50\nalarm_after_tries = 240";
    let cases: &[((&str, &str), &[&str], &[&str])] = &[
        (("title = \"today\"", "title = \"today\""), &[], &[]),
        (knowledge, &["no_possession_factor", "one_leak_group"], &[]),
        (unknown, &["factors_unknown"], &[]),
        (("name = \"exact\"", "name = \"close\""), &["no_three_way_match"], &[]),
        (("birth_date = \"exact\"", "birth_date = \"none\""), &["no_three_way_match"], &[]),
        (("against = \"proved\"", "against = \"declared\""), &["no_three_way_match"], &[]),
        ((spread, "per_wallet_day = 5"), &["lock_out_per_account_only"], &[]),
        ((spread, "per_wallet_day = 5\nper_device_day = 5"), &["lock_out_per_account_only"], &[]),
        ((spread, "per_device_day = 5\nper_network_hour = 50"), &[], &[]),
        ((spread, "alarm_after_tries = 240"), &[], &[]),
        ((spread, "alarm_after_tries = 3_000"), &[], &[]),
        ((spread, "alarm_after_tries = 3_001"), &["lock_out_per_account_only"], &[]),
        ((spread, "alarm_after_tries = 1_000_000_000"), &["lock_out_per_account_only"], &[]),
        (
            (spread, "per_device_day = 1_000_000\nper_network_hour = 1_000_000"),
            &["lock_out_per_account_only"],
            &[],
        ),
        (("window = \"rolling\"", "window = \"calendar_month\""), &["calendar_limits"], &[]),
        (("\"bank_channel\"", "\"wallet_channel\""), &["depositor_not_told"], &[]),
        (("at = [\"link\", \"debit\"]", "at = [\"debit\"]"), &["depositor_not_told"], &[]),
        (("delay_h = 24", "delay_h = 23"), &["recovery_weaker_than_sign_in"], &[]),
        (
            ("notice_on_old_channels = true", "notice_on_old_channels = false"),
            &["recovery_weaker_than_sign_in"],
            &[],
        ),
        (
            ("destination_in_request = false", "destination_in_request = true"),
            &["recovery_weaker_than_sign_in"],
            &[],
        ),
        (("[\"recovery_code\"]", "[\"mail_link\"]"), &["recovery_weaker_than_sign_in"], &[]),
        (("[\"recovery_code\"]", "[\"mail_link\", \"identity_card\"]"), &[], &[]),
        (
            (federation, "checks = [\"signature\", \"issuer\", \"audience\", \"expiry\"]"),
            &["federation_unverified"],
            &[],
        ),
        (("\"issuer_and_subject\"", "\"mail\""), &["federation_unverified"], &[]),
        (("[\"payout\", \"p2p\", \"resale\"]", "[\"payout\"]"), &[], &["young_value_leaves"]),
        (("effective_s = 1", "effective_s = 60"), &[], &["slow_stop"]),
        (("proofing = \"chip\"", "proofing = \"photo\""), &[], &["papers_by_photograph"]),
        (("without_a_wallet = true", "without_a_wallet = false"), &[], &["no_claim_without_a_wallet"]),
        (("[\"passkey\"]", "[\"wallet_password\"]"), &[], &["sign_in_can_be_passed_on"]),
    ];
    for ((from, to), refusals, weak) in cases {
        let assessment = assessed(&today_with(from, to));
        assert_eq!(
            (assessment.refused, &assessment.refusals()[..]),
            (!refusals.is_empty(), *refusals),
            "{to}"
        );
        let told = assessment.findings.iter().filter(|finding| finding.weight == Weight::Weak);
        assert_eq!(told.map(|finding| finding.code).collect::<Vec<_>>(), *weak, "{to}");
        for method in &assessment.methods {
            let changes = method.lifts.as_ref().map(Vec::len);
            assert!(changes.is_some_and(|changes| changes <= 2), "{to}: {:?}", method.lifts);
        }
    }
}

#[test]
fn a_finding_says_where() {
    let text = today_with("window = \"rolling\"", "window = \"calendar_month\"");
    let line = 1 + text.lines().position(|line| line.starts_with("window")).unwrap();
    let assessment = assessed(&text);
    assert_eq!(assessment.findings[0].place, format!("linkage.toml:{line}"));
    assert_eq!((assessment.findings[0].holes, assessment.findings[0].promises), (&["H11"][..], &["P9"][..]));
    let text = today_with(
        "\"0009\" = [\"online_banking_otp\"]",
        "\"0009\" = [\"account_pin_otp_2020\", \"unknown\"]",
    );
    let line = 1 + text.lines().position(|line| line.starts_with("\"0009\"")).unwrap();
    let unknown = assessed(&text).methods.into_iter().find(|method| method.method == "unknown").unwrap();
    assert_eq!(unknown.findings[0].place, format!("linkage.toml:{line}"));
}

/// A method whose factors are two codes by one phone counts one factor, although it is held.
// promise: P4
#[test]
fn two_codes_by_one_phone_count_once() {
    use engine::{
        directory::Directory,
        linkage::{Linkage, Model, assess},
    };
    let mut model = Model::embedded().clone();
    let factors = &Directory::embedded().factors;
    let method = model.directory.methods.get_mut("registered_phone_call").unwrap();
    method.factors =
        ["otp_registered_phone", "otp_registered_phone_call"].map(|code| factors[code].clone()).into();
    let linkage = Linkage::read("today.toml", TODAY, &model).unwrap();
    assert_eq!(assess(&linkage, &model).refusals(), ["one_leak_group"]);
}
