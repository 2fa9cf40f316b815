//! Recovery codes are guessed: wrong ones again and again from one device or network, or for one customer.

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

const CUSTOMER: Count = Count {
    step: Step::Recovery,
    refused: Some(true),
    by: By::Customer,
    distinct: None,
    span: Span::hours(24),
};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "recovery_guessing",
    steps: &[Step::Recovery],
    counts: &[DEVICE, ADDRESS, CUSTOMER],
    judge: |evidence| {
        let many = evidence.of(&DEVICE) >= 20 || evidence.of(&ADDRESS) >= 100 || evidence.of(&CUSTOMER) >= 20;
        // Only whoever shows a code that fits is known by the device, so nobody guesses on under its cover.
        if many && !evidence.is_on_known_device() { 100 } else { 0 }
    },
    says: (
        "この端末または回線から、誤ったリカバリーコードが続けて入力されました。",
        "Wrong recovery codes were entered again and again from this device or network.",
    ),
};

#[cfg(test)]
mod tests {
    use crate::{Evidence, Ruling, Step, judge, needs};

    #[test]
    fn no_flood_shuts_out_a_known_device() {
        let flood = || Evidence::new(needs(Step::Recovery).into_iter().map(|count| (count, 9_999)));
        assert_eq!(judge(Step::Recovery, &flood()).ruling(), Ruling::Deny);
        assert_eq!(judge(Step::Recovery, &flood().on_known_device(true)).ruling(), Ruling::Allow);
    }

    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 0, 0], 0),
                (&[19, 99, 19], 0),
                (&[20, 0, 0], 100),
                (&[0, 100, 0], 100),
                (&[0, 0, 20], 100),
            ],
        );
    }
}
