//! Sign-ins fail again and again: on one device, from one network, or for one customer. Whoever floods a customer
//! with them does not shut out that customer's own devices.

use crate::{By, Count, Detector, Step};
use terms::Span;

const fn failed(by: By) -> Count {
    Count::of(&[Step::SignIn], by, Span::hours(1)).refused()
}

const DEVICE: Count = failed(By::Device);
const ADDRESS: Count = failed(By::Address);
const CUSTOMER: Count = failed(By::Customer);

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "sign_in_guessing",
    steps: &[Step::SignIn],
    counts: &[DEVICE, ADDRESS, CUSTOMER],
    judge: |evidence| {
        let many = evidence.of(&DEVICE) >= 20 || evidence.of(&ADDRESS) >= 100 || evidence.of(&CUSTOMER) >= 50;
        if many && !evidence.is_on_known_device() { 100 } else { 0 }
    },
    says: (
        "サインインの失敗が続いています。いつもの端末からはサインインできます。",
        "Sign-ins failed again and again. Devices that were used before still get in.",
    ),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Evidence, Ruling, judge};

    #[test]
    fn judges() {
        crate::detectors::check(
            &DETECTOR,
            &[
                (&[0, 0, 0], 0),
                (&[19, 99, 49], 0),
                (&[20, 0, 0], 100),
                (&[0, 100, 0], 100),
                (&[0, 0, 50], 100),
                (&[9_999, 9_999, 9_999], 100),
            ],
        );
    }

    #[test]
    fn no_flood_shuts_out_a_known_device() {
        let flood = || Evidence::new(crate::needs(Step::SignIn).iter().map(|count| (*count, 9_999)));
        assert_eq!(judge(Step::SignIn, &flood()).ruling(), Ruling::Deny);
        assert_eq!(judge(Step::SignIn, &flood().on_known_device(true)).ruling(), Ruling::Allow);
    }
}
