//! The figures: how soon attacks ring, and how seldom quiet days do.

use crate::traffic::{Attack, BANKS, DAY_MS, Traffic};
use gate::alarms::{Alarm, Code, Grade, Scope, Watch};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

const CELLS: [(&str, Attack, bool); 6] = [
    ("pooled 0.3", Attack::spread(0.3, BANKS), true),
    ("pooled 1", Attack::spread(1.0, BANKS), true),
    ("pooled 2", Attack::spread(2.0, BANKS), true),
    ("pooled 5", Attack::spread(5.0, BANKS), true),
    ("one bank 1", Attack::spread(1.0, 1), false),
    ("one bank 5", Attack::spread(5.0, 1), false),
];

fn delay(watch: &Watch, traffic: &Traffic, attack: Attack, pooled: bool, seed: u64) -> (f64, u64, Code) {
    let (mut watch, mut traffic) = (watch.clone(), traffic.fork(seed));
    let start = traffic.midnight();
    let mut rang: Option<(f64, u64, Code)> = None;
    let target = traffic.bank(0);
    for _ in 0..1_000 {
        let stop = traffic.play_day(Some(attack), |sighting, guesses| {
            let alarms = watch.see(sighting);
            let hit = alarms.iter().find(|alarm| match &alarm.scope {
                Scope::All => pooled,
                Scope::Bank(bank) | Scope::Method(bank, _) => !pooled && *bank == target,
            });
            if let Some(alarm) = hit {
                rang = Some((alarm.at.since(start).as_millis() as f64 / DAY_MS as f64, guesses, alarm.code));
            }
            rang.is_some()
        });
        if stop {
            break;
        }
    }
    rang.unwrap_or((f64::INFINITY, 0, Code::Canary))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn figures() {
    let worlds: u64 = std::env::var("WORLDS").map_or(4, |text| text.parse().unwrap());
    let warm: usize = std::env::var("WARM").map_or(400, |text| text.parse().unwrap());
    let days: usize = std::env::var("DAYS").map_or(1826, |text| text.parse().unwrap());
    let next = AtomicU64::new(0);
    let found: Mutex<BTreeMap<usize, Vec<(f64, u64, Code)>>> = Mutex::default();
    let false_alarms: Mutex<Vec<Alarm>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let world = next.fetch_add(1, Ordering::Relaxed);
                    if world >= worlds {
                        break;
                    }
                    let (mut watch, mut traffic) = (Watch::new(), Traffic::new(world));
                    for day in 0..days {
                        if day == warm {
                            for (place, (_, attack, pooled)) in CELLS.iter().enumerate() {
                                let one = delay(&watch, &traffic, *attack, *pooled, world ^ 0xabcd);
                                found.lock().unwrap().entry(place).or_default().push(one);
                            }
                        }
                        traffic.play_day(None, |sighting, _| {
                            let alarms = watch.see(sighting);
                            false_alarms.lock().unwrap().extend(alarms);
                            false
                        });
                    }
                    if world == 0 {
                        println!("state {} bytes", serde_json::to_string(&watch).unwrap().len());
                    }
                }
            });
        }
    });
    for (place, all) in found.lock().unwrap().iter() {
        let mut delays: Vec<f64> = all.iter().map(|one| one.0).collect();
        let mut guesses: Vec<f64> = all.iter().map(|one| one.1 as f64).collect();
        let mut codes: BTreeMap<Code, usize> = BTreeMap::new();
        all.iter().for_each(|one| *codes.entry(one.2).or_default() += 1);
        println!(
            "{:12} median {:7.2} d {:6} guesses {codes:?}",
            CELLS[*place].0,
            median(&mut delays),
            median(&mut guesses)
        );
    }
    let mut by: BTreeMap<(Code, Grade, bool), usize> = BTreeMap::new();
    for alarm in false_alarms.lock().unwrap().iter() {
        *by.entry((alarm.code, alarm.grade, alarm.scope == Scope::All)).or_default() += 1;
    }
    for ((code, grade, all), count) in by {
        let streams = if all || grade == Grade::Family { 1 } else { BANKS };
        println!(
            "false {code:?} {grade:?} all={all}: {count}, per stream and 5 years {:.2}",
            count as f64 / worlds as f64 / streams as f64 * 1826.0 / days as f64
        );
    }
}
