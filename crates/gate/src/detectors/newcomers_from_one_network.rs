//! Newcomers from one network: a new wallet, and many others were opened from where it is used. An IPv6 suffix that
//! changes with each wallet does not help: /64 and /48 are counted.

use crate::{By, Count, Detector, Step, detectors::day};
use terms::Span;

const OPENED: Count = Count::of(&[Step::Opening], By::Customer, Span::days(400)).taken().since_last();
const AT_ADDRESS: Count = Count::of(&[Step::Opening], By::Address, Span::hours(24)).taken().rows(100);
const IN_NETWORK: Count = Count::of(&[Step::Opening], By::Network, Span::hours(24)).taken().rows(300);

/// The detector: a hint beside others, for many honest people share a carrier's or a school's addresses.
pub(super) const DETECTOR: Detector = Detector {
    code: "newcomers_from_one_network",
    steps: &[Step::ConsentBegun, Step::TopUp],
    counts: &[OPENED, AT_ADDRESS, IN_NETWORK],
    judge: |evidence| {
        if day(evidence.of(&OPENED)) >= 7 {
            return 0;
        }
        match (evidence.of(&AT_ADDRESS), evidence.of(&IN_NETWORK)) {
            (30.., _) | (_, 300..) => 20,
            (10.., _) | (_, 100..) => 10,
            _ => 0,
        }
    },
    says: (
        "同じ回線から、多くのウォレットが開設されています。",
        "Many wallets were opened from the network of this new one.",
    ),
};

#[cfg(test)]
mod tests {
    use crate::NEVER;

    #[test]
    fn judges() {
        const DAY: u64 = 86_400_000;
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 1, 1], 0),
                // An office, where some are new.
                (&[DAY, 9, 99], 0),
                (&[DAY, 10, 0], 10),
                (&[DAY, 0, 100], 10),
                (&[DAY, 30, 30], 20),
                (&[DAY, 1, 300], 20),
                (&[7 * DAY, 100, 300], 0),
                (&[NEVER, 100, 300], 0),
            ],
        );
    }
}
