//! One device or network opens many wallets, or has many codes sent out.

use crate::{By, Count, Detector, Step};
use terms::Span;

const OPENED_BY_DEVICE: Count = Count::of(&[Step::Opening], By::Device, Span::hours(24)).taken();
const OPENED_BY_ADDRESS: Count = Count::of(&[Step::Opening], By::Address, Span::hours(1)).taken();
const BEGUN_BY_DEVICE: Count = Count::of(&[Step::SignUp], By::Device, Span::hours(24)).taken();
const BEGUN_BY_ADDRESS: Count = Count::of(&[Step::SignUp], By::Address, Span::hours(1)).taken().rows(2_000);

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "sign_up_flood",
    steps: &[Step::SignUp, Step::Opening],
    counts: &[OPENED_BY_DEVICE, OPENED_BY_ADDRESS, BEGUN_BY_DEVICE, BEGUN_BY_ADDRESS],
    judge: |evidence| {
        let opened = evidence.of(&OPENED_BY_DEVICE) >= 5 || evidence.of(&OPENED_BY_ADDRESS) >= 1_000;
        let begun = evidence.of(&BEGUN_BY_DEVICE) >= 20 || evidence.of(&BEGUN_BY_ADDRESS) >= 2_000;
        if opened || begun { 100 } else { 0 }
    },
    says: (
        "この端末または回線からの新規登録が多すぎます。",
        "Too many wallets were opened from this device or network.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 0, 0, 0], 0),
                (&[4, 999, 19, 1_999], 0),
                (&[5, 0, 0, 0], 100),
                (&[0, 1_000, 0, 0], 100),
                (&[0, 0, 20, 0], 100),
                (&[0, 0, 0, 2_000], 100),
            ],
        );
    }
}
