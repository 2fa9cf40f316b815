//! One device or network opens many wallets, or has many codes sent out.

use crate::{By, Count, Detector, Step};
use terms::Span;

const OPENED_BY_DEVICE: Count = Count {
    step: Step::Opening,
    refused: Some(false),
    by: By::Device,
    distinct: None,
    span: Span::hours(24),
};
const OPENED_BY_ADDRESS: Count = Count {
    step: Step::Opening,
    refused: Some(false),
    by: By::Address,
    distinct: None,
    span: Span::hours(1),
};
const BEGUN_BY_DEVICE: Count =
    Count { step: Step::SignUp, refused: Some(false), by: By::Device, distinct: None, span: Span::hours(24) };
const BEGUN_BY_ADDRESS: Count =
    Count { step: Step::SignUp, refused: Some(false), by: By::Address, distinct: None, span: Span::hours(1) };

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
