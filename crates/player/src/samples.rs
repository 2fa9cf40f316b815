//! Latencies of requests, kept all, and the percentiles that they have.

use serde::Serialize;

/// Every latency measured, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<u32>);

/// What is told about a set of latencies, in microseconds; zeros where there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Half were at most this.
    pub p50_us: u32,
    /// 99 of 100 were at most this.
    pub p99_us: u32,
    /// The longest.
    pub max_us: u32,
}

impl Samples {
    /// Keeps one latency; beyond 71 minutes it is kept as 71 minutes.
    pub fn add(&mut self, latency: std::time::Duration) {
        self.0.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds the samples of somebody else.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Percentiles by nearest rank over all samples: always a latency that was really measured.
    #[must_use]
    pub fn latency(mut self) -> Latency {
        self.0.sort_unstable();
        Latency { p50_us: self.rank(50), p99_us: self.rank(99), max_us: self.rank(100) }
    }

    fn rank(&self, percent: usize) -> u32 {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn percentiles_by_nearest_rank() {
        let to = |last: u64| (1..=last).rev().collect::<Vec<_>>();
        let cases: [(Vec<u64>, [u32; 3]); 7] = [
            (vec![], [0, 0, 0]),
            (vec![7], [7, 7, 7]),
            (vec![9, 1], [1, 9, 9]),
            (to(100), [50, 99, 100]),
            (to(101), [51, 100, 101]),
            (to(1000), [500, 990, 1000]),
            (vec![u64::MAX / 1_000_000], [u32::MAX; 3]),
        ];
        for (latencies, [p50_us, p99_us, max_us]) in cases {
            let mut samples = Samples::default();
            for latency in &latencies {
                samples.add(Duration::from_micros(*latency));
            }
            assert_eq!(samples.count(), latencies.len());
            assert_eq!(samples.latency(), Latency { p50_us, p99_us, max_us }, "{latencies:?}");
        }
    }
}
