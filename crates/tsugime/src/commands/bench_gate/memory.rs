//! Verdicts in memory: evidence is there, only judging is timed.

use gate::{Evidence, Step, detectors, judge, needs};
use serde::Serialize;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// Judged between two looks at the clock.
const ROUND: u64 = 1_000;
const STEPS: [Step; 4] = [Step::ConsentReturned, Step::TopUp, Step::Transfer, Step::Payout];

/// How fast one step is judged.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Judged {
    pub(crate) step: &'static str,
    pub(crate) detectors: usize,
    pub(crate) counts: usize,
    pub(crate) verdicts_per_s: u64,
    /// What one more detector of this kind costs, in nanoseconds.
    pub(crate) ns_per_detector: u64,
}

/// Judges each step for so long, with evidence that is new each time: it is part of a verdict's cost.
pub(crate) fn measure(seconds: u64) -> Vec<Judged> {
    STEPS.iter().map(|step| judge_for(*step, Duration::from_secs(seconds))).collect()
}

fn judge_for(step: Step, time: Duration) -> Judged {
    let counts = needs(step);
    let detectors = detectors::ALL.iter().filter(|detector| detector.steps.contains(&step)).count();
    let (begin, mut verdicts) = (Instant::now(), 0_u64);
    while begin.elapsed() < time {
        for round in 0..ROUND {
            // Mostly nothing was seen; the last digit makes them differ.
            let answer = |count: &gate::Count| (*count, if round % 10 == 0 { 1 } else { count.nothing() });
            let evidence = Evidence::new(counts.iter().map(answer));
            black_box(judge(step, black_box(&evidence)));
        }
        verdicts += ROUND;
    }
    let elapsed = begin.elapsed();
    let ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
    Judged {
        step: step.as_str(),
        detectors,
        counts: counts.len(),
        verdicts_per_s: verdicts.saturating_mul(1_000_000_000) / ns.max(1),
        ns_per_detector: ns / verdicts.max(1) / u64::try_from(detectors).unwrap_or(1).max(1),
    }
}
