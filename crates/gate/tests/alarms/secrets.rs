//! Banks that share keyed tags of the secrets tried: how soon the same secrets on many accounts ring.
//!
//! `TSUGIME_LONG=200 cargo test -p gate --test alarms secrets -- --nocapture` plays five years of 200 banks.

use crate::traffic::{Attack, BANKS, DAY_MS, Traffic};
use gate::alarms::{Code, Watch};

const HISTORY_DAYS: usize = 300;
const PATIENCE_DAYS: usize = 300;
const FIVE_YEARS_DAYS: usize = 1_826;

struct Cell {
    name: &'static str,
    banks: usize,
    attack: Attack,
    /// Most days in the median, where the statistic is for such attacks.
    most_days: Option<f64>,
}

const fn cell(name: &'static str, banks: usize, guesses: f64, secrets: u64, first_secret: u64) -> Cell {
    Cell { name, banks, attack: Attack { guesses, banks, secrets, first_secret }, most_days: None }
}

const CELLS: [Cell; 9] = [
    Cell { most_days: Some(14.0), ..cell("one bank, 1 a day, one rare secret", 1, 1.0, 1, 7_654) },
    cell("one bank, 1 a day, the most used secret", 1, 1.0, 1, 0),
    cell("one bank, 5 a day, the most used secret", 1, 5.0, 1, 0),
    cell("one bank, 5 a day, 3 most used in turn", 1, 5.0, 3, 0),
    cell("one bank, 20 a day, 20 most used in turn", 1, 20.0, 20, 0),
    cell("one bank, 60 a day, 100 most used in turn", 1, 60.0, 100, 0),
    cell("35 banks, 1 a day, one rare secret", BANKS, 1.0, 1, 7_654),
    cell("35 banks, 1 a day, the most used secret", BANKS, 1.0, 1, 0),
    cell("35 banks, 5 a day, 20 most used in turn", BANKS, 5.0, 20, 0),
];

/// Days and guesses until the spread rings, and whether it had rung in the quiet days before.
fn delay(cell: &Cell, seed: u64) -> (f64, f64, usize) {
    let (mut watch, mut traffic) = (Watch::new(), Traffic::new(seed));
    (traffic.banks, traffic.tags) = (cell.banks, true);
    let quiet = quiet_alarms(&mut watch, &mut traffic, HISTORY_DAYS);
    let start = traffic.midnight();
    let mut rang = (f64::INFINITY, f64::INFINITY);
    for _ in 0..PATIENCE_DAYS {
        let stop = traffic.play_day(Some(cell.attack), |sighting, guesses| {
            let alarm = watch.see(sighting).into_iter().find(|alarm| alarm.code == Code::Spread);
            if let Some(alarm) = &alarm {
                rang = (alarm.at.since(start).as_millis() as f64 / DAY_MS as f64, guesses as f64);
                assert!(alarm.says.ja.contains("暗証番号") && alarm.says.en.contains("same secrets"));
            }
            alarm.is_some()
        });
        if stop {
            break;
        }
    }
    (rang.0, rang.1, quiet)
}

fn quiet_alarms(watch: &mut Watch, traffic: &mut Traffic, days: usize) -> usize {
    let mut quiet = 0;
    for _ in 0..days {
        traffic.play_day(None, |sighting, _| {
            quiet += watch.see(sighting).iter().filter(|alarm| alarm.code == Code::Spread).count();
            false
        });
    }
    quiet
}

// promise: P13
#[test]
fn secrets() {
    let long: Option<u64> = std::env::var("TSUGIME_LONG").ok().map(|text| text.parse().unwrap_or(200));
    let runs = long.map_or(3, |runs| runs.min(50));
    println!("| attack | days | guesses | did not ring in {PATIENCE_DAYS} days |");
    for cell in CELLS.iter().filter(|cell| long.is_some() || cell.banks == 1) {
        let mut all: Vec<_> =
            (0..if cell.banks > 1 { runs.min(9) } else { runs }).map(|seed| delay(cell, seed)).collect();
        all.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (days, guesses, _) = all[all.len() / 2];
        let silent = all.iter().filter(|one| one.0.is_infinite()).count();
        println!("| {} | {days:.2} | {guesses} | {silent} of {} |", cell.name, all.len());
        assert!(cell.most_days.is_none_or(|most| days <= most), "{}: {days}", cell.name);
    }
    let (worlds, days) = long.map_or((4, 600), |worlds| (worlds, FIVE_YEARS_DAYS));
    let quiet: usize = (0..worlds)
        .map(|seed| {
            let mut traffic = Traffic::new(seed ^ 0x5eed);
            (traffic.banks, traffic.tags) = (1, true);
            // Of one bank both the bank and all ring: each false alarm is counted twice.
            quiet_alarms(&mut Watch::new(), &mut traffic, days)
        })
        .sum();
    let rate = quiet as f64 / 2.0 / (worlds as f64 * days as f64 / FIVE_YEARS_DAYS as f64);
    println!("{rate:.2} false alarms in five years, {worlds} banks");
    assert!(rate <= if long.is_some() { 1.0 } else { 2.0 }, "{rate}");
}
