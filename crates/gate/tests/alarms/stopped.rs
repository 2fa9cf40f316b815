//! A stop does not ring for itself: who may not come back is no guesser.

use crate::traffic::{Attack, Traffic};
use gate::alarms::{Grade, Watch};
use gate::{Breaker, Level, Stopper, Stops};

const HISTORY_DAYS: usize = 200;
const STOPPED_DAYS: usize = 3;
const AFTER_DAYS: usize = 10;

/// Plays a stop of everything, or of the first bank, after a quiet history; how many alarms over a whole family rang
/// since. The wallet sends nobody to a bank that is stopped.
fn alarms(seed: u64, scope: &str, told: bool, attack: Option<Attack>) -> usize {
    let (mut watch, mut traffic) = (Watch::new(), Traffic::new(seed));
    for _ in 0..HISTORY_DAYS {
        traffic.play_day(None, |sighting, _| {
            drop(watch.see(sighting));
            false
        });
    }
    let scope = scope.parse().expect("a scope");
    let by = Stopper::Alarm("orphans".to_owned());
    let breaker = Breaker::stop(None, scope, Level::Links, by, String::new(), traffic.midnight());
    let is_shut = |bank| breaker.scope.bank().is_none_or(|shut| shut == bank);
    let mut family = 0;
    for day in 0..STOPPED_DAYS + AFTER_DAYS {
        let stopped = day < STOPPED_DAYS;
        if told {
            watch.stand_still(&Stops::new(stopped.then(|| breaker.clone())));
        }
        traffic.play_day(attack, |sighting, _| {
            if stopped && is_shut(sighting.bank) {
                return false;
            }
            family += watch.see(sighting).iter().filter(|alarm| alarm.grade == Grade::Family).count();
            false
        });
    }
    family
}

// promise: P6
#[test]
fn a_stop_of_everything_does_not_ring_for_itself() {
    let told: Vec<_> = (1..4).map(|seed| alarms(seed, "all", true, None)).collect();
    assert_eq!(told, [0, 0, 0]);
    let untold: usize = (1..4).map(|seed| alarms(seed, "all", false, None)).sum();
    println!("family alarms after three stops that nobody told the watch of: {untold}");
    assert!(untold > 0, "else this test shows nothing");
}

#[test]
fn a_stop_of_one_bank_hides_nothing_of_the_others() {
    let bank = "bank:0001";
    let told: Vec<_> = (4..7).map(|seed| alarms(seed, bank, true, None)).collect();
    assert_eq!(told, [0, 0, 0]);
    let family = alarms(7, bank, true, Some(Attack::spread(5.0, 35)));
    assert!(family > 0, "an attack on all banks is seen while one stands still");
}
