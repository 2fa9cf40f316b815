//! One device, many wallets: how a mule worked twenty of them in 2020.

use crate::{By, Count, Detector, Step};
use terms::Span;

const WALLETS: Count = Count::of(&[Step::Opening, Step::SignIn], By::Device, Span::days(30))
    .taken()
    .distinct(By::Customer)
    .rows(500);

/// The detector. A family of four on one tablet is nothing; a few more are a hint beside others.
pub(super) const DETECTOR: Detector = Detector {
    code: "wallets_on_one_device",
    steps: &[Step::ConsentBegun, Step::TopUp],
    counts: &[WALLETS],
    judge: |evidence| match evidence.of(&WALLETS) {
        0..5 => 0,
        5..8 => 20,
        8..15 => 60,
        _ => 100,
    },
    says: ("この端末で多くのウォレットが使われています。", "Many wallets are used on this device."),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        let family_of_four = (&[4u64] as &[u64], 0);
        crate::detectors::check(
            &super::DETECTOR,
            &[(&[0], 0), (&[1], 0), family_of_four, (&[5], 20), (&[8], 60), (&[20], 100)],
        );
    }
}
