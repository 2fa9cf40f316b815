//! One stream: a share of hits among tries, its baseline, and the evidence that it rose.
//!
//! Where hits are known only a day later (`LATE`), the last two days are judged by what can be told early, and
//! each day once more, for good, when all is known.

use super::{
    alarm::Scope,
    baseline::{Baseline, Tally, Usual},
    exact::Exact,
    restart::{Each, SIZES},
};
use serde::{Deserialize, Serialize};

/// What makes one statistic of a share.
pub(super) struct Measure {
    /// Sizes of attack that are thought of, in hostile tries for each honest one.
    pub(super) sizes: [f64; SIZES],
    /// The mean that is assumed before anything is learned: prudently high.
    pub(super) before: f64,
}

/// A measure's two forms.
pub(super) struct Measures {
    /// For all banks together.
    pub(super) of_all: Measure,
    /// For one bank × method.
    pub(super) of_one: Measure,
}

impl Measures {
    pub(super) const fn of(&self, scope: &Scope) -> &Measure {
        match scope {
            Scope::All => &self.of_all,
            Scope::Bank(_) | Scope::Method(..) => &self.of_one,
        }
    }
}

/// One stream of a measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ratio {
    early: Baseline,
    full: Baseline,
    past: Each,
    yesterday: Early,
    today: Early,
    full_yesterday: Tally,
    full_today: Tally,
    latched: bool,
    /// Days whose evidence rang already in part, so that it is not told once more when all is known.
    told: u8,
}

/// A day as far as it can be told early.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Early {
    tally: Tally,
    ratio: Each,
    mean: Exact,
    alike: Exact,
    learned: bool,
}

impl Early {
    fn begins(usual: Usual) -> Self {
        Self {
            tally: Tally::default(),
            ratio: Each::all(1.0),
            mean: Exact(usual.mean),
            alike: Exact(usual.alike),
            learned: usual.learned,
        }
    }

    fn usual(&self) -> Usual {
        Usual { mean: self.mean.0, alike: self.alike.0, learned: self.learned }
    }

    fn tried(&mut self, measure: &Measure, hit: bool) {
        let usual = self.usual();
        self.ratio.tried(&usual, &measure.sizes, (self.tally.tries, self.tally.hits), hit);
        self.tally.add(hit);
    }
}

impl Ratio {
    pub(super) fn new(measure: &Measure) -> Self {
        let (early, full) = (Baseline::default(), Baseline::default());
        let usual = early.usual(measure.before);
        Self {
            early,
            full,
            past: Each::all(0.0),
            yesterday: Early::begins(usual),
            today: Early::begins(usual),
            full_yesterday: Tally::default(),
            full_today: Tally::default(),
            latched: false,
            told: 0,
        }
    }

    /// A try of today or, with `yesterday`, of the day before, as far as it can be told early.
    pub(super) fn tried(&mut self, measure: &Measure, yesterday: bool, hit: bool) {
        let day = if yesterday { &mut self.yesterday } else { &mut self.today };
        day.tried(measure, hit);
    }

    /// The same try, now that all is known.
    pub(super) fn settled(&mut self, yesterday: bool, hit: bool) {
        let day = if yesterday { &mut self.full_yesterday } else { &mut self.full_today };
        day.add(hit);
    }

    /// The evidence so far: about one on quiet days; it first passes `c` after `c` quiet days or more in the mean.
    pub(super) fn evidence(&self) -> f64 {
        self.past.after(&self.yesterday.ratio).after(&self.today.ratio).mean() - 1.0
    }

    /// A day has ended whose hits were all known at once.
    pub(super) fn day_ends(&mut self, measure: &Measure) {
        self.past = self.past.after(&self.today.ratio);
        self.early.day_ends(self.today.tally);
        self.today = Early::begins(self.early.usual(measure.before));
    }

    /// A day has ended whose hits will be known a day from now.
    pub(super) fn day_ends_late(&mut self, measure: &Measure) {
        let usual = self.full.usual(measure.before);
        let Tally { tries, hits } = self.full_yesterday;
        self.past = if self.told > 0 {
            self.past.after(&self.yesterday.ratio)
        } else {
            self.past.after(&Each::of_day(&usual, &measure.sizes, tries, hits))
        };
        self.told = self.told.saturating_sub(1);
        self.full.day_ends(self.full_yesterday);
        self.early.day_ends(self.yesterday.tally);
        self.yesterday = self.today;
        self.today = Early::begins(self.early.usual(measure.before));
        self.full_yesterday = std::mem::take(&mut self.full_today);
    }

    /// The share that quiet days are not above today: assumed, or learned with allowance for doubt.
    pub(super) const fn prudent_mean(&self) -> f64 {
        self.today.mean.0
    }

    /// The mean share that was learned.
    pub(super) fn mean(&self) -> Option<f64> {
        self.early.learned_mean()
    }

    /// True at the one moment when the evidence passes `threshold`; it may pass again after it fell below a tenth.
    pub(super) fn passes(&mut self, threshold: f64) -> bool {
        let evidence = self.evidence();
        let passes = evidence >= threshold && !self.latched;
        if evidence >= threshold {
            self.latched = true;
        } else if evidence < threshold / 10.0 {
            self.latched = false;
        }
        passes
    }

    /// A family alarm rang, or links were stopped: the evidence begins again, and the days that wait are not learned.
    pub(super) fn restart(&mut self) {
        self.past = Each::all(0.0);
        for day in [&mut self.yesterday, &mut self.today] {
            day.ratio = Each::all(1.0);
        }
        self.early.forget_waiting();
        self.full.forget_waiting();
        self.latched = false;
        self.told = 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURE: Measure =
        Measure { sizes: [0.012, 0.024, 0.038, 0.052, 0.08, 0.16, 0.4, 1.5], before: 0.55 };

    /// Plays days of (tries, hits), all known at once or each again a day later.
    fn play(late: bool, days: impl IntoIterator<Item = (u32, u32)>) -> Ratio {
        let mut ratio = Ratio::new(&MEASURE);
        for (tries, hits) in days {
            for number in 0..tries {
                // Hits come evenly over the day.
                let hit = (number + 1) * hits / tries > number * hits / tries;
                ratio.tried(&MEASURE, false, hit);
                ratio.settled(false, hit);
            }
            if late { ratio.day_ends_late(&MEASURE) } else { ratio.day_ends(&MEASURE) }
        }
        ratio
    }

    fn quiet(days: u32) -> impl Iterator<Item = (u32, u32)> {
        (0..days).map(|day| (800, 200 + day * 7 % 31 - 15))
    }

    #[test]
    fn what_is_more_than_usual_gathers_evidence() {
        for late in [false, true] {
            // More days than the last two, which late ones are judged by early.
            for (days, hits, rings) in
                [(0, 0, false), (20, 200, false), (20, 180, false), (9, 245, true), (2, 400, true)]
            {
                let ratio = play(late, quiet(200).chain((0..days).map(|_| (800 + hits / 10, hits))));
                assert_eq!(ratio.evidence() > 1_826.0, rings, "{late} {days} {hits}: {}", ratio.evidence());
            }
        }
    }

    #[test]
    fn before_anything_is_learned_only_a_flood_rings() {
        for (hits, rings) in [(200, false), (400, false), (780, true)] {
            let ratio = play(true, (0..10).map(|_| (800, hits)));
            assert_eq!(ratio.evidence() > 1_826.0, rings, "{hits}: {}", ratio.evidence());
            assert_eq!(ratio.mean(), None);
        }
    }

    #[test]
    fn it_passes_once_and_begins_again_after_a_restart() {
        let mut ratio = play(true, quiet(200).chain([(1_000, 400)]));
        assert!(ratio.passes(1_826.0));
        assert!(!ratio.passes(1_826.0), "it rang");
        ratio.restart();
        assert!(ratio.evidence() < 3.0);
        // The day that rang is not told once more when all of it is known.
        ratio.day_ends_late(&MEASURE);
        ratio.day_ends_late(&MEASURE);
        assert!(!ratio.passes(1_826.0), "{}", ratio.evidence());
    }
}
