//! The bank sent signals: wrong tries at its check, of this customer or at this bank account.

use crate::{By, Count, Detector, Step};
use terms::Span;

const ACCOUNTS: Count =
    Count::of(&[Step::BankSignal], By::Customer, Span::hours(24)).distinct(By::BankAccount);
const TRIES: Count = Count::of(&[Step::BankSignal], By::Customer, Span::hours(24));
const AT_ACCOUNT: Count = Count::of(&[Step::BankSignal], By::BankAccount, Span::days(7));

/// The detector. A PIN mistyped three times is nothing; nor is one typing error at each of three banks.
pub(super) const DETECTOR: Detector = Detector {
    code: "bank_sent_signal",
    steps: &[Step::ConsentBegun, Step::TopUp],
    counts: &[ACCOUNTS, TRIES, AT_ACCOUNT],
    judge: |evidence| match (evidence.of(&ACCOUNTS), evidence.of(&TRIES), evidence.of(&AT_ACCOUNT)) {
        (6.., _, _) | (_, 10.., _) => 60,
        (4.., _, _) | (_, 5.., _) | (_, _, 5..) => 30,
        _ => 0,
    },
    says: (
        "銀行から、本人確認の失敗などの知らせが続いています。",
        "The bank told again and again of failed checks of this customer or at this bank account.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 0, 0], 0),
                (&[1, 3, 3], 0),
                (&[3, 4, 4], 0),
                (&[4, 4, 1], 30),
                (&[1, 5, 5], 30),
                (&[0, 0, 60], 30),
                (&[6, 6, 1], 60),
                (&[1, 10, 10], 60),
            ],
        );
    }
}
