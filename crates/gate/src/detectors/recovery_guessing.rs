//! Recovery codes are guessed: wrong ones again and again from one device or network, or for one customer.

use crate::{By, Count, Detector, Step};
use terms::Span;

const DEVICE: Count = Count::of(&[Step::Recovery], By::Device, Span::hours(24)).refused();
const ADDRESS: Count = Count::of(&[Step::Recovery], By::Address, Span::hours(1)).refused();
const CUSTOMER: Count = Count::of(&[Step::Recovery], By::Customer, Span::hours(24)).refused();

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
        let flood = || Evidence::new(needs(Step::Recovery).iter().map(|count| (*count, 9_999)));
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
