//! The means of signing in change again and again: passkeys and recovery codes come and go within a day.

use crate::{By, Count, Detector, Step};
use terms::Span;

const CHANGES: Count = Count::of(&[Step::AuthenticatorChange], By::Customer, Span::hours(24)).rows(100);
const TAKEN: Count = CHANGES.taken();
const REFUSED: Count = CHANGES.refused();

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "sign_in_changed_often",
    steps: &[Step::AuthenticatorChange],
    counts: &[TAKEN, REFUSED],
    judge: |evidence| if evidence.of(&TAKEN) >= 15 || evidence.of(&REFUSED) >= 40 { 60 } else { 0 },
    says: (
        "パスキーまたはリカバリーコードが一日のうちに何度も変更されました。",
        "Passkeys or recovery codes changed again and again within a day.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[(&[0, 0], 0), (&[14, 39], 0), (&[15, 0], 60), (&[0, 40], 60)],
        );
    }
}
