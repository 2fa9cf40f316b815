//! Accounts that have failed before, in little room: two Bloom filters that take turns.
//!
//! It remembers at least the last [`MOST_KEYS`] failing accounts and at most twice as many, in 64 KiB, and says
//! "seen" wrongly about once in a hundred times. Keys are tags of a keyed function, so nobody can aim at it.

use super::pending::Key;
use serde::{Deserialize, Serialize};

/// Bits of one filter.
const BITS: usize = 1 << 18;
/// Keys of one filter.
const MOST_KEYS: u32 = 25_000;
/// Bits of one key.
const PROBES: u32 = 5;

/// The accounts seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(u32, String, String)", into = "(u32, String, String)")]
pub(super) struct Seen {
    keys: u32,
    now: Vec<u64>,
    before: Vec<u64>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { keys: 0, now: vec![0; BITS / 64], before: vec![0; BITS / 64] }
    }
}

impl Seen {
    /// Takes note of a key. Returns whether it was there.
    pub(super) fn note(&mut self, key: Key) -> bool {
        let places = places(key);
        let holds = |bits: &[u64]| places.iter().all(|place| bits[place / 64] >> (place % 64) & 1 == 1);
        if holds(&self.now) {
            return true;
        }
        let seen = holds(&self.before);
        for place in places {
            self.now[place / 64] |= 1 << (place % 64);
        }
        self.keys += 1;
        if self.keys >= MOST_KEYS {
            self.keys = 0;
            self.before = std::mem::replace(&mut self.now, vec![0; BITS / 64]);
        }
        seen
    }
}

fn places(key: Key) -> [usize; PROBES as usize] {
    let (Key::Account(number) | Key::Customer(number)) = key;
    // Two halves of a mixed number make all probes (Kirsch and Mitzenmacher 2006).
    let mixed = mix(number);
    let (one, other) = (mixed >> 32, (mixed & 0xffff_ffff) | 1);
    std::array::from_fn(|probe| ((one + other * probe as u64) as usize) % BITS)
}

/// SplitMix64's last step (Steele, Lea, Flood 2014).
pub(super) const fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl From<Seen> for (u32, String, String) {
    fn from(seen: Seen) -> Self {
        let hex = |bits: &[u64]| bits.iter().map(|word| format!("{word:016x}")).collect();
        (seen.keys, hex(&seen.now), hex(&seen.before))
    }
}

impl TryFrom<(u32, String, String)> for Seen {
    type Error = &'static str;
    fn try_from((keys, now, before): (u32, String, String)) -> Result<Self, Self::Error> {
        let bits = |hex: &str| -> Result<Vec<u64>, Self::Error> {
            if hex.len() != BITS / 4 {
                return Err("a filter of seen accounts has another length");
            }
            hex.as_bytes()
                .chunks_exact(16)
                .map(|digits| {
                    std::str::from_utf8(digits)
                        .ok()
                        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
                        .ok_or("a filter of seen accounts is not hexadecimal")
                })
                .collect()
        };
        Ok(Self { keys, now: bits(&now)?, before: bits(&before)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_remembers_at_least_as_many_as_it_says_and_seldom_too_much() {
        let mut seen = Seen::default();
        let wrong = (0..u64::from(MOST_KEYS)).filter(|number| seen.note(Key::Account(mix(*number)))).count();
        assert!(wrong < 300, "{wrong}");
        assert!((0..u64::from(MOST_KEYS)).all(|number| seen.note(Key::Account(mix(number)))));
        let strangers = (1_000_000..1_001_000).filter(|number| seen.note(Key::Account(mix(*number)))).count();
        assert!(strangers < 50, "{strangers}");
    }

    #[test]
    fn it_comes_back_as_it_was_and_a_broken_one_is_refused() {
        let mut seen = Seen::default();
        for number in 0..100 {
            seen.note(Key::Account(mix(number)));
        }
        let text = serde_json::to_string(&seen).unwrap();
        assert_eq!(serde_json::from_str::<Seen>(&text).unwrap(), seen);
        assert!(serde_json::from_str::<Seen>("[0,\"00\",\"00\"]").is_err());
        assert!(serde_json::from_str::<Seen>(&text.replacen('0', "é", 1)).is_err());
    }
}
