//! Many in, one out: money of many payers gathers in one wallet and leaves it.

use crate::{By, Count, Detector, Step, detectors::day};
use terms::{Span, Yen};

const fn today(steps: &'static [Step], by: By) -> Count {
    Count::of(steps, by, Span::hours(24)).taken().rows(200).from(Yen::of(10_000))
}

const PAYERS: Count = today(&[Step::Transfer], By::AsPayee).distinct(By::Customer);
const RECEIVED: Count = today(&[Step::Transfer], By::AsPayee).yen();
const OFFERS: Count = today(&[Step::Acceptance], By::Customer);
const ACCEPTED: Count = today(&[Step::Acceptance], By::Customer).yen();
const SENT: Count = today(&[Step::Transfer, Step::Payout, Step::Closing], By::Customer).yen();
const OPENED: Count =
    Count::of(&[Step::Opening], By::Customer, Span::days(400)).taken().since_last().from(Yen::of(10_000));

/// The detector. A club's treasurer collects fees and pays the hall: only a hint where the wallet is not new.
pub(super) const DETECTOR: Detector = Detector {
    code: "many_in_one_out",
    steps: &[Step::Transfer, Step::Payout, Step::Closing],
    counts: &[PAYERS, RECEIVED, OFFERS, ACCEPTED, SENT, OPENED],
    judge: |evidence| {
        let payers = evidence.of(&PAYERS).saturating_add(evidence.of(&OFFERS));
        let came = evidence.of(&RECEIVED).saturating_add(evidence.of(&ACCEPTED));
        let goes = evidence.of(&SENT).saturating_add(evidence.amount());
        if payers < 8 || goes < 50_000 || goes < came / 2 {
            return 0;
        }
        match day(evidence.of(&OPENED)) {
            0..30 => 60,
            _ => 20,
        }
    },
    says: (
        "多くの人から受け取ったお金が、まとめて送金または出金されようとしています。",
        "Money of many payers gathered in this wallet, and leaves it at once.",
    ),
};

#[cfg(test)]
mod tests {
    use crate::NEVER;

    #[test]
    fn judges() {
        const DAY: u64 = 86_400_000;
        crate::detectors::check_moving(
            &super::DETECTOR,
            &[
                // Seven friends share a trip.
                (70_000, &[7, 70_000, 0, 0, 0, DAY], 0),
                // A treasurer's wallet of last year.
                (100_000, &[20, 100_000, 0, 0, 0, NEVER], 20),
                (100_000, &[20, 100_000, 0, 0, 0, 30 * DAY], 20),
                (100_000, &[20, 100_000, 0, 0, 0, DAY], 60),
                (50_000, &[4, 50_000, 4, 50_000, 0, DAY], 60),
                (49_999, &[8, 60_000, 0, 0, 0, DAY], 0),
                (10_000, &[8, 60_000, 0, 0, 40_000, DAY], 60),
                (50_000, &[8, 200_000, 0, 0, 0, DAY], 0),
            ],
        );
    }
}
