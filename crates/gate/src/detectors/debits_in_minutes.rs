//! Four debits within two minutes: how a victim's account was emptied in 2020.

use crate::{By, Count, Detector, Step};
use terms::Span;

const TOP_UPS: Count = Count::of(&[Step::TopUp], By::Customer, Span::minutes(2)).taken().rows(10);

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "debits_in_minutes",
    steps: &[Step::TopUp],
    counts: &[TOP_UPS],
    judge: |evidence| match evidence.of(&TOP_UPS) {
        0..3 => 0,
        _ => 100,
    },
    says: ("2分間にチャージが3回を超えました。", "More than three top-ups within two minutes."),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(&super::DETECTOR, &[(&[0], 0), (&[2], 0), (&[3], 100)]);
    }
}
