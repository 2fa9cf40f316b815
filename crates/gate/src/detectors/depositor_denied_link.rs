//! A depositor told the bank of a link of this wallet: not mine. Nothing leaves the wallet until two people have looked
//! and lifted the link's suspension.

use crate::{By, Count, Detector, NEVER, Step};
use terms::Span;

const DENIED: Count = Count::of(&[Step::LinkDenied], By::Customer, Span::days(90)).taken().since_last();
const LIFTED: Count = Count::of(&[Step::LinkLifted], By::Customer, Span::days(90)).taken().since_last();

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "depositor_denied_link",
    steps: &[
        Step::ConsentBegun,
        Step::ConsentReturned,
        Step::TopUp,
        Step::Transfer,
        Step::QrPayment,
        Step::Payout,
        Step::Closing,
    ],
    counts: &[DENIED, LIFTED],
    judge: |evidence| match (evidence.of(&DENIED), evidence.of(&LIFTED)) {
        (NEVER, _) => 0,
        (denied, lifted) if lifted < denied => 0,
        _ => 60,
    },
    says: (
        "預金者が、このウォレットへの口座登録に覚えがないと銀行に申し出ました。",
        "A depositor told the bank of a link to this wallet: not mine.",
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[NEVER, NEVER], 0),
                (&[1, NEVER], 60),
                (&[500, 100], 0),
                (&[100, 500], 60),
                (&[100, 100], 60),
            ],
        );
    }
}
