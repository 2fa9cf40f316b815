//! The figures: how soon attacks ring, and how seldom quiet days do.
//!
//! `TSUGIME_LONG=200 cargo test -p gate --test alarms figures -- --nocapture` plays 200 worlds of five years (half an
//! hour on two cores) and prints the table of docs/performance.md; without it a few short worlds keep the promise.

use crate::traffic::{Attack, BANKS, DAY_MS, Traffic};
use gate::alarms::{Alarm, Code, Grade, Scope, Watch};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Days of honest history before an attack begins.
const HISTORY_DAYS: usize = 400;
const FIVE_YEARS_DAYS: usize = 1_826;
/// After so many days an attack counts as not found.
const PATIENCE_DAYS: usize = 1_000;

struct Cell {
    name: &'static str,
    attack: Attack,
    /// Most days and guesses in the median, where the figure is promised.
    most: Option<(f64, f64)>,
    /// Played in the short run too.
    short: bool,
}

const fn cell(name: &'static str, guesses: f64, banks: usize) -> Cell {
    Cell { name, attack: Attack::spread(guesses, banks), most: None, short: false }
}

const CELLS: [Cell; 9] = [
    cell("35 banks, 0.3 a day", 0.3, BANKS),
    Cell { most: Some((7.0, 240.0)), short: true, ..cell("35 banks, 1 a day", 1.0, BANKS) },
    cell("35 banks, 2 a day", 2.0, BANKS),
    Cell { most: Some((1.0, f64::INFINITY)), short: true, ..cell("35 banks, 5 a day", 5.0, BANKS) },
    cell("11 banks, 9 a day (100 in all)", 100.0 / 11.0, 11),
    Cell { short: true, ..cell("11 banks, 100 a day (1,100 in all)", 100.0, 11) },
    Cell { most: Some((60.0, f64::INFINITY)), ..cell("one bank, 1 a day", 1.0, 1) },
    cell("one bank, 2 a day", 2.0, 1),
    Cell { short: true, ..cell("one bank, 5 a day", 5.0, 1) },
];

/// When something rang first: days since the first possible guess, guesses until then.
type Rang = (f64, f64);
const NEVER: Rang = (f64::INFINITY, f64::INFINITY);

/// The first alarm of any statistic, and the first of orphans per failure, for all banks or the attacked ones.
fn delay(watch: &Watch, traffic: &Traffic, attack: Attack, seed: u64) -> (Rang, Rang) {
    let (mut watch, mut traffic) = (watch.clone(), traffic.fork(seed));
    let start = traffic.midnight();
    let attacked: Vec<_> = (0..attack.banks).map(|place| traffic.bank(place)).collect();
    let (mut any, mut orphans) = (NEVER, NEVER);
    for _ in 0..PATIENCE_DAYS {
        let stop = traffic.play_day(Some(attack), |sighting, guesses| {
            for alarm in watch.see(sighting) {
                let counts = match &alarm.scope {
                    Scope::All => attack.banks > 1,
                    Scope::Bank(bank) | Scope::Method(bank, _) => {
                        attacked.contains(bank) && (attack.banks == 1 || alarm.grade == Grade::Family)
                    }
                };
                let rang = (alarm.at.since(start).as_millis() as f64 / DAY_MS as f64, guesses as f64);
                if counts && any == NEVER {
                    any = rang;
                }
                if counts && alarm.code == Code::Orphans {
                    orphans = rang;
                }
            }
            orphans != NEVER
        });
        if stop {
            break;
        }
    }
    (any, orphans)
}

#[derive(Default)]
struct Found {
    delays: BTreeMap<usize, Vec<(Rang, Rang)>>,
    false_alarms: Vec<Alarm>,
    state_bytes: usize,
}

/// Plays worlds on two threads: history, each cell from there, and the rest of the quiet days.
fn play(worlds: u64, days: usize, short: bool) -> Found {
    let (next, found) = (AtomicU64::new(0), Mutex::new(Found::default()));
    let one_world = |world: u64| {
        let (mut watch, mut traffic) = (Watch::new(), Traffic::new(world));
        for day in 0..days {
            if day == HISTORY_DAYS {
                for (place, cell) in CELLS.iter().enumerate().filter(|(_, cell)| cell.short || !short) {
                    let rang = delay(&watch, &traffic, cell.attack, world ^ 0xabcd);
                    found.lock().unwrap().delays.entry(place).or_default().push(rang);
                }
            }
            traffic.play_day(None, |sighting, _| {
                let alarms = watch.see(sighting);
                if !alarms.is_empty() {
                    found.lock().unwrap().false_alarms.extend(alarms);
                }
                false
            });
        }
        let bytes = serde_json::to_string(&watch).unwrap().len();
        let mut found = found.lock().unwrap();
        found.state_bytes = found.state_bytes.max(bytes);
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let world = next.fetch_add(1, Ordering::Relaxed);
                    if world >= worlds {
                        break;
                    }
                    one_world(world);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// False alarms per five years and stream.
fn rates(found: &Found, worlds: u64, days: usize) -> BTreeMap<(Code, Grade, &'static str), f64> {
    let mut rates = BTreeMap::new();
    for code in [Code::Orphans, Code::FailureShift, Code::Singletons] {
        for (grade, scope, streams) in [
            (Grade::Family, "all banks together", 1),
            (Grade::Family, "35 banks after e-BH", 1),
            (Grade::Stream, "one bank", BANKS),
        ] {
            let count = found
                .false_alarms
                .iter()
                .filter(|alarm| {
                    let pooled = alarm.scope == Scope::All;
                    alarm.code == code && alarm.grade == grade && pooled == (scope == "all banks together")
                })
                .count();
            let five_years = worlds as f64 * days as f64 / FIVE_YEARS_DAYS as f64;
            rates.insert((code, grade, scope), count as f64 / five_years / streams as f64);
        }
    }
    rates
}

// promise: P6
#[test]
fn figures() {
    let long: Option<u64> = std::env::var("TSUGIME_LONG").ok().map(|text| text.parse().unwrap_or(200));
    let (worlds, days) = long.map_or((6, HISTORY_DAYS + 1), |worlds| (worlds, FIVE_YEARS_DAYS));
    let days = std::env::var("TSUGIME_DAYS").ok().map_or(days, |text| text.parse().unwrap());
    let found = play(worlds, days, long.is_none());
    println!("{worlds} worlds of {days} days; the largest state has {} bytes", found.state_bytes);
    println!("| attack | any alarm, days | guesses | orphans alone, days | guesses |");
    for (place, delays) in &found.delays {
        let cell = &CELLS[*place];
        let (days, guesses) =
            (median(delays.iter().map(|one| one.0.0)), median(delays.iter().map(|one| one.0.1)));
        let orphans = (median(delays.iter().map(|one| one.1.0)), median(delays.iter().map(|one| one.1.1)));
        println!("| {} | {days:.2} | {guesses} | {:.2} | {} |", cell.name, orphans.0, orphans.1);
        if let Some((most_days, most_guesses)) = cell.most {
            // A few worlds have a median that is off by a third.
            let slack = if long.is_some() { 1.0 } else { 1.5 };
            assert!(days <= slack * most_days && guesses <= slack * most_guesses, "{}", cell.name);
        }
    }
    for ((code, grade, scope), rate) in rates(&found, worlds, days) {
        println!("| {code:?} | {grade:?} | {scope} | {rate:.2} false alarms in five years |");
        let most = if long.is_some() { 1.0 } else { 3.0 };
        assert!(rate <= most, "{code:?} {grade:?} {scope}: {rate}");
    }
    assert!(found.state_bytes < 1_000_000, "{}", found.state_bytes);
}
