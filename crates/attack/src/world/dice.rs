//! One seeded generator for everything that happens by chance.

use terms::{Digest, Moment, Span, Time};
use uuid::Uuid;

/// Chance from a seed: the same seed gives the same draws in the same order.
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// Dice that a seed decides.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits: SplitMix64 (Steele, Lea, Flood 2014).
    pub const fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to one less than `end`; 0 where `end` is 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        // The bias of a remainder is far below what a play can notice.
        match self.draw().checked_rem(end) {
            Some(number) => number,
            None => 0,
        }
    }

    /// A number from 0 to below 1.
    pub const fn unit(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something happens that happens so many times in a thousand.
    pub const fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// A whole number between two, both included.
    pub const fn between(&mut self, least: i64, most: i64) -> i64 {
        least.saturating_add_unsigned(self.below(most.abs_diff(least) + 1))
    }

    /// A span between two, in milliseconds, both included.
    pub const fn span(&mut self, least: Span, most: Span) -> Span {
        Span::millis(self.between(least.as_millis(), most.as_millis()))
    }

    /// One of several; nothing of none.
    pub fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        of.get(usize::try_from(self.below(of.len() as u64)).ok()?)
    }

    /// 32 bytes that nobody else has: a token's digest.
    pub fn digest(&mut self) -> Digest {
        let mut bytes = [0; 32];
        bytes.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.draw().to_be_bytes()));
        Digest::new(bytes)
    }

    /// A new id, ordered by time.
    pub fn uuid(&mut self, now: Time) -> Uuid {
        Moment::new(now, self.draw()).uuid()
    }

    /// Six digits.
    pub fn six_digits(&mut self) -> String {
        format!("{:06}", self.below(1_000_000))
    }
}
