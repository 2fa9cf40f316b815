//! Payers who share devices: what a payee got came from many wallets, and few devices.

use crate::{By, Count, Detector, Step};
use terms::{Span, Yen};

const fn paid_me() -> Count {
    Count::of(&[Step::Transfer], By::AsPayee, Span::days(7)).taken().rows(200).from(Yen::of(10_000))
}

const PAYERS: Count = paid_me().distinct(By::Customer);
const DEVICES: Count = paid_me().distinct(By::Device);

/// The detector: at least five payers, and three or more to each device.
pub(super) const DETECTOR: Detector = Detector {
    code: "payers_share_devices",
    steps: &[Step::Transfer, Step::Payout, Step::Closing],
    counts: &[PAYERS, DEVICES],
    judge: |evidence| {
        let (payers, devices) = (evidence.of(&PAYERS), evidence.of(&DEVICES));
        // Where no device is known nothing can be said.
        if payers >= 5 && devices > 0 && devices.saturating_mul(3) <= payers { 60 } else { 0 }
    },
    says: (
        "少数の端末を共有する多くのウォレットから送金を受け取っています。",
        "This wallet was paid by many others that share few devices.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 0], 0),
                // A family of four on one tablet, and twenty friends.
                (&[4, 1], 0),
                (&[20, 18], 0),
                (&[5, 1], 60),
                (&[6, 2], 60),
                (&[6, 3], 0),
                (&[20, 0], 0),
            ],
        );
    }
}
