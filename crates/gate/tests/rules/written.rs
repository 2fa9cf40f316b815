//! Rule files as tests write them, and one ask.

use gate::{
    By, Count, Evidence, Step, Subjects,
    rules::{Asked, ROWS_MAX, Rule, RuleBook, Way},
};
use terms::{BankCode, Span, Time};

/// One rule with this condition and two counts, `wallets` and `fails`.
pub(crate) fn file_with(when: &str) -> String {
    format!(
        "[[rule]]\ncode = \"test_rule\"\nversion = 1\nsteps = [\"consent_returned\"]\nwhen = '''{when}'''\n\
         weight = 30\nsays_ja = \"試し\"\nsays_en = \"A test.\"\n[rule.counts]\n\
         wallets = {{ step = \"consent_returned\", by = \"bank_account\", distinct = \"customer\", span = \"30d\" }}\n\
         fails = {{ step = \"sign_in\", how = \"refused\", by = \"device\", span = \"1h\" }}\n"
    )
}

/// The rule with this condition.
pub(crate) fn rule(when: &str) -> Rule {
    let book = RuleBook::read(&file_with(when)).unwrap_or_else(|wrong| panic!("{when}: {wrong:?}"));
    book.rules()[0].clone()
}

pub(crate) const WALLETS: Count = Count::of(&[Step::ConsentReturned], By::BankAccount, Span::days(30))
    .distinct(By::Customer)
    .rows(ROWS_MAX);
pub(crate) const FAILS: Count =
    Count::of(&[Step::SignIn], By::Device, Span::hours(1)).refused().rows(ROWS_MAX);

/// What was counted.
pub(crate) fn evidence(wallets: u64, fails: u64) -> Evidence {
    Evidence::new([(WALLETS, wallets), (FAILS, fails)])
}

/// Subjects at a bank.
pub(crate) fn at_bank(bank: &str) -> Subjects {
    Subjects {
        bank: BankCode::parse(bank).ok(),
        address: Some("203.0.113.7".to_owned()),
        ..Subjects::default()
    }
}

/// A return from a bank, at noon in Japan.
pub(crate) fn asked(subjects: &Subjects) -> Asked<'_> {
    Asked {
        step: Step::ConsentReturned,
        subjects,
        way: Way::Over { method: Some("account_pin"), is_young: true },
        now: Time::from_millis(1_598_929_200_000),
    }
}
