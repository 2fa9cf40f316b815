//! A fresh wallet is charged with much money: wallets opened for one theft are hours old.

use crate::{By, Count, Detector, Step, detectors::day};
use terms::Span;

const OPENED: Count = Count::of(&[Step::Opening], By::Customer, Span::days(400)).taken().since_last();
const CHARGED: Count = Count::of(&[Step::TopUp], By::Customer, Span::hours(24)).taken().yen().rows(100);

/// The detector. A newcomer's first charges of together ¥50,000 at most are nothing; of a wallet that is older than
/// its opening is remembered nothing is said either.
pub(super) const DETECTOR: Detector = Detector {
    code: "fresh_wallet_large_top_up",
    steps: &[Step::TopUp],
    counts: &[OPENED, CHARGED],
    judge: |evidence| {
        let today = evidence.of(&CHARGED).saturating_add(evidence.amount());
        match (day(evidence.of(&OPENED)), today) {
            (0, 200_000..) => 60,
            (0, 100_000..) | (1..7, 300_000..) => 30,
            (0, 50_001..) => 20,
            _ => 0,
        }
    },
    says: (
        "開設したばかりのウォレットに多額のチャージをしようとしています。",
        "A wallet that was opened just now is charged with much money.",
    ),
};

#[cfg(test)]
mod tests {
    use crate::NEVER;

    #[test]
    fn judges() {
        const HOUR: u64 = 3_600_000;
        crate::detectors::check_moving(
            &super::DETECTOR,
            &[
                // A newcomer's first day.
                (30_000, &[60_000, 0], 0),
                (19_999, &[HOUR, 30_000], 0),
                (50_000, &[HOUR, 0], 0),
                (50_001, &[HOUR, 0], 20),
                (20_001, &[23 * HOUR, 30_000], 20),
                (50_000, &[HOUR, 50_000], 30),
                (100_000, &[HOUR, 100_000], 60),
                (100_000, &[24 * HOUR, 0], 0),
                (300_000, &[24 * HOUR, 0], 30),
                (300_000, &[7 * 24 * HOUR, 0], 0),
                (300_000, &[NEVER, 0], 0),
            ],
        );
    }
}
