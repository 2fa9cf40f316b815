//! The hostile share of tries, told from the success rate alone: no try is labelled.
//!
//! Honest people succeed at a stable rate and guessers hardly ever, so fewer successes than the tries promise
//! means that so many tries are not honest (the idea of Herley and Schechter, NDSS 2019).

use serde::{Deserialize, Serialize};

/// An estimated share of hostile tries.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Hostile tries of all tries, 0 to 1.
    pub hostile: f64,
    /// Its standard error.
    pub error: f64,
}

impl Share {
    /// From the number of tries and successes, and the honest success rate; nothing where there is too little.
    ///
    /// The ratio of hostile to honest tries is `r = n·s/S − 1` with standard error
    /// `(1 + r)·√((1 − q)/(n·q))`, `q = S/n`; the share is `r/(1 + r)`.
    pub fn of(tries: u64, successes: u64, honest_rate: f64) -> Option<Self> {
        if tries == 0 || successes == 0 || successes > tries || !(honest_rate > 0.0 && honest_rate <= 1.0) {
            return None;
        }
        let (n, s) = (tries as f64, successes as f64);
        let ratio = n * honest_rate / s;
        let q = s / n;
        let error_of_ratio = ratio * libm::sqrt((1.0 - q) / (n * q));
        // d(1 − 1/ratio) = d(ratio)/ratio².
        Some(Self { hostile: (1.0 - 1.0 / ratio).max(0.0), error: error_of_ratio / (ratio * ratio) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_and_its_error_are_those_of_the_formula() {
        // 150 tries, 85 % honest success: the error of the ratio is about 4 % of the traffic per bank and day.
        for (tries, successes, rate, hostile, error) in [
            (155, 127, 0.85, 0.036, 0.036),
            (5_425, 4_462, 0.85, 0.032, 0.0062),
            (1_000, 425, 0.85, 0.5, 0.0184),
            (1_000, 900, 0.85, 0.0, 0.0112),
        ] {
            let share = Share::of(tries, successes, rate).unwrap();
            assert!((share.hostile - hostile).abs() < 0.002, "{tries} {successes}: {share:?}");
            assert!((share.error - error).abs() < 0.002, "{tries} {successes}: {share:?}");
        }
    }

    #[test]
    fn nonsense_has_no_share() {
        for (tries, successes, rate) in
            [(0, 0, 0.85), (10, 0, 0.85), (10, 11, 0.85), (10, 5, 0.0), (10, 5, f64::NAN), (10, 5, 1.5)]
        {
            assert_eq!(Share::of(tries, successes, rate), None, "{tries} {successes} {rate}");
        }
    }
}
