//! Several wallets reach for one bank account.

use crate::{By, Count, Detector, Step};
use terms::Span;

const WALLETS: Count =
    Count::of(&[Step::ConsentReturned], By::BankAccount, Span::days(30)).distinct(By::Customer);

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "wallets_for_one_bank_account",
    steps: &[Step::ConsentReturned],
    counts: &[WALLETS],
    judge: |evidence| match evidence.of(&WALLETS) {
        0..2 => 0,
        _ => 100,
    },
    says: (
        "複数のウォレットが同じ口座を登録しようとしています。",
        "Several wallets reach for the same bank account.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(&super::DETECTOR, &[(&[0], 0), (&[1], 0), (&[2], 100)]);
    }
}
