//! A consent from begin to finish at the sandbox's banks: what they vouch for, and what they do not take twice.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use banks::{BankFault, Finish, WordWrong};
use engine::directory::Directory;
use stage::outside::Outside;
use stage::{asked, bank};
use terms::{BirthDate, Kana, Secret};

// promise: P4
#[tokio::test]
async fn each_method_brings_the_holder_and_the_factors_that_the_directory_knows() {
    let outside = Outside::start(&["0001", "0035", "0125", "0168"], 5_000).await;
    let people = outside.control("GET", "people", None).await;
    let hanako = people["people"].as_array().unwrap().iter().find(|person| person["id"] == "hanako").unwrap();
    let holder = Kana::parse(hanako["kana"].as_str().unwrap()).unwrap();
    let born = BirthDate::parse(hanako["birth_date"].as_str().unwrap()).unwrap();
    for (code, method, linkable) in [
        ("0001", "online_banking_otp", true),
        ("0035", "registered_phone_sms", true),
        ("0168", "registered_phone_call", true),
        ("0125", "account_pin_2020", false),
        ("0001", "account_pin_birth_2020", false),
    ] {
        let word = outside.consent(bank(code), &asked(method, 100_000, 300_000), "hanako").await;
        let known = &Directory::embedded().methods[method];
        let mut expected: Vec<&str> = known.factors.iter().map(|factor| factor.code.as_str()).collect();
        let mut checked: Vec<&str> = word.factors.iter().map(String::as_str).collect();
        expected.sort_unstable();
        checked.sort_unstable();
        assert_eq!(checked, expected, "{method}");
        assert_eq!(Directory::embedded().judge(&word.factors).is_ok(), linkable, "{method}");
        assert_eq!(word.method, method);
        assert!(word.holder.matches(&holder) && word.birth_date == born, "{method}");
        assert!(word.depositor_notified, "{method}");
        assert_eq!((word.per_debit_limit.get(), word.per_day_limit.get()), (100_000, 300_000));
        assert!(word.account_masked.contains("***") && !word.branch_name.is_empty());
    }
}

#[tokio::test]
async fn a_bank_account_keeps_its_name_and_people_have_different_ones() {
    let outside = Outside::start(&["0001", "0009"], 5_000).await;
    let asked = asked("online_banking_otp", 50_000, 50_000);
    let first = outside.consent(bank("0001"), &asked, "hanako").await;
    let again = outside.consent(bank("0001"), &asked, "hanako").await;
    let taro = outside.consent(bank("0001"), &asked, "taro").await;
    assert_eq!(first.account, again.account);
    assert_ne!(first.account, taro.account);
    assert_ne!(first.refresh_token.expose(), again.refresh_token.expose());
}

#[tokio::test]
async fn a_person_who_says_no_comes_back_with_the_state_and_no_code() {
    let outside = Outside::start(&["0001"], 5_000).await;
    let walked = outside.walk(bank("0001"), &asked("online_banking_otp", 1_000, 1_000), "hanako", "no").await;
    assert_eq!(walked.returned("error").as_deref(), Some("access_denied"));
    assert_eq!(walked.returned("code"), None);
    assert_eq!(walked.returned("state").as_deref(), Some(walked.state.expose()));
    assert_eq!(walked.returned("iss").as_deref(), outside.banks.issuer(bank("0001")));
}

#[tokio::test]
async fn what_does_not_belong_to_the_request_is_refused() {
    let outside = Outside::start(&["0001"], 5_000).await;
    let (at, yes) = (bank("0001"), asked("online_banking_otp", 1_000, 1_000));
    let refused =
        |error: &str| BankFault::Refused { bank: at, step: "token request", error: error.to_owned() };
    let word = |why| BankFault::WordRefused { bank: at, why };
    let other = Secret::new("another");
    let (other_method, less) =
        (asked("registered_phone_sms", 1_000, 1_000), asked("online_banking_otp", 999, 1_000));
    for (name, expected) in [
        ("code", refused("invalid_grant")),
        ("verifier", refused("invalid_grant")),
        ("state", word(WordWrong::State)),
        ("method", word(WordWrong::Method)),
        ("limits", word(WordWrong::Limits)),
    ] {
        let walked = outside.walk(at, &yes, "hanako", "yes").await;
        let code = walked.code();
        let finish = Finish {
            code: if name == "code" { &other } else { &code },
            verifier: if name == "verifier" { &other } else { &walked.verifier },
            state: if name == "state" { &other } else { &walked.state },
            asked: match name {
                "method" => &other_method,
                "limits" => &less,
                _ => &yes,
            },
        };
        let outcome = outside.banks.finish(at, finish).await;
        assert_eq!(outcome.err(), Some(expected), "{name}");
    }
    let walked = outside.walk(at, &yes, "hanako", "yes").await;
    let code = walked.code();
    let finish = || Finish { code: &code, verifier: &walked.verifier, state: &walked.state, asked: &yes };
    assert!(outside.banks.finish(at, finish()).await.is_ok());
    let twice = outside.banks.finish(at, finish()).await;
    assert_eq!(twice.err(), Some(refused("invalid_grant")), "a code works once");
}
