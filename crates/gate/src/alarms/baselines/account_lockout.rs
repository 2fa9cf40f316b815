//! Per-account lock-out: three failures in a row on one account.
//!
//! Blind to a guesser who tries each account once.

use super::{MOST_KEYS, Watcher};
use crate::Sighting;
use std::collections::BTreeMap;
use terms::Digest;

const FAILURES: u32 = 3;

/// Rings at the third failure of an account without a success between.
#[derive(Debug, Clone, Default)]
pub struct AccountLockout {
    failures: BTreeMap<Digest, u32>,
}

impl Watcher for AccountLockout {
    fn see(&mut self, sighting: &Sighting) -> bool {
        let Some(account) = sighting.account else { return false };
        if sighting.worked {
            self.failures.remove(&account);
            return false;
        }
        if self.failures.len() >= MOST_KEYS && !self.failures.contains_key(&account) {
            self.failures.pop_first();
        }
        let failures = self.failures.entry(account).or_default();
        *failures += 1;
        *failures == FAILURES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarms::sample::{failure, success};

    #[test]
    fn it_sees_only_who_comes_back_to_one_account() {
        let cases: [(Vec<Sighting>, usize); 3] = [
            (vec![failure(1, 1), failure(2, 1), failure(3, 1), failure(4, 1)], 1),
            (vec![failure(1, 1), failure(2, 1), success(3, 1), failure(4, 1)], 0),
            ((1..1_000).map(|number| failure(number, number)).collect(), 0),
        ];
        for (sightings, rings) in cases {
            let mut watcher = AccountLockout::default();
            assert_eq!(sightings.iter().filter(|sighting| watcher.see(sighting)).count(), rings);
        }
    }
}
