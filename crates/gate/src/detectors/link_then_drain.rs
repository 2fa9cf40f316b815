//! Link, then drain: minutes after a bank account was linked it is charged as far as it goes.

use crate::{By, Count, Detector, Step, detectors::day};
use terms::Span;

const LINKED: Count =
    Count::of(&[Step::ConsentReturned], By::BankAccount, Span::days(30)).taken().since_last();
const DRAINED: Count = Count::of(&[Step::TopUp], By::BankAccount, Span::hours(24)).taken().yen().rows(100);
const MINUTES: u64 = 10 * 60_000;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "link_then_drain",
    steps: &[Step::TopUp],
    counts: &[LINKED, DRAINED],
    judge: |evidence| {
        let today = evidence.of(&DRAINED).saturating_add(evidence.amount());
        match (evidence.of(&LINKED), today) {
            (age, 200_000..) if day(age) == 0 => 60,
            (age, 100_000..) if day(age) == 0 => 30,
            (age, 300_000..) if day(age) < 7 => 30,
            (0..MINUTES, 50_001..) => 10,
            _ => 0,
        }
    },
    says: (
        "登録したばかりの口座から多額のチャージをしようとしています。",
        "Much money is taken from a bank account that was linked just now.",
    ),
};

#[cfg(test)]
mod tests {
    use crate::NEVER;

    #[test]
    fn judges() {
        const MINUTE: u64 = 60_000;
        const DAY: u64 = 24 * 60 * MINUTE;
        crate::detectors::check_moving(
            &super::DETECTOR,
            &[
                // A newcomer's first charge.
                (30_000, &[MINUTE, 0], 0),
                (50_000, &[MINUTE, 0], 0),
                (50_001, &[MINUTE, 0], 10),
                (50_001, &[11 * MINUTE, 0], 0),
                // 2020: 100,000 + 90,000 + 90,000 + 20,000 yen within two minutes.
                (100_000, &[MINUTE, 0], 30),
                (90_000, &[MINUTE, 100_000], 30),
                (90_000, &[MINUTE, 190_000], 60),
                (100_000, &[DAY, 0], 0),
                (300_000, &[DAY, 0], 30),
                (300_000, &[7 * DAY, 0], 0),
                (300_000, &[NEVER, 0], 0),
            ],
        );
    }
}
