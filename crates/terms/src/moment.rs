//! When a decision is taken, and the numbers it may use for new ids: nothing else comes from outside.

use crate::Time;
use std::cell::Cell;
use uuid::{Builder, Uuid};

/// The time of a decision and a seed for the ids that it creates.
///
/// Ids need to be unique and ordered by time, not secret: secrets come to a decision inside the ask.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The time of the decision.
    pub now: Time,
    seed: Cell<u64>,
}

impl Moment {
    /// `seed` comes from the shell; a simulation passes its own.
    pub fn new(now: Time, seed: u64) -> Self {
        Self { now, seed: Cell::new(seed) }
    }

    fn draw(&self) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014): every seed gives a full period.
        let state = self.seed.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.seed.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A new version-7 UUID (RFC 9562): time first, so that indexes grow at their end.
    pub fn uuid(&self) -> Uuid {
        let high = self.draw().to_be_bytes();
        let low = self.draw().to_be_bytes();
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&high);
        bytes[8..].copy_from_slice(&low[..2]);
        let millis = u64::try_from(self.now.millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_in_order_of_time() {
        let early = Moment::new(Time::from_millis(1_000), 7);
        let again = Moment::new(Time::from_millis(1_000), 7);
        let late = Moment::new(Time::from_millis(2_000), 7);
        let (a, b) = (early.uuid(), early.uuid());
        assert_ne!(a, b);
        assert_eq!(a, again.uuid());
        assert!(a < late.uuid());
        assert_eq!(a.get_version_num(), 7);
    }
}
