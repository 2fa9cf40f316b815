//! A stop does not ring for itself: who may not come back is no guesser.

use crate::traffic::{Attack, BANKS, Traffic};
use gate::alarms::{Grade, Watch};
use gate::{Breaker, Level, Stopper, Stops};

const HISTORY_DAYS: usize = 200;
const STOPPED_DAYS: usize = 3;
const AFTER_DAYS: usize = 14;

/// What is stopped, whether the watch is told, and who attacked before and since.
#[derive(Clone, Copy)]
struct Play {
    scope: &'static str,
    told: bool,
    before: Option<(u32, Attack)>,
    since: Option<Attack>,
}

/// Stops something after a quiet history; how many alarms over a whole family rang since. The wallet sends nobody to a
/// bank that is stopped.
fn alarms(seed: u64, play: Play) -> usize {
    let (mut watch, mut traffic) = (Watch::new(), Traffic::new(seed));
    let (attacked_days, before) = play.before.unzip();
    for day in 0..HISTORY_DAYS {
        let attack = before.filter(|_| day + attacked_days.unwrap_or(0) as usize >= HISTORY_DAYS);
        traffic.play_day(attack, |sighting, _| {
            drop(watch.see(sighting));
            false
        });
    }
    let by = Stopper::Alarm("orphans".to_owned());
    let scope = play.scope.parse().expect("a scope");
    let breaker = Breaker::stop(None, scope, Level::Links, by, String::new(), traffic.midnight());
    let is_shut = |bank| breaker.scope.bank().is_none_or(|shut| shut == bank);
    let mut family = 0;
    for day in 0..STOPPED_DAYS + AFTER_DAYS {
        let stopped = day < STOPPED_DAYS;
        if play.told {
            watch.stand_still(&Stops::new(stopped.then(|| breaker.clone())));
        }
        traffic.play_day(play.since, |sighting, _| {
            if !stopped || !is_shut(sighting.bank) {
                let rang = watch.see(sighting);
                family += rang.iter().filter(|alarm| alarm.grade == Grade::Family).count();
            }
            false
        });
    }
    family
}

const QUIET: Play = Play { scope: "all", told: true, before: None, since: None };

// promise: P6
#[test]
fn a_stop_of_everything_does_not_ring_for_itself() {
    for seed in 1..4 {
        assert_eq!(alarms(seed, QUIET), 0, "{seed}");
    }
    let untold: usize = (1..4).map(|seed| alarms(seed, Play { told: false, ..QUIET })).sum();
    println!("family alarms after three stops that nobody told the watch of: {untold}");
    assert!(untold > 0, "else this test shows nothing");
}

// promise: P6
#[test]
fn what_a_stop_has_answered_does_not_ring_once_more() {
    let over = Play { before: Some((20, Attack::spread(1.0, BANKS))), ..QUIET };
    // Worlds in which it would, if evidence of before the stop were kept; one in seven does.
    for seed in [11, 16, 21] {
        assert_eq!(alarms(seed, over), 0, "{seed}");
    }
    let goes_on = Play { since: Some(Attack::spread(5.0, BANKS)), ..over };
    assert!(alarms(14, goes_on) > 0, "whoever goes on is seen again");
}

#[test]
fn a_stop_of_one_bank_hides_nothing_of_the_others() {
    let one = Play { scope: "bank:0001", ..QUIET };
    for seed in 4..7 {
        assert_eq!(alarms(seed, one), 0, "{seed}");
    }
    let attacked = Play { since: Some(Attack::spread(5.0, BANKS)), ..one };
    assert!(alarms(7, attacked) > 0, "an attack on all banks is seen while one stands still");
}
