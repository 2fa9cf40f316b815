//! The means of signing in changed, then much money leaves.

use crate::{By, Count, Detector, Step};
use terms::{Span, Yen};

const LEAST: Yen = Yen::of(30_000);
const RECOVERED: Count =
    Count::of(&[Step::Recovery], By::Customer, Span::hours(72)).taken().since_last().from(LEAST);
const CANCELLED: Count =
    Count::of(&[Step::RecoveryCancel], By::Customer, Span::hours(72)).taken().since_last().from(LEAST);
const CHANGED: Count =
    Count::of(&[Step::AuthenticatorChange], By::Customer, Span::hours(24)).taken().since_last().from(LEAST);

/// The detector. Who cancelled a recovery is the owner; below ¥30,000 nothing is said.
pub(super) const DETECTOR: Detector = Detector {
    code: "changed_then_out",
    steps: &[Step::Transfer, Step::Payout, Step::Closing],
    counts: &[RECOVERED, CANCELLED, CHANGED],
    judge: |evidence| {
        let recovered = evidence.of(&RECOVERED);
        if recovered < crate::NEVER && recovered < evidence.of(&CANCELLED) {
            60
        } else if evidence.of(&CHANGED) < crate::NEVER {
            30
        } else {
            0
        }
    },
    says: (
        "サインインの手段が変わった直後に、多額の送金または出金をしようとしています。",
        "Much money leaves just after the means of signing in changed.",
    ),
};

#[cfg(test)]
mod tests {
    use crate::NEVER;

    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[NEVER, NEVER, NEVER], 0),
                (&[NEVER, NEVER, 5_000], 30),
                (&[5_000, NEVER, NEVER], 60),
                (&[5_000, 1_000, NEVER], 0),
                (&[5_000, 9_000, 9_000], 60),
            ],
        );
    }
}
