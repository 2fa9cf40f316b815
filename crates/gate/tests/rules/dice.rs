//! Random numbers from a printed seed.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a play's seed is given and printed"
)]

/// SplitMix64.
pub(crate) struct Dice(u64);

impl Dice {
    /// From `TSUGIME_SEED`, or a fixed seed; printed.
    pub(crate) fn new() -> Self {
        let seed =
            std::env::var("TSUGIME_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_200_910);
        println!("TSUGIME_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}
