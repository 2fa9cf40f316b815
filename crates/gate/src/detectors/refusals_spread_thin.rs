//! Refusals spread thin: each bank, wallet or bank account fails once or twice, and all of them from one place.

use crate::{By, Count, Detector, Step};
use terms::Span;

const fn refused(by: By, span: Span) -> Count {
    Count::of(&[Step::ConsentReturned], by, span).refused()
}

const fn tried(by: By, span: Span) -> Count {
    Count::of(&[Step::BankSignal], by, span).distinct(By::BankAccount)
}

const BANKS_OF_DEVICE: Count = refused(By::Device, Span::days(7)).distinct(By::Bank);
const WALLETS_OF_ADDRESS: Count = refused(By::Address, Span::hours(24)).distinct(By::Customer);
const WALLETS_OF_NETWORK: Count = refused(By::Network, Span::hours(24)).distinct(By::Customer);
const ACCOUNTS_OF_DEVICE: Count = tried(By::Device, Span::days(7));
const ACCOUNTS_OF_ADDRESS: Count = tried(By::Address, Span::hours(24));

/// The detector. Whoever moves house links three banks in a day with typing errors; a mobile carrier puts thousands of
/// honest people behind one address, of whom some fail each day.
pub(super) const DETECTOR: Detector = Detector {
    code: "refusals_spread_thin",
    steps: &[Step::ConsentBegun],
    counts: &[
        BANKS_OF_DEVICE,
        WALLETS_OF_ADDRESS,
        WALLETS_OF_NETWORK,
        ACCOUNTS_OF_DEVICE,
        ACCOUNTS_OF_ADDRESS,
    ],
    judge: |evidence| {
        let device = match evidence.of(&BANKS_OF_DEVICE).max(evidence.of(&ACCOUNTS_OF_DEVICE)) {
            0..5 => 0,
            5..8 => 60,
            _ => 100,
        };
        let address = match evidence.of(&WALLETS_OF_ADDRESS).max(evidence.of(&ACCOUNTS_OF_ADDRESS)) {
            0..20 => 0,
            20..60 => 60,
            _ => 100,
        };
        let network = if evidence.of(&WALLETS_OF_NETWORK) >= 100 { 30 } else { 0 };
        device.max(address).max(network)
    },
    says: (
        "この端末または回線から、多くの異なる口座の登録が一度ずつ失敗しています。",
        "Links of many different accounts failed, each once or twice, from this device or network.",
    ),
};

#[cfg(test)]
mod tests {
    #[test]
    fn judges() {
        let mover = (&[3u64, 3, 3, 3, 3] as &[u64], 0);
        crate::detectors::check(
            &super::DETECTOR,
            &[
                (&[0, 0, 0, 0, 0], 0),
                mover,
                (&[4, 19, 99, 4, 19], 0),
                (&[5, 0, 0, 0, 0], 60),
                (&[0, 0, 0, 5, 0], 60),
                (&[8, 0, 0, 0, 0], 100),
                (&[0, 20, 0, 0, 0], 60),
                (&[0, 0, 0, 0, 60], 100),
                (&[0, 0, 100, 0, 0], 30),
            ],
        );
    }
}
