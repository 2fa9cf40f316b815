//! Whatever the evidence, the findings' weights add up to the ruling, and each is a weight that is allowed.

use gate::{Evidence, Ruling, Step, detectors, judge, needs};
use terms::Yen;

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn random(step: Step, state: &mut u64) -> Evidence {
    let answers: Vec<_> = needs(step)
        .iter()
        .map(|count| {
            let scale = [1, 4, 20, 200, 100_000, 100_000_000, u64::MAX][(next(state) % 7) as usize];
            let answer = if next(state).is_multiple_of(2) { count.nothing() } else { next(state) % scale };
            (*count, answer)
        })
        .collect();
    let yen = [0, 1_000, 40_000, 120_000, 1_000_000][(next(state) % 5) as usize];
    Evidence::new(answers).moving(Yen::of(yen))
}

// promise: P6
#[test]
fn findings_add_up_to_the_ruling() {
    let (mut state, mut rulings) = (20_200_910, std::collections::BTreeSet::new());
    for round in 0..400 {
        for step in Step::ALL {
            let verdict = judge(*step, &random(*step, &mut state));
            let weights: Vec<u32> = verdict.findings().iter().map(|finding| finding.weight).collect();
            let expected = match weights.iter().sum::<u32>() {
                0..30 => Ruling::Allow,
                30..60 => Ruling::StepUp,
                60..100 => Ruling::Review,
                _ => Ruling::Deny,
            };
            assert_eq!(verdict.ruling(), expected, "round {round}, {step:?}: {:?}", verdict.findings());
            assert!(weights.iter().all(|weight| [10, 20, 30, 60, 100].contains(weight)), "{weights:?}");
            rulings.insert(verdict.ruling());
        }
    }
    assert_eq!(rulings.len(), 4, "each ruling came up: {rulings:?}");
}

#[test]
fn nothing_seen_is_nothing_found() {
    for step in Step::ALL {
        let verdict = judge(*step, &Evidence::nothing_seen(*step).moving(Yen::of(1_000_000)));
        assert_eq!((verdict.ruling(), verdict.findings().len()), (Ruling::Allow, 0), "{step:?}");
    }
}

#[test]
fn each_detector_has_a_code_of_its_own_and_says_what_it_saw_in_both_languages() {
    let codes: std::collections::BTreeSet<&str> = detectors::ALL.iter().map(|d| d.code).collect();
    assert_eq!(codes.len(), detectors::ALL.len());
    assert!(detectors::ALL.is_sorted_by_key(|detector| detector.code));
    for detector in detectors::ALL {
        let (ja, en) = detector.says;
        assert!(
            !ja.is_ascii() && ja.ends_with('。') && en.is_ascii() && en.ends_with('.'),
            "{}",
            detector.code
        );
        assert!(!detector.steps.is_empty() && !detector.counts.is_empty(), "{}", detector.code);
    }
}
