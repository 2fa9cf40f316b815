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
            each.0 = (each.0 * ratio).clamp(f64::MIN_POSITIVE, MOST);
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
            each.0 = (each.0 * attacked / quiet).clamp(f64::MIN_POSITIVE, MOST);
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
            each.0 = libm::exp(log.min(60.0)).clamp(f64::MIN_POSITIVE, MOST);
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
