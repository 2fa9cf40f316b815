//! One device or network opens many wallets.

use crate::{By, Count, Detector, Step};
use terms::Span;

const DEVICE: Count =
    Count { step: Step::SignUp, refused: Some(false), by: By::Device, distinct: None, span: Span::hours(24) };
const ADDRESS: Count =
    Count { step: Step::SignUp, refused: Some(false), by: By::Address, distinct: None, span: Span::hours(1) };

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "sign_up_flood",
    steps: &[Step::SignUp],
    counts: &[DEVICE, ADDRESS],
    judge: |evidence| if evidence.of(&DEVICE) >= 5 || evidence.of(&ADDRESS) >= 1_000 { 100 } else { 0 },
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
            &[(&[0, 0], 0), (&[4, 999], 0), (&[5, 0], 100), (&[0, 1_000], 100)],
        );
    }
}
