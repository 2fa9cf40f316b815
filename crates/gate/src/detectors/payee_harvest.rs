//! Payees are looked up to harvest names.

use crate::{By, Count, Detector, Step};
use terms::Span;

const LOOKED_UP: Count = Count::of(&[Step::PayeeLookup], By::Customer, Span::hours(24)).rows(100);
const NOT_SENT: Count = Count::of(&[Step::Transfer], By::Customer, Span::hours(24)).refused().rows(100);

/// The detector. A transfer to a handle that is refused tells something about the handle, so it counts too.
pub(super) const DETECTOR: Detector = Detector {
    code: "payee_harvest",
    steps: &[Step::PayeeLookup, Step::Transfer],
    counts: &[LOOKED_UP, NOT_SENT],
    judge: |evidence| {
        if evidence.of(&LOOKED_UP).saturating_add(evidence.of(&NOT_SENT)) >= 100 { 100 } else { 0 }
    },
    says: ("送金先の照会が多すぎます。", "Too many payees were looked up."),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[(&[0, 0], 0), (&[99, 0], 0), (&[100, 0], 100), (&[50, 50], 100), (&[u64::MAX, 1], 100)],
        );
    }
}
