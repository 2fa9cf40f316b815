//! All detectors, in one list: a new one is a file here and a line below.

use crate::Detector;

mod bank_account_guessing;
mod bank_sent_signal;
mod changed_then_link;
mod changed_then_out;
mod code_guessing;
mod debits_in_minutes;
mod depositor_denied_link;
mod device_changes;
mod fan_out;
mod fresh_wallet_large_top_up;
mod holders_on_one_device;
mod in_and_straight_out;
mod link_guessing;
mod link_then_drain;
mod many_banks;
mod many_in_one_out;
mod mule_ring;
mod name_differs;
mod newcomers_from_one_network;
mod payee_harvest;
mod payers_share_devices;
mod recovery_guessing;
mod refusals_spread_thin;
mod sign_in_changed_often;
mod sign_in_guessing;
mod sign_up_flood;
mod sign_ups_from_one_network;
mod sleeper_awake;
mod wallets_for_one_bank_account;
mod wallets_on_one_device;

/// Every detector.
pub const ALL: &[Detector] = &[
    bank_account_guessing::DETECTOR,
    bank_sent_signal::DETECTOR,
    changed_then_link::DETECTOR,
    changed_then_out::DETECTOR,
    code_guessing::DETECTOR,
    debits_in_minutes::DETECTOR,
    depositor_denied_link::DETECTOR,
    device_changes::DETECTOR,
    fan_out::DETECTOR,
    fresh_wallet_large_top_up::DETECTOR,
    holders_on_one_device::DETECTOR,
    in_and_straight_out::DETECTOR,
    link_guessing::DETECTOR,
    link_then_drain::DETECTOR,
    many_banks::DETECTOR,
    many_in_one_out::DETECTOR,
    mule_ring::DETECTOR,
    name_differs::DETECTOR,
    newcomers_from_one_network::DETECTOR,
    payee_harvest::DETECTOR,
    payers_share_devices::DETECTOR,
    recovery_guessing::DETECTOR,
    refusals_spread_thin::DETECTOR,
    sign_in_changed_often::DETECTOR,
    sign_in_guessing::DETECTOR,
    sign_up_flood::DETECTOR,
    sign_ups_from_one_network::DETECTOR,
    sleeper_awake::DETECTOR,
    wallets_for_one_bank_account::DETECTOR,
    wallets_on_one_device::DETECTOR,
];

/// Whole days of an age in milliseconds.
const fn day(age_ms: u64) -> u64 {
    age_ms / 86_400_000
}

/// A table of answers, in the order of the detector's counts, and the weight that each gives.
#[cfg(test)]
pub(crate) fn check(detector: &Detector, table: &[(&[u64], u32)]) {
    table.iter().for_each(|(answers, weight)| check_moving(detector, &[(0, answers, *weight)]));
}

/// As [`check`], with how much is to move before the answers.
#[cfg(test)]
pub(crate) fn check_moving(detector: &Detector, table: &[(i64, &[u64], u32)]) {
    use crate::Evidence;
    for (amount, answers, weight) in table {
        assert_eq!(answers.len(), detector.counts.len(), "one answer per count");
        let evidence = Evidence::new(detector.counts.iter().copied().zip(answers.iter().copied()));
        let evidence = evidence.moving(terms::Yen::of(*amount));
        let told = format!("{}: {amount} given {answers:?}", detector.code);
        assert_eq!((detector.judge)(&evidence), *weight, "{told}");
    }
}
