//! Codes are guessed: many wrong codes from one device or network.

use crate::{By, Count, Detector, Step};
use terms::Span;

const DEVICE: Count = Count::of(&[Step::Code], By::Device, Span::hours(1)).refused();
const ADDRESS: Count = Count::of(&[Step::Code], By::Address, Span::hours(1)).refused();

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "code_guessing",
    steps: &[Step::Code],
    counts: &[DEVICE, ADDRESS],
    judge: |evidence| if evidence.of(&DEVICE) >= 10 || evidence.of(&ADDRESS) >= 100 { 100 } else { 0 },
    says: (
        "この端末または回線から、誤った確認コードが続けて入力されました。",
        "Wrong codes were entered again and again from this device or network.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[(&[0, 0], 0), (&[9, 99], 0), (&[10, 0], 100), (&[0, 100], 100)],
        );
    }
}
