//! All detectors, in one list: a new one is a file here and a line below.

use crate::Detector;

mod code_guessing;
mod debits_in_minutes;
mod link_guessing;
mod payee_harvest;
mod recovery_guessing;
mod sign_in_changed_often;
mod sign_in_guessing;
mod sign_up_flood;
mod wallets_for_one_bank_account;

/// Every detector.
pub const ALL: &[Detector] = &[
    code_guessing::DETECTOR,
    debits_in_minutes::DETECTOR,
    link_guessing::DETECTOR,
    payee_harvest::DETECTOR,
    recovery_guessing::DETECTOR,
    sign_in_changed_often::DETECTOR,
    sign_in_guessing::DETECTOR,
    sign_up_flood::DETECTOR,
    wallets_for_one_bank_account::DETECTOR,
];

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
