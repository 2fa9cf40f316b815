//! Linking is tried again and again: by one customer, one device or one network.

use crate::{By, Count, Detector, Step};
use terms::Span;

const CUSTOMER: Count = Count::of(&[Step::ConsentReturned], By::Customer, Span::hours(24)).refused();
const DEVICE: Count = Count::of(&[Step::ConsentReturned], By::Device, Span::hours(24)).refused();
const ADDRESS: Count = Count::of(&[Step::ConsentReturned], By::Address, Span::hours(1)).refused();

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "link_guessing",
    steps: &[Step::ConsentBegun, Step::ConsentReturned],
    counts: &[CUSTOMER, DEVICE, ADDRESS],
    judge: |evidence| {
        let guessing =
            evidence.of(&CUSTOMER) >= 5 || evidence.of(&DEVICE) >= 5 || evidence.of(&ADDRESS) >= 50;
        if guessing { 100 } else { 0 }
    },
    says: ("口座の登録に続けて失敗しています。", "Linking a bank account failed again and again."),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[(&[0, 0, 0], 0), (&[4, 4, 49], 0), (&[5, 0, 0], 100), (&[0, 5, 0], 100), (&[0, 0, 50], 100)],
        );
    }
}
