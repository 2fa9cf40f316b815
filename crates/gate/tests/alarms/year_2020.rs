//! 2020 again: 1,100 guesses a day over 11 of 35 banks, each from a fresh address, wallet and account.

use crate::traffic::{Attack, Traffic};
use gate::alarms::{Grade, Scope, Watch};
use std::collections::BTreeSet;

const HISTORY_DAYS: usize = 150;
const BANKS_HIT: usize = 11;

// promise: P7
#[test]
fn each_bank_could_be_stopped_the_same_day_with_few_accounts_opened() {
    let (mut watch, mut traffic) = (Watch::new(), Traffic::new(2020));
    for _ in 0..HISTORY_DAYS {
        traffic.play_day(None, |sighting, _| {
            drop(watch.see(sighting));
            false
        });
    }
    let hit: BTreeSet<_> = (0..BANKS_HIT).map(|place| traffic.bank(place)).collect();
    let (mut rang, mut stopped, mut opened, mut guesses_before) = (BTreeSet::new(), BTreeSet::new(), 0, 0);
    traffic.play_day(Some(Attack::spread(100.0, BANKS_HIT)), |sighting, guesses| {
        let hostile = guesses > guesses_before;
        guesses_before = guesses;
        if hostile && sighting.worked && !stopped.contains(&sighting.bank) {
            opened += 1;
        }
        for alarm in watch.see(sighting).iter().filter(|alarm| alarm.grade == Grade::Family) {
            match &alarm.scope {
                Scope::All => rang.extend(hit.iter().copied()),
                Scope::Bank(bank) | Scope::Method(bank, _) => drop(rang.insert(*bank)),
            }
        }
        stopped.extend(rang.iter().copied().filter(|bank| watch.excess(*bank) >= 1.0));
        false
    });
    println!("{} of {BANKS_HIT} banks stopped the same day, {opened} accounts opened before", stopped.len());
    assert!(hit.is_subset(&stopped), "{stopped:?}");
    assert!(opened < 10, "{opened}");
    assert!(
        watch.excesses().iter().all(|(bank, excess)| hit.contains(bank) || *excess < 1.0),
        "honest banks go on: {:?}",
        watch.excesses()
    );
}
