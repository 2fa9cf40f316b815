//! An old sleeper awakes: a wallet that nobody used for half a year links a bank account or moves much money.

use crate::{By, Count, Detector, Step};
use terms::{Span, Yen};

const LEAST: Yen = Yen::of(30_000);
const ASLEEP: Span = Span::days(180);
const USED: Count = Count::of(
    &[Step::Opening, Step::SignIn, Step::TopUp, Step::Transfer, Step::QrPayment, Step::Payout],
    By::Customer,
    ASLEEP,
)
.taken()
.before(Span::days(7))
.rows(1)
.from(LEAST);
const KNOWN: Count = Count::of(&[Step::Opening, Step::SignIn], By::Customer, Span::days(400))
    .taken()
    .before(ASLEEP)
    .rows(1)
    .from(LEAST);

/// The detector. Who comes back after a holiday of half a year signs once more.
pub(super) const DETECTOR: Detector = Detector {
    code: "sleeper_awake",
    steps: &[Step::ConsentBegun, Step::TopUp, Step::Transfer, Step::Payout, Step::Closing],
    counts: &[USED, KNOWN],
    judge: |evidence| if evidence.of(&USED) == 0 && evidence.of(&KNOWN) > 0 { 30 } else { 0 },
    says: (
        "長い間使われていなかったウォレットが動き始めました。",
        "A wallet that nobody used for a long time is in use again.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            // New, in use, awake after a long sleep, used all the time.
            &[(&[0, 0], 0), (&[1, 0], 0), (&[0, 1], 30), (&[1, 1], 0)],
        );
    }
}
