//! Canary hits: accounts were tried that the bank never gave out, so nobody can have meant them.
//!
//! A check digit keeps typing errors away from them. Two hits within 30 days ring, or one where the wallet knows who
//! tried: a customer with a name that cannot hold such an account.

use super::alarm::Says;
use serde::{Deserialize, Serialize};
use terms::{Span, Time};

/// How long a first hit waits for a second.
const WITHIN: Span = Span::days(30);
/// Hits that ring when nobody's name was given.
pub(super) const HITS: u32 = 2;

/// The hits at one bank, or at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Canaries {
    last: Option<Time>,
    hits: u32,
}

impl Canaries {
    /// A hit at the clock's time. Returns how many hits count, where that rings; then they begin anew.
    pub(super) fn hit(&mut self, now: Time, named: bool) -> Option<u32> {
        let fresh = self.last.is_some_and(|last| now.since(last) <= WITHIN);
        self.hits = if fresh { self.hits + 1 } else { 1 };
        self.last = Some(now);
        let rings = self.hits >= HITS || named;
        rings.then(|| std::mem::take(&mut self.hits))
    }
}

/// The sentence.
pub(super) fn says(place: &Says, hits: f64) -> Says {
    Says {
        ja: format!(
            "{}で、銀行が発行したことのない口座番号が{hits:.0}回試されました。口座番号を順に試している者がいます。",
            place.ja
        ),
        en: format!(
            "{}: account numbers that the bank never gave out were tried {hits:.0} times. Somebody walks through the numbers.",
            place.en
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hits_ring_or_one_with_a_name() {
        let cases: [(&[(i64, bool)], &[Option<u32>]); 4] = [
            (&[(0, false), (30, false), (31, false)], &[None, Some(2), None]),
            (&[(0, false), (31, false), (32, false)], &[None, None, Some(2)]),
            (&[(0, true), (1, false)], &[Some(1), None]),
            (&[(5, false), (5, true)], &[None, Some(2)]),
        ];
        for (hits, rings) in cases {
            let mut canaries = Canaries::default();
            let rang: Vec<_> = hits
                .iter()
                .map(|(day, named)| canaries.hit(Time::from_millis(0).plus(Span::days(*day)), *named))
                .collect();
            assert_eq!(rang, rings, "{hits:?}");
        }
    }
}
