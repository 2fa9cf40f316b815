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

#[cfg(test)]
pub(crate) fn check(detector: &Detector, table: &[(&[u32], u32)]) {
    use crate::Evidence;
    for (answers, weight) in table {
        assert_eq!(answers.len(), detector.counts.len(), "one answer per count");
        let evidence = Evidence::new(detector.counts.iter().copied().zip(answers.iter().copied()));
        assert_eq!((detector.judge)(&evidence), *weight, "{} given {answers:?}", detector.code);
    }
}
