//! Secret-aware spread: some secrets are tried more than they are usually, whichever they are.
//!
//! Banks that share keyed tags of the secrets tried let us see *that* a secret comes again, never which it is. A
//! guesser uses one value, or 3, 20, 100 in turn; which, is told by what came too often lately, and each new try is
//! then held against that guess: only the past decides what the next try is compared with.

use super::{
    alarm::Says,
    exact::Exact,
    restart::{Each, SIZES},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Tags remembered for one bank.
const MOST_TAGS: usize = 192;
/// Tries added to each secret's usual: what was not seen is not impossible.
const IMAGINED: f64 = 2.0;
/// Half-lives are about 0.7 of these days.
const SLOW_DAYS: f64 = 400.0;
const FAST_DAYS: f64 = 20.0;
/// After so many tries the suspects are chosen anew.
const CHOOSE_EVERY: u32 = 16;
/// Tries until the usual is known well enough to compare with.
const LEAST_TRIES: f64 = 300.0;
/// Repeats of one account's own wrong secret are one try.
const RECENT: usize = 64;
/// How many suspects, and the hostile share of tries.
const KINDS: [(usize, f64); SIZES] =
    [(1, 0.03), (1, 0.2), (3, 0.04), (3, 0.3), (20, 0.08), (20, 0.5), (100, 0.15), (100, 0.7)];
/// The part of a hostile try that is thought to be no suspect.
const STRAY: f64 = 0.1;

/// How often a secret came. Short floats, saved as their bits: there are many of them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
struct Tag {
    slow: f32,
    fast: f32,
}

impl From<(u32, u32)> for Tag {
    fn from((slow, fast): (u32, u32)) -> Self {
        Self { slow: f32::from_bits(slow), fast: f32::from_bits(fast) }
    }
}

impl From<Tag> for (u32, u32) {
    fn from(tag: Tag) -> Self {
        (tag.slow.to_bits(), tag.fast.to_bits())
    }
}

/// The secrets tried at one bank, or at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Spread {
    tags: BTreeMap<u64, Tag>,
    slow: Exact,
    fast: Exact,
    past: Each,
    today: Each,
    suspects: Vec<u64>,
    since: u32,
    /// The largest slow count that had to be forgotten.
    forgotten: Exact,
    recent: VecDeque<u64>,
}

impl Default for Spread {
    fn default() -> Self {
        Self {
            tags: BTreeMap::new(),
            slow: Exact(0.0),
            fast: Exact(0.0),
            past: Each::all(0.0),
            today: Each::all(1.0),
            suspects: Vec::new(),
            since: 0,
            forgotten: Exact(0.0),
            recent: VecDeque::new(),
        }
    }
}

impl Spread {
    /// A failure with the secret `tag`; `who` tells repeats by the same account from others.
    pub(super) fn failed(&mut self, tag: u64, who: u64) {
        let once = super::seen::mix(who ^ tag.rotate_left(17));
        if self.recent.contains(&once) {
            return;
        }
        self.recent.push_back(once);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        if self.slow.0 >= LEAST_TRIES {
            self.judge(tag);
        }
        self.count(tag);
        self.since += 1;
        if self.since >= CHOOSE_EVERY {
            self.choose();
        }
    }

    fn judge(&mut self, tag: u64) {
        let usual = self.usual(tag);
        let place = self.suspects.iter().position(|suspect| *suspect == tag);
        let ratios = KINDS.map(|(many, share)| {
            let hit = place.is_some_and(|place| place < many);
            let suspected =
                if hit { (1.0 - STRAY) / many.min(self.suspects.len()) as f64 / usual } else { 0.0 };
            1.0 - share + share * (suspected + STRAY)
        });
        self.today.times(&ratios);
    }

    /// The share of honest failures that try this secret, rather too high than too low: as often as it came, or as the
    /// most frequent secret that was forgotten, and a standard deviation more.
    fn usual(&self, tag: u64) -> f64 {
        let slow = self.tags.get(&tag).map_or(0.0, |tag| f64::from(tag.slow)).max(self.forgotten.0);
        ((slow + libm::sqrt(slow) + IMAGINED) / self.slow.0.max(LEAST_TRIES)).min(1.0)
    }

    fn count(&mut self, tag: u64) {
        if self.tags.len() >= MOST_TAGS && !self.tags.contains_key(&tag) {
            let rarest = self.tags.iter().min_by(|(_, one), (_, other)| {
                (one.slow + 20.0 * one.fast).total_cmp(&(other.slow + 20.0 * other.fast))
            });
            if let Some((rarest, slow)) = rarest.map(|(tag, counts)| (*tag, f64::from(counts.slow))) {
                self.tags.remove(&rarest);
                self.forgotten.0 = self.forgotten.0.max(slow);
            }
        }
        let counts = self.tags.entry(tag).or_default();
        counts.slow += 1.0;
        counts.fast += 1.0;
        self.slow.0 += 1.0;
        self.fast.0 += 1.0;
    }

    /// Suspects are the secrets that came most beyond their usual lately, in units of chance.
    fn choose(&mut self) {
        self.since = 0;
        let most = KINDS.iter().map(|(many, _)| *many).max().unwrap_or(0);
        let mut out: Vec<(f64, u64)> = self
            .tags
            .iter()
            .map(|(tag, counts)| {
                let expected = self.usual(*tag) * self.fast.0;
                ((f64::from(counts.fast) - expected) / libm::sqrt(expected + 0.1), *tag)
            })
            .filter(|(out, _)| *out > 0.5)
            .collect();
        out.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        self.suspects = out.into_iter().take(most).map(|(_, tag)| tag).collect();
    }

    pub(super) fn day_ends(&mut self) {
        self.past = self.past.after(&self.today);
        self.today = Each::all(1.0);
        let (slow, fast) = (1.0 - 1.0 / SLOW_DAYS, 1.0 - 1.0 / FAST_DAYS);
        self.slow.0 *= slow;
        self.forgotten.0 *= slow;
        self.fast.0 *= fast;
        for tag in self.tags.values_mut() {
            tag.slow *= slow as f32;
            tag.fast *= fast as f32;
        }
        self.tags.retain(|_, tag| tag.slow >= 0.05);
        self.choose();
    }

    /// As of a stream of shares.
    pub(super) fn evidence(&self) -> f64 {
        self.past.after(&self.today).mean()
    }

    /// True at the one moment when the evidence passes; then it begins again.
    pub(super) fn passes(&mut self, threshold: f64) -> bool {
        let passes = self.evidence() >= threshold;
        if passes {
            self.past = Each::all(0.0);
            self.today = Each::all(1.0);
        }
        passes
    }
}

/// The sentence.
pub(super) fn says(place: &Says, evidence: f64) -> Says {
    let times = evidence.min(1e12);
    Says {
        ja: format!(
            "{}で、同じ暗証番号（番号そのものは分かりません）が多くの口座で試されています。\
             偶然よりも攻撃と考えるほうが{times:.0}倍よく説明できます。",
            place.ja
        ),
        en: format!(
            "{}: the same secrets (we cannot tell which) are tried on many accounts. \
             An attack explains this {times:.0} times better than chance.",
            place.en
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::seen::mix;
    use super::*;

    /// Days of 20 honest failures with secrets of which one in thirty is tag 0, then guesses with `tags` in turn.
    fn evidence(guesses: u64, tags: u64, same_account: bool) -> f64 {
        let mut spread = Spread::default();
        for day in 0..100 {
            for number in day * 20..day * 20 + 20 {
                let tag = if number % 30 == 0 { 0 } else { 1_000 + mix(number) % 9_000 };
                spread.failed(tag, mix(number));
            }
            spread.day_ends();
        }
        for guess in 0..guesses {
            spread.failed(500 + guess % tags, if same_account { 1 } else { mix(guess + 1_000_000) });
            if guess % 5 == 4 {
                spread.day_ends();
            }
        }
        spread.evidence()
    }

    #[test]
    fn the_same_secrets_on_many_accounts_ring_and_honest_ones_do_not() {
        for (guesses, tags, same_account, rings) in [
            (0, 1, false, false),
            (40, 1, false, true),
            (60, 3, false, true),
            (300, 20, false, true),
            (40, 40, false, false),
            // One person who tries one wrong secret again and again.
            (300, 1, true, false),
        ] {
            let evidence = evidence(guesses, tags, same_account);
            assert_eq!(evidence > 1_826.0, rings, "{guesses} {tags} {same_account}: {evidence}");
        }
    }

    #[test]
    fn it_keeps_as_many_tags_as_it_says() {
        let mut spread = Spread::default();
        (0..50_000).for_each(|number| spread.failed(mix(number), mix(number)));
        assert!(
            spread.tags.len() <= MOST_TAGS && spread.recent.len() <= RECENT && spread.suspects.len() <= 100
        );
    }
}
