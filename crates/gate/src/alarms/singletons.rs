//! Singletons: accounts that failed once and were never tried before or again.
//!
//! Under guessing they grow with every guess. Honest people who give up for a day come back within the week, or had
//! trouble before; so this sees slower attackers than orphans do, a week later. "Ever" goes as far back as
//! [`Seen`] remembers.

use super::{
    alarm::Says,
    pending::Key,
    ratio::{Measure, Measures},
    seen::Seen,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days that an account has to come back.
pub(super) const DAYS: i64 = 7;
/// Accounts that wait at most; beyond it new ones are not taken, since orphans ring long before.
const MOST_WAITING: usize = 20_000;

/// Hostile tries for each honest failure.
pub(super) const SINGLETONS: Measures = Measures {
    of_all: Measure { sizes: [0.006, 0.012, 0.024, 0.04, 0.06, 0.12, 0.4, 1.5], before: 0.55 },
    of_one: Measure { sizes: [0.02, 0.03, 0.04, 0.055, 0.08, 0.14, 0.4, 1.5], before: 0.55 },
};

/// Accounts that have failed once, and wait.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub(super) struct Firsts {
    seen: Seen,
    waiting: BTreeMap<Key, (i64, u16)>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    seen: Seen,
    waiting: Vec<(Key, i64, u16)>,
}

impl From<Saved> for Firsts {
    fn from(saved: Saved) -> Self {
        let waiting = saved.waiting.into_iter().map(|(key, day, stream)| (key, (day, stream))).collect();
        Self { seen: saved.seen, waiting }
    }
}

impl From<Firsts> for Saved {
    fn from(firsts: Firsts) -> Self {
        let waiting = firsts.waiting.into_iter().map(|(key, (day, stream))| (key, day, stream)).collect();
        Self { seen: firsts.seen, waiting }
    }
}

impl Firsts {
    pub(super) fn failed(&mut self, key: Key, day: i64, stream: u16) {
        if self.seen.note(key) {
            self.waiting.remove(&key);
        } else if self.waiting.len() < MOST_WAITING {
            self.waiting.insert(key, (day, stream));
        }
    }

    pub(super) fn succeeded(&mut self, key: Key) {
        self.waiting.remove(&key);
    }

    /// Forgets the accounts that wait in some streams.
    pub(super) fn forget(&mut self, in_stream: impl Fn(u16) -> bool) {
        self.waiting.retain(|_, (_, stream)| !in_stream(*stream));
    }

    /// The streams of the accounts whose time is over at the end of `today`.
    pub(super) fn settle(&mut self, today: i64) -> Vec<u16> {
        let mut streams = Vec::new();
        self.waiting.retain(|_, (day, stream)| {
            let over = *day + DAYS <= today;
            if over {
                streams.push(*stream);
            }
            !over
        });
        streams
    }
}

/// The sentence.
pub(super) fn says(place: &Says, usual: f64, evidence: f64) -> Says {
    let (percent, times) = (usual * 100.0, evidence.min(1e12));
    Says {
        ja: format!(
            "{}で、一度だけ失敗してそれきり試されない口座が普段（失敗の{percent:.0}%）より増えています。\
             偶然よりも攻撃と考えるほうが{times:.0}倍よく説明できます。",
            place.ja
        ),
        en: format!(
            "{}: more accounts than usual ({percent:.0}% of failures) have failed once and were never tried before or \
             again. An attack explains this {times:.0} times better than chance.",
            place.en
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_single_that_failed_once_and_was_never_tried_again() {
        // Failures (-) and successes (+) of one account on days; how many singletons day 20 has seen.
        let cases: [(&[(char, i64)], usize); 6] = [
            (&[('-', 0)], 1),
            (&[('-', 0), ('+', 6)], 0),
            (&[('-', 0), ('-', 6)], 0),
            (&[('-', 0), ('+', 9)], 1),
            (&[('-', 0), ('-', 9)], 1),
            (&[('+', 0)], 0),
        ];
        for (plays, singles) in cases {
            let (mut firsts, mut settled) = (Firsts::default(), 0);
            for day in 0..=20 {
                for (what, _) in plays.iter().filter(|(_, on)| *on == day) {
                    match what {
                        '-' => firsts.failed(Key::Account(1), day, 3),
                        _ => firsts.succeeded(Key::Account(1)),
                    }
                }
                let streams = firsts.settle(day);
                assert!(streams.iter().all(|stream| *stream == 3));
                settled += streams.len();
            }
            assert_eq!(settled, singles, "{plays:?}");
        }
    }

    #[test]
    fn a_flood_of_accounts_does_not_grow() {
        let mut firsts = Firsts::default();
        (0..60_000).for_each(|number| firsts.failed(Key::Account(super::super::seen::mix(number)), 0, 0));
        assert_eq!(firsts.waiting.len(), MOST_WAITING);
    }
}
