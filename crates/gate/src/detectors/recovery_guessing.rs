//! Recovery codes are guessed: wrong ones again and again from one device or network.

use crate::{By, Count, Detector, Step};
use terms::Span;

const DEVICE: Count = Count {
    step: Step::Recovery,
    refused: Some(true),
    by: By::Device,
    distinct: None,
    span: Span::hours(24),
};
const ADDRESS: Count = Count {
    step: Step::Recovery,
    refused: Some(true),
    by: By::Address,
    distinct: None,
    span: Span::hours(1),
};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "recovery_guessing",
    steps: &[Step::Recovery],
    counts: &[DEVICE, ADDRESS],
    judge: |evidence| if evidence.of(&DEVICE) >= 20 || evidence.of(&ADDRESS) >= 100 { 100 } else { 0 },
    says: (
        "この端末または回線から、誤ったリカバリーコードが続けて入力されました。",
        "Wrong recovery codes were entered again and again from this device or network.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[(&[0, 0], 0), (&[19, 99], 0), (&[20, 0], 100), (&[0, 100], 100)],
        );
    }
}
