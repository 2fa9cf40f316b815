//! A depositor told the bank of a link of this wallet: not mine. Nothing leaves the wallet until a person has looked.

use crate::{By, Count, Detector, Step};
use terms::Span;

const DENIED: Count = Count::of(&[Step::LinkDenied], By::Customer, Span::days(90)).rows(1);

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
    counts: &[DENIED],
    judge: |evidence| if evidence.of(&DENIED) > 0 { 60 } else { 0 },
    says: (
        "預金者が、このウォレットへの口座登録に覚えがないと銀行に申し出ました。",
        "A depositor told the bank of a link to this wallet: not mine.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(&super::DETECTOR, &[(&[0], 0), (&[1], 60)]);
    }
}
