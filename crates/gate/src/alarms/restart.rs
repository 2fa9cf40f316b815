//! The restarting e-process: evidence that something began at some day, whatever its size.
//!
//! For each size of attack there is one process `R ← (1 + R)·LR` over days, where LR is the likelihood ratio of the
//! day's hits under over-dispersed (Beta-binomial) shares. While nothing is wrong the mean of `R` grows by one a
//! day, so the mean time until it first passes `c` is at least `c` days; a weighted mean over sizes keeps that.
//! Within a day the ratio is a product over single tries, so it may be read after any of them.

use super::{baseline::Usual, exact::Exact};
use serde::{Deserialize, Serialize};

/// How many sizes of attack are thought of.
pub(super) const SIZES: usize = 8;
/// Where a process stops growing: an alarm must not need weeks to die down.
const MOST: f64 = 1e12;
/// The same for the ratio of one day, which may rise and fall again.
const MOST_OF_DAY: f64 = 1e250;

/// One number for each size of attack.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Each([Exact; SIZES]);

impl Each {
    pub(super) const fn all(value: f64) -> Self {
        Self([Exact(value); SIZES])
    }

    pub(super) fn mean(&self) -> f64 {
        self.0.iter().map(|each| each.0).sum::<f64>() / SIZES as f64
    }

    /// `(1 + self)·ratio`: one more day.
    pub(super) fn after(&self, ratio: &Self) -> Self {
        let mut next = *self;
        for (each, ratio) in next.0.iter_mut().zip(&ratio.0) {
            each.0 = ((1.0 + each.0) * ratio.0).min(MOST);
        }
        next
    }

    /// One more try, judged elsewhere.
    pub(super) fn times(&mut self, ratios: &[f64; SIZES]) {
        for (each, ratio) in self.0.iter_mut().zip(ratios) {
            each.0 = (each.0 * ratio).clamp(f64::MIN_POSITIVE, MOST_OF_DAY);
        }
    }

    /// One more try in a day whose earlier tries were `hits` of `tries`; `sizes` are hostile tries per honest one.
    pub(super) fn tried(&mut self, usual: &Usual, sizes: &[f64; SIZES], so_far: (u32, u32), hit: bool) {
        let (tries, hits) = (f64::from(so_far.0), f64::from(so_far.1));
        for (each, size) in self.0.iter_mut().zip(sizes) {
            let raised = raised(usual.mean, *size);
            let (quiet, attacked) = if hit {
                (usual.alike * usual.mean + hits, usual.alike * raised + hits)
            } else {
                let misses = tries - hits;
                (usual.alike * (1.0 - usual.mean) + misses, usual.alike * (1.0 - raised) + misses)
            };
            each.0 = (each.0 * attacked / quiet).clamp(f64::MIN_POSITIVE, MOST_OF_DAY);
        }
    }

    /// The ratios of a whole day at once.
    pub(super) fn of_day(usual: &Usual, sizes: &[f64; SIZES], tries: u32, hits: u32) -> Self {
        let mut all = Self::all(1.0);
        let hits = hits.min(tries);
        for (each, size) in all.0.iter_mut().zip(sizes) {
            let raised = raised(usual.mean, *size);
            let log = ln_beta_binomial(usual.alike, raised, tries, hits)
                - ln_beta_binomial(usual.alike, usual.mean, tries, hits);
            each.0 = libm::exp(log).clamp(f64::MIN_POSITIVE, MOST_OF_DAY);
        }
        all
    }
}

/// The share when there are `size` hostile tries, all hits, for each honest one.
fn raised(mean: f64, size: f64) -> f64 {
    (mean + size) / (1.0 + size)
}

/// The log of the chance of certain tries, `hits` of `tries`, under a Beta share; the binomial factor cancels.
fn ln_beta_binomial(alike: f64, mean: f64, tries: u32, hits: u32) -> f64 {
    let (a, b) = (alike * mean, alike * (1.0 - mean));
    let (x, y) = (f64::from(hits), f64::from(tries - hits));
    libm::lgamma(a + x) - libm::lgamma(a) + libm::lgamma(b + y)
        - libm::lgamma(b)
        - libm::lgamma(alike + x + y)
        + libm::lgamma(alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES_TRIED: [f64; SIZES] = [0.012, 0.024, 0.038, 0.052, 0.08, 0.16, 0.4, 1.5];

    fn usual(mean: f64, alike: f64) -> Usual {
        Usual { mean, alike, learned: true }
    }

    #[test]
    fn a_day_is_the_product_of_its_tries_in_any_order() {
        for (mean, alike, tries, hits) in
            [(0.25, 100.0, 30, 12), (0.3, 1_300.0, 800, 230), (0.01, 12.0, 5, 0)]
        {
            let usual = usual(mean, alike);
            let whole = Each::of_day(&usual, &SIZES_TRIED, tries, hits);
            for stride in [1, 7, 11] {
                let (mut each, mut so_far) = (Each::all(1.0), (0, 0));
                for place in 0..tries {
                    let hit = place * stride % tries < hits && tries > 1;
                    each.tried(&usual, &SIZES_TRIED, so_far, hit);
                    so_far = (so_far.0 + 1, so_far.1 + u32::from(hit));
                }
                assert_eq!(so_far, (tries, hits), "the stride goes through all places");
                for (one, other) in each.0.iter().zip(&whole.0) {
                    assert!((one.0 / other.0 - 1.0).abs() < 1e-6, "{mean} {tries} {hits}: {one:?} {other:?}");
                }
            }
        }
    }

    /// What makes the false-alarm rate: under the null, the ratio of a day is one in the mean.
    #[test]
    fn on_quiet_days_the_ratio_is_one_in_the_mean() {
        for (mean, alike, tries) in [(0.25, 100.0, 22_u32), (0.15, 300.0, 150), (0.6, 12.0, 7)] {
            let usual = usual(mean, alike);
            let mut sums = [0.0; SIZES];
            for hits in 0..=tries {
                let choose = libm::lgamma(f64::from(tries) + 1.0)
                    - libm::lgamma(f64::from(hits) + 1.0)
                    - libm::lgamma(f64::from(tries - hits) + 1.0);
                let chance = libm::exp(choose + ln_beta_binomial(alike, mean, tries, hits));
                let ratios = Each::of_day(&usual, &SIZES_TRIED, tries, hits);
                sums.iter_mut().zip(&ratios.0).for_each(|(sum, ratio)| *sum += chance * ratio.0);
            }
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-9), "{mean} {alike} {tries}: {sums:?}");
        }
    }

    /// Ville's inequality for the restarting form: the mean time until it passes `c` is at least `c` days, though it
    /// is looked at after every try.
    #[test]
    #[allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a random test prints its seed")]
    fn it_seldom_passes_on_quiet_days_however_often_it_is_looked_at() {
        const PASSES: f64 = 60.0;
        let seed = std::env::var("TSUGIME_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(7_u64);
        println!("TSUGIME_SEED={seed}");
        let usual = usual(0.25, 120.0);
        let (mut dice, mut days, runs) = (seed, 0_u32, 300);
        for _ in 0..runs {
            let mut past = Each::all(0.0);
            let passed = (0..100_000).any(|_| {
                days += 1;
                let (mut today, mut so_far) = (Each::all(1.0), (0_u32, 0_u32));
                let passed = (0..40).any(|_| {
                    // Pólya's urn draws a Beta-binomial day exactly.
                    dice = dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
                    let share = (super::super::seen::mix(dice) >> 11) as f64 / (1_u64 << 53) as f64;
                    let hits = usual.alike * usual.mean + f64::from(so_far.1);
                    let hit = share * (usual.alike + f64::from(so_far.0)) < hits;
                    today.tried(&usual, &SIZES_TRIED, so_far, hit);
                    so_far = (so_far.0 + 1, so_far.1 + u32::from(hit));
                    past.after(&today).mean() >= PASSES
                });
                past = past.after(&today);
                passed
            });
            assert!(passed, "every stream rings at last");
        }
        let mean = f64::from(days) / f64::from(runs);
        // Three standard errors of an exponential time are 17 %.
        assert!(mean >= PASSES * 0.83, "{mean} days");
    }
}
