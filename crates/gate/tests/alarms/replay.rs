//! The same sightings give the same alarms, from whatever saved state they are seen again.

use crate::dice::Dice;
use crate::traffic::{Attack, DAY_MS, Traffic};
use gate::Sighting;
use gate::alarms::{Alarm, Watch};
use terms::{Span, Time};

fn seed() -> u64 {
    let seed = std::env::var("TSUGIME_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_200_904);
    println!("TSUGIME_SEED={seed}");
    seed
}

/// Five banks that share tags, 80 days quiet and 20 under a growing attack, with canaries.
fn story(seed: u64) -> Vec<Sighting> {
    let mut traffic = Traffic::new(seed);
    (traffic.banks, traffic.tags) = (5, true);
    let (mut story, mut dice) = (Vec::new(), Dice::new(seed ^ 1));
    for day in 0..100 {
        let attack = (day >= 80).then(|| Attack::spread(f64::from(day - 78) * 2.0, 3));
        traffic.play_day(attack, |sighting, _| {
            let mut sighting = sighting.clone();
            sighting.canary = dice.happens(0.0002);
            // Some are told late.
            if dice.happens(0.01) {
                sighting.at = sighting.at.minus(Span::minutes(dice.below(300) as i64));
            }
            story.push(sighting);
            false
        });
    }
    story
}

fn save_and_load(watch: &Watch) -> Watch {
    let saved = serde_json::to_string(watch).unwrap();
    let loaded: Watch = serde_json::from_str(&saved).unwrap();
    assert_eq!(serde_json::to_string(&loaded).unwrap(), saved, "a state comes back as it was");
    loaded
}

fn play(story: &[Sighting], mut between: impl FnMut(Watch, Time) -> Watch) -> Vec<Alarm> {
    let (mut watch, mut alarms) = (Watch::new(), Vec::new());
    for sighting in story {
        watch = between(watch, sighting.at);
        alarms.extend(watch.see(sighting));
    }
    alarms
}

// promise: P6
#[test]
fn a_saved_state_goes_on_as_if_nothing_had_been() {
    let seed = seed();
    let (story, mut dice) = (story(seed), Dice::new(seed ^ 2));
    let straight = play(&story, |watch, _| watch);
    let kinds: std::collections::BTreeSet<_> = straight.iter().map(|alarm| alarm.code).collect();
    assert!(kinds.len() >= 4, "the story rings most statistics: {kinds:?}");
    let restarted = play(&story, |watch, _| if dice.happens(0.002) { save_and_load(&watch) } else { watch });
    assert_eq!(restarted, straight);
}

// promise: P3
#[test]
fn a_sighting_seen_twice_is_seen_once() {
    let seed = seed();
    let (story, mut dice) = (story(seed), Dice::new(seed ^ 3));
    let straight = play(&story, |watch, _| watch);
    // Each batch is fed again from some sighting before its end, as after a crash between seeing and saving.
    let (mut watch, mut alarms, mut place) = (Watch::new(), Vec::new(), 0);
    while place < story.len() {
        let end = (place + 1 + dice.below(400) as usize).min(story.len());
        let from = place.saturating_sub(dice.below(50) as usize);
        story[from..end].iter().for_each(|sighting| alarms.extend(watch.see(sighting)));
        assert_eq!(watch.number(), story[end - 1].number);
        place = end;
    }
    assert_eq!(alarms, straight);
}

#[test]
fn being_told_the_time_between_changes_nothing_but_the_call_that_rings() {
    let seed = seed();
    let (story, mut dice) = (story(seed), Dice::new(seed ^ 4));
    let straight = play(&story, |watch, _| watch);
    let mut ticked = Vec::new();
    let seen = play(&story, |mut watch, next| {
        if dice.happens(0.01) {
            let now = watch.now();
            let between = next.since(now).as_millis().clamp(0, DAY_MS);
            let to = now.plus(Span::millis(dice.below(between as u64 + 1) as i64));
            ticked.extend(watch.tick(to));
        }
        watch
    });
    let mut all: Vec<Alarm> = ticked.into_iter().chain(seen).collect();
    all.sort_by_key(|alarm| alarm.number);
    assert_eq!(all.len(), straight.len());
    for (one, other) in all.iter().zip(&straight) {
        assert_eq!(
            (one.code, &one.scope, one.number, one.grade),
            (other.code, &other.scope, other.number, other.grade)
        );
    }
}
