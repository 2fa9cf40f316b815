//! A device that is another one each time: one customer comes with many devices within the hour.

use crate::{By, Count, Detector, Step};
use terms::{Span, Yen};

const DEVICES: Count = Count::of(&[Step::SignIn, Step::ConsentBegun], By::Customer, Span::hours(1))
    .taken()
    .distinct(By::Device)
    .rows(100)
    .from(Yen::of(10_000));

/// The detector. A phone, a tablet and a computer are three; only what was taken counts, so nobody can make a stranger
/// look like this.
pub(super) const DETECTOR: Detector = Detector {
    code: "device_changes",
    steps: &[Step::ConsentBegun, Step::TopUp, Step::Transfer, Step::Payout],
    counts: &[DEVICES],
    judge: |evidence| match evidence.of(&DEVICES) {
        0..4 => 0,
        4..8 => 30,
        _ => 60,
    },
    says: (
        "短い時間に端末が何度も変わっています。",
        "The device changed again and again within a short time.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(&super::DETECTOR, &[(&[0], 0), (&[1], 0), (&[3], 0), (&[4], 30), (&[8], 60)]);
    }
}
