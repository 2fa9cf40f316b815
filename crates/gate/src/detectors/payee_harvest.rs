//! Payees are looked up to harvest names.

use crate::{By, Count, Detector, Step};
use terms::Span;

const CUSTOMER: Count =
    Count { step: Step::PayeeLookup, refused: None, by: By::Customer, distinct: None, span: Span::hours(24) };

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "payee_harvest",
    steps: &[Step::PayeeLookup],
    counts: &[CUSTOMER],
    judge: |evidence| if evidence.of(&CUSTOMER) >= 100 { 100 } else { 0 },
    says: ("送金先の照会が多すぎます。", "Too many payees were looked up."),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(&super::DETECTOR, &[(&[0], 0), (&[99], 0), (&[100], 100)]);
    }
}
