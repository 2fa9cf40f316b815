//! One bank account is reached for again and again, by whomever and from wherever.

use crate::{By, Count, Detector, Step};
use terms::Span;

const REFUSED_TODAY: Count = Count::of(&[Step::ConsentReturned], By::BankAccount, Span::hours(24)).refused();
const REFUSED: Count = Count::of(&[Step::ConsentReturned], By::BankAccount, Span::days(30)).refused();
const WRONG_AT_BANK: Count = Count::of(&[Step::BankSignal], By::BankAccount, Span::hours(24));

/// The detector: three tries in a day, five in a month.
pub(super) const DETECTOR: Detector = Detector {
    code: "bank_account_guessing",
    steps: &[Step::ConsentReturned],
    counts: &[REFUSED_TODAY, REFUSED, WRONG_AT_BANK],
    judge: |evidence| match (evidence.of(&REFUSED_TODAY), evidence.of(&REFUSED), evidence.of(&WRONG_AT_BANK))
    {
        (_, 5.., _) => 100,
        (3.., _, _) | (_, _, 5..) => 60,
        _ => 0,
    },
    says: ("この口座の登録が何度も失敗しています。", "Links of this bank account failed again and again."),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 0, 0], 0),
                // A PIN mistyped three times, then the wrong name once.
                (&[1, 1, 3], 0),
                (&[2, 4, 4], 0),
                (&[3, 3, 0], 60),
                (&[0, 5, 0], 100),
                (&[0, 0, 5], 60),
            ],
        );
    }
}
