//! One device, many holders: accounts under many names are reached for from one device.

use crate::{By, Count, Detector, Step};
use terms::Span;

const HOLDERS: Count =
    Count::of(&[Step::ConsentReturned], By::Device, Span::days(30)).distinct(By::Holder).rows(500);

/// The detector. A family of four shares a tablet; five names within a month are looked at.
pub(super) const DETECTOR: Detector = Detector {
    code: "holders_on_one_device",
    steps: &[Step::ConsentBegun, Step::ConsentReturned],
    counts: &[HOLDERS],
    judge: |evidence| match evidence.of(&HOLDERS) {
        0..5 => 0,
        5..8 => 60,
        _ => 100,
    },
    says: (
        "この端末から、多くの異なる名義の口座が登録されようとしました。",
        "Bank accounts under many different names were reached for from this device.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        let family_of_four = (&[4u64] as &[u64], 0);
        crate::detectors::check(
            &super::DETECTOR,
            &[(&[0], 0), (&[1], 0), family_of_four, (&[5], 60), (&[7], 60), (&[8], 100)],
        );
    }
}
