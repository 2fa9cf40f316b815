//! One pays many: within a day money goes to many payees, none of whom this one is known from before.

use crate::{By, Count, Detector, Step};
use terms::{Span, Yen};

const PAYEES: Count = Count::of(&[Step::Transfer], By::Customer, Span::hours(24))
    .taken()
    .distinct(By::Payee)
    .rows(200)
    .from(Yen::of(10_000));
const PAID_BEFORE: Count = Count::of(&[Step::Transfer], By::Customer, Span::days(90))
    .taken()
    .same(By::Payee)
    .before(Span::hours(24))
    .rows(200)
    .from(Yen::of(10_000));

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "fan_out",
    steps: &[Step::Transfer],
    counts: &[PAYEES, PAID_BEFORE],
    judge: |evidence| match (evidence.of(&PAID_BEFORE), evidence.of(&PAYEES)) {
        (0, 30..) => 60,
        (0, 10..) => 30,
        _ => 0,
    },
    says: (
        "一日のうちに、初めての送金先へ次々と送金しようとしています。",
        "Within a day money goes to many payees who were never paid before.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 0], 0),
                (&[9, 0], 0),
                (&[10, 0], 30),
                (&[30, 0], 60),
                // Wages, as each month.
                (&[40, 1], 0),
            ],
        );
    }
}
