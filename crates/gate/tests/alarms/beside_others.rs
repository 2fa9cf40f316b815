//! The watch beside watchers as they are common elsewhere.

use crate::traffic::{Attack, BANKS, DAY_MS, START_MS, Traffic};
use gate::Sighting;
use gate::alarms::baselines::{AccountLockout, AddressLimit, FailureCusum, Watcher};
use gate::alarms::{Grade, Watch};

const HISTORY_DAYS: usize = 150;

#[test]
fn counters_on_accounts_and_addresses_never_ring_for_a_guesser_who_has_many() {
    let (mut watch, mut traffic) = (Watch::new(), Traffic::new(41));
    let mut common: [Box<dyn Watcher>; 2] =
        [Box::new(AccountLockout::default()), Box::new(AddressLimit::default())];
    let (mut rang_after_days, mut rings) = (None, [0, 0]);
    for day in 0..HISTORY_DAYS + 10 {
        let attack = (day >= HISTORY_DAYS).then(|| Attack::spread(5.0, BANKS));
        traffic.play_day(attack, |sighting, _| {
            // Everybody has an address of his own.
            let address = sighting.account.map(|account| format!("{:?}", account.bytes()));
            let sighting = Sighting { address, ..sighting.clone() };
            for (rings, watcher) in rings.iter_mut().zip(&mut common) {
                *rings += usize::from(watcher.see(&sighting));
            }
            let alarm = watch.see(&sighting).into_iter().find(|alarm| alarm.grade == Grade::Family);
            if let Some(alarm) = alarm.filter(|_| attack.is_some()) {
                rang_after_days.get_or_insert((alarm.at.millis() - START_MS) / DAY_MS - HISTORY_DAYS as i64);
            }
            false
        });
    }
    assert_eq!(rings, [0, 0], "lock-out and address limit");
    assert_eq!(rang_after_days, Some(0), "the watch rings on the first day");
}

#[test]
fn a_plain_cusum_cries_wolf_on_days_that_are_bad_everywhere() {
    let long: Option<u64> = std::env::var("TSUGIME_LONG").ok().map(|text| text.parse().unwrap_or(200));
    let (worlds, days) = long.map_or((3, 400), |worlds| (worlds.min(30), 1_826));
    let (mut pooled, mut single) = (0, 0);
    for world in 0..worlds {
        let (mut all, mut one, mut traffic) =
            (FailureCusum::default(), FailureCusum::default(), Traffic::new(world));
        let bank = traffic.bank(0);
        for _ in 0..days {
            traffic.play_day(None, |sighting, _| {
                pooled += usize::from(all.see(sighting));
                single += usize::from(sighting.bank == bank && one.see(sighting));
                false
            });
        }
    }
    let five_years = worlds as f64 * (days - 60) as f64 / 1_826.0;
    let (pooled, single) = (pooled as f64 / five_years, single as f64 / five_years);
    println!(
        "plain failure-rate CUSUM, false alarms in five years: all banks {pooled:.1}, one bank {single:.1}"
    );
    assert!(pooled > 10.0, "{pooled}");
}
