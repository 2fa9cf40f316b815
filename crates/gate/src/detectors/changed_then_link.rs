//! The means of signing in changed, then a bank account is linked: how a taken-over wallet is used.

use crate::{By, Count, Detector, Step};
use terms::Span;

const RECOVERED: Count = Count::of(&[Step::Recovery], By::Customer, Span::hours(72)).taken().since_last();
const CANCELLED: Count =
    Count::of(&[Step::RecoveryCancel], By::Customer, Span::hours(72)).taken().since_last();
const CHANGED: Count =
    Count::of(&[Step::AuthenticatorChange], By::Customer, Span::hours(24)).taken().since_last();

/// The detector. Who cancelled a recovery is the owner.
pub(super) const DETECTOR: Detector = Detector {
    code: "changed_then_link",
    steps: &[Step::ConsentBegun],
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
        "サインインの手段が変わった直後に、口座を登録しようとしています。",
        "A bank account is linked just after the means of signing in changed.",
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
                (&[5_000, NEVER, 5_000], 60),
                // The owner cancelled what somebody else began.
                (&[5_000, 1_000, NEVER], 0),
                (&[5_000, 9_000, NEVER], 60),
            ],
        );
    }
}
