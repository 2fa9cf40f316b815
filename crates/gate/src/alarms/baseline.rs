//! What is usual for a share: its mean, how far days spread, and how surely both are known; learned slowly.
//!
//! The first [`CALIBRATION_DAYS`] are read together. Later days are learned one by one after they have waited
//! [`WAIT_DAYS`] without an alarm, so an attack is not taken for a habit. A day that is far out counts as one that
//! is only [`CLIP`] standard deviations out, so days that are bad everywhere widen the spread but do not move the mean.

use super::exact::Exact;
use serde::{Deserialize, Serialize};

/// Days before anything counts as learned.
pub(super) const CALIBRATION_DAYS: usize = 60;
/// Days that a later day waits until it is learned.
const WAIT_DAYS: usize = 28;
/// Standard deviations that a day may be out.
const CLIP: f64 = 2.0;
/// What clipping at [`CLIP`] leaves of a normal variance.
const CLIPPED_VARIANCE: f64 = 0.920_5;
/// The memory in days: what is older fades.
const MEMORY_DAYS: f64 = 1_000.0;
/// Over-dispersion that is assumed with the weight of [`ASSUMED_DAYS`] until days show their own.
const ASSUMED_RHO: f64 = 0.005;
/// The weight of that assumption.
const ASSUMED_DAYS: f64 = 20.0;

/// Hits among tries of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) tries: u32,
    pub(super) hits: u32,
}

impl Tally {
    pub(super) fn add(&mut self, hit: bool) {
        self.tries = self.tries.saturating_add(1);
        self.hits = self.hits.saturating_add(u32::from(hit));
    }
}

/// A Beta distribution of a day's share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usual {
    /// The mean share that a quiet day is not above, with allowance for what is not known surely.
    pub(super) mean: f64,
    /// `a + b` of the Beta distribution: the larger, the more alike are days.
    pub(super) alike: f64,
    /// False while this is still the prudent assumption of before calibration.
    pub(super) learned: bool,
}

/// The usual of one share.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Baseline {
    waiting: Vec<Tally>,
    days: Exact,
    tries: Exact,
    hits: Exact,
    squares: Exact,
    binomial: Exact,
    pairs: Exact,
}

impl Baseline {
    /// The usual, or the prudent assumption `before` (a mean) while nothing is learned.
    pub(super) fn usual(&self, before: f64) -> Usual {
        if self.days.0 <= 0.0 {
            return Usual { mean: before, alike: 12.0, learned: false };
        }
        let mean = self.mean();
        let error = libm::sqrt(self.squares.0) / self.tries.0;
        // Standard errors that are given to doubt: a mean from few days is wrong in the same direction every day.
        let allowance = 0.5 * (1.0 + libm::sqrt(CALIBRATION_DAYS as f64 / self.days.0));
        Usual {
            mean: (mean + allowance * error).clamp(0.001, 0.98),
            alike: 1.0 / self.rho() - 1.0,
            learned: true,
        }
    }

    /// The mean share, nothing while it is not learned.
    pub(super) fn learned_mean(&self) -> Option<f64> {
        (self.days.0 > 0.0).then(|| self.mean())
    }

    /// A day has ended.
    pub(super) fn day_ends(&mut self, day: Tally) {
        self.waiting.push(day);
        if self.days.0 <= 0.0 {
            if self.waiting.len() >= CALIBRATION_DAYS {
                self.calibrate();
            }
        } else if self.waiting.len() > WAIT_DAYS {
            let day = self.waiting.remove(0);
            self.learn(day);
        }
    }

    /// Something rang: the days that wait are not learned.
    pub(super) fn forget_waiting(&mut self) {
        if self.days.0 > 0.0 {
            self.waiting.clear();
        }
    }

    fn mean(&self) -> f64 {
        (self.hits.0 / self.tries.0).clamp(0.001, 0.98)
    }

    fn rho(&self) -> f64 {
        let assumed = self.pairs.0 / self.days.0 * ASSUMED_DAYS;
        let over = self.squares.0 / CLIPPED_VARIANCE - self.binomial.0 + ASSUMED_RHO * assumed;
        (over / (self.pairs.0 + assumed).max(f64::MIN_POSITIVE)).clamp(1e-5, 0.2)
    }

    /// Reads the first days together: each round clips at the spread of the round before, from the median day on.
    fn calibrate(&mut self) {
        let days: Vec<Tally> = std::mem::take(&mut self.waiting);
        let mut shares: Vec<f64> = days
            .iter()
            .filter(|day| day.tries > 0)
            .map(|day| f64::from(day.hits.min(day.tries)) / f64::from(day.tries))
            .collect();
        if shares.len() < CALIBRATION_DAYS / 2 {
            self.waiting = days.into_iter().filter(|day| day.tries > 0).collect();
            return;
        }
        shares.sort_by(f64::total_cmp);
        let mut sizes: Vec<u32> = days.iter().map(|day| day.tries).filter(|tries| *tries > 0).collect();
        sizes.sort_unstable();
        let usual_size = f64::from(sizes[sizes.len() / 2]);
        let mut round = Self::start(shares[shares.len() / 2], usual_size);
        for _ in 0..8 {
            let mut next = Self::default();
            for day in &days {
                next.add(*day, &round);
            }
            round = next;
        }
        *self = round;
    }

    /// A single imagined day, to clip the first round with.
    fn start(mean: f64, tries: f64) -> Self {
        let mean = mean.clamp(0.001, 0.98);
        let binomial = tries * mean * (1.0 - mean);
        Self {
            waiting: Vec::new(),
            days: Exact(1.0),
            tries: Exact(tries),
            hits: Exact(tries * mean),
            squares: Exact(binomial * 4.0),
            binomial: Exact(binomial),
            pairs: Exact(binomial * (tries - 1.0).max(0.0)),
        }
    }

    fn learn(&mut self, day: Tally) {
        let before = self.clone();
        let keep = 1.0 - 1.0 / MEMORY_DAYS;
        for sum in [
            &mut self.days,
            &mut self.tries,
            &mut self.hits,
            &mut self.squares,
            &mut self.binomial,
            &mut self.pairs,
        ] {
            sum.0 *= keep;
        }
        self.add(day, &before);
    }

    /// Adds a day, clipped as `before` tells. A day with far more tries than usual has the weight of one and a half.
    fn add(&mut self, day: Tally, before: &Self) {
        if day.tries == 0 {
            return;
        }
        let (mean, most) = (before.mean(), 1.5 * before.tries.0 / before.days.0);
        let share = f64::from(day.hits.min(day.tries)) / f64::from(day.tries);
        let tries = f64::from(day.tries).min(most.max(1.0));
        let binomial = tries * mean * (1.0 - mean);
        let spread = libm::sqrt(binomial * (1.0 + (tries - 1.0).max(0.0) * before.rho()));
        let out = (tries * (share - mean)).clamp(-CLIP * spread, CLIP * spread);
        self.days.0 += 1.0;
        self.tries.0 += tries;
        self.hits.0 += tries * mean + out;
        self.squares.0 += out * out;
        self.binomial.0 += binomial;
        self.pairs.0 += binomial * (tries - 1.0).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(tries: u32, hits: u32) -> Tally {
        Tally { tries, hits }
    }

    /// Days that spread a little around `share`.
    fn honest(number: u32, tries: u32, share: f64) -> Tally {
        let out = [-2, 1, 0, 3, -1, 2, -3, 0, 1, -1][number as usize % 10];
        day(tries, ((f64::from(tries) * share) as i64 + out * i64::from(tries) / 200).max(0) as u32)
    }

    fn learned(days: impl IntoIterator<Item = Tally>) -> Baseline {
        let mut baseline = Baseline::default();
        days.into_iter().for_each(|day| baseline.day_ends(day));
        baseline
    }

    #[test]
    fn sixty_days_are_learned_even_if_some_are_bad() {
        for (bad, tries, hits) in
            [(0, 0, 0), (6, 800, 700), (6, 800, 0), (6, 4_000_000_000, 4_000_000_000), (5, 0, 0)]
        {
            let all =
                (0..60).map(|number| if number < bad { day(tries, hits) } else { honest(number, 800, 0.25) });
            let mean = learned(all).learned_mean().unwrap();
            assert!((mean - 0.25).abs() < 0.02, "{bad} days of {hits} in {tries}: {mean}");
        }
        assert_eq!(learned((0..59).map(|number| honest(number, 800, 0.25))).learned_mean(), None);
    }

    #[test]
    fn an_attack_is_not_taken_for_a_habit() {
        let quiet = || (0..300).map(|number| honest(number, 800, 0.25));
        let before = learned(quiet()).learned_mean().unwrap();
        // Four weeks are not learned at all, of a quarter of a year less than a fifth.
        for (attacked, most) in [(28, 1e-4), (90, 0.006)] {
            let all = quiet().chain((0..attacked).map(|number| honest(number, 835, 0.28)));
            let after = learned(all).learned_mean().unwrap();
            assert!((after - before).abs() <= most, "{attacked}: {before} {after}");
        }
        let mut rang = learned(quiet().chain((0..28).map(|number| honest(number, 835, 0.28))));
        rang.forget_waiting();
        (0..28).for_each(|number| rang.day_ends(honest(number, 800, 0.25)));
        assert!((rang.learned_mean().unwrap() - before).abs() < 1e-4);
    }

    #[test]
    fn a_lasting_change_is_learned_at_last() {
        let all = (0..300)
            .map(|number| honest(number, 800, 0.25))
            .chain((0..900).map(|number| honest(number, 800, 0.30)));
        assert!(learned(all).learned_mean().unwrap() > 0.28);
    }

    #[test]
    fn days_that_differ_more_make_it_less_sure() {
        let alike = learned((0..200).map(|number| honest(number, 800, 0.25))).usual(0.5);
        let differ =
            learned((0..200).map(|number| day(800, if number % 2 == 0 { 150 } else { 250 }))).usual(0.5);
        assert!(alike.alike > 3.0 * differ.alike, "{alike:?} {differ:?}");
        assert!(differ.mean > 0.25 && alike.mean >= 0.25, "doubt is on the honest side");
        assert_eq!(Baseline::default().usual(0.5), Usual { mean: 0.5, alike: 12.0, learned: false });
    }
}
