//! In and straight out: what came within the hour is sent on or paid out at once, most of it.

use crate::{By, Count, Detector, Step};
use terms::{Span, Yen};

const fn within_the_hour(steps: &'static [Step], by: By) -> Count {
    Count::of(steps, by, Span::hours(1)).taken().yen().rows(200).from(Yen::of(10_000))
}

const CHARGED: Count = within_the_hour(&[Step::TopUp], By::Customer);
const RECEIVED: Count = within_the_hour(&[Step::Transfer], By::AsPayee);
const ACCEPTED: Count = within_the_hour(&[Step::Acceptance], By::Customer);
const SENT: Count = within_the_hour(&[Step::Transfer, Step::Payout, Step::Closing], By::Customer);

/// The detector. Honest people do it too (the rent, half of it the flatmate's), so a fresh signature is enough.
pub(super) const DETECTOR: Detector = Detector {
    code: "in_and_straight_out",
    steps: &[Step::Transfer, Step::Payout, Step::Closing],
    counts: &[CHARGED, RECEIVED, ACCEPTED, SENT],
    judge: |evidence| {
        let came = [CHARGED, RECEIVED, ACCEPTED].iter().map(|count| evidence.of(count));
        let came = came.fold(0, u64::saturating_add);
        let goes = evidence.of(&SENT).saturating_add(evidence.amount());
        let most = goes.saturating_mul(10) >= came.saturating_mul(7);
        if came >= 30_000 && goes >= 30_000 && most { 30 } else { 0 }
    },
    says: (
        "入金された金額のほとんどが、1時間以内に送金または出金されようとしています。",
        "Most of what came in within the hour is sent on or paid out.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check_moving(
            &super::DETECTOR,
            &[
                (100_000, &[0, 0, 0, 0], 0),
                // A dinner is shared: small money comes and goes.
                (12_000, &[0, 18_000, 0, 0], 0),
                (20_000, &[0, 100_000, 0, 0], 0),
                (70_000, &[100_000, 0, 0, 0], 30),
                (70_000, &[0, 100_000, 0, 0], 30),
                (70_000, &[0, 0, 100_000, 0], 30),
                (69_999, &[50_000, 50_000, 0, 0], 0),
                (10_000, &[0, 100_000, 0, 60_000], 30),
                (1_000_000, &[u64::MAX, u64::MAX, 0, 0], 0),
            ],
        );
    }
}
