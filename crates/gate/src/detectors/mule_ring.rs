//! A ring of mules: several wallets on one device pay the same payee.

use crate::{By, Count, Detector, Step};
use terms::{Span, Yen};

const PAYERS: Count = Count::of(&[Step::Transfer], By::Payee, Span::days(7))
    .taken()
    .same(By::Device)
    .distinct(By::Customer)
    .rows(200)
    .from(Yen::of(5_000));

/// The detector. Two or three of a family pay the same teacher from one tablet.
pub(super) const DETECTOR: Detector = Detector {
    code: "mule_ring",
    steps: &[Step::Transfer],
    counts: &[PAYERS],
    judge: |evidence| match evidence.of(&PAYERS) {
        0..3 => 0,
        3..5 => 30,
        _ => 60,
    },
    says: (
        "一つの端末の複数のウォレットから、同じ相手に送金されています。",
        "Several wallets on one device pay the same payee.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(&super::DETECTOR, &[(&[0], 0), (&[2], 0), (&[3], 30), (&[5], 60)]);
    }
}
