//! Sign-ups from one network: more wallets in a day than any network of honest people opens.

use crate::{By, Count, Detector, Step};
use terms::Span;

const OPENED: Count = Count::of(&[Step::Opening], By::Network, Span::hours(24)).taken().rows(2_000);
const BEGUN: Count = Count::of(&[Step::SignUp], By::Network, Span::hours(1)).taken().rows(2_000);

/// The detector. A /24 or /48 of a mobile carrier has hundreds of newcomers on the day of a campaign.
pub(super) const DETECTOR: Detector = Detector {
    code: "sign_ups_from_one_network",
    steps: &[Step::SignUp, Step::Opening],
    counts: &[OPENED, BEGUN],
    judge: |evidence| if evidence.of(&OPENED) >= 2_000 || evidence.of(&BEGUN) >= 2_000 { 60 } else { 0 },
    says: ("この回線からの新規登録が多すぎます。", "Too many wallets were opened from this network."),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        crate::detectors::check(
            &super::DETECTOR,
            &[(&[0, 0], 0), (&[1_999, 1_999], 0), (&[2_000, 0], 60), (&[0, 2_000], 60)],
        );
    }
}
