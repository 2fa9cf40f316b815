//! What each control buys: the same scenario with nothing in force, with each control alone, with all but each, and
//! with all; over several seeds.

use super::{FoundBy, Outcome, Scenario, run, yen};
use crate::world::Broken;
use engine::Control;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Least, median and most of some numbers. Of an even count the median is the mean of the two in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Spread {
    /// The least.
    pub least: i64,
    /// The median; of whole numbers it may end in a half.
    pub median: f64,
    /// The most.
    pub most: i64,
}

impl Spread {
    fn of(mut numbers: Vec<i64>) -> Self {
        numbers.sort_unstable();
        let at = |place: usize| numbers.get(place).copied().unwrap_or_default();
        let (end, half) = (numbers.len().saturating_sub(1), numbers.len() / 2);
        let median = (at(end / 2) + at(half)) as f64 / 2.0;
        Self { least: at(0), median: if numbers.is_empty() { 0.0 } else { median }, most: at(end) }
    }
}

/// One choice of controls, over all seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Which controls, in words.
    pub controls: String,
    /// Accounts debited.
    pub accounts: Spread,
    /// Yen lost.
    pub yen_lost: Spread,
    /// Who noticed first, and with how many seeds; where nobody did, nobody stands here.
    pub found_by: BTreeMap<FoundBy, u64>,
    /// Minutes from the first attacker's deed until somebody noticed, where somebody did.
    pub found_minutes: Option<Spread>,
    /// The same until the first breaker opened.
    pub stopped_minutes: Option<Spread>,
    /// Seeds played.
    pub seeds: u64,
}

/// The whole comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The scenario's title.
    pub title: String,
    /// The first seed; the others follow.
    pub first_seed: u64,
    /// A row for each choice.
    pub rows: Vec<Row>,
    /// Whether it ended before all was played: the last row may have fewer seeds then.
    pub cut_short: bool,
}

/// What a comparison tells while it is made.
#[derive(Debug)]
pub enum Told<'t> {
    /// How far the row with these controls is.
    Played {
        /// Which row, from 1.
        row: usize,
        /// Of so many.
        rows: usize,
        /// Its controls.
        controls: &'t str,
        /// Seeds that were played.
        seeds: usize,
    },
    /// A row is done.
    Done(&'t Row),
}

/// Plays a scenario with each choice of controls, as many seeds at a time as the machine has processors. `says` hears
/// how far it is, and of each row as it is done; where `goes_on` says no, the rows so far are the table.
///
/// # Errors
/// The book fails.
pub fn ablate(
    scenario: &Scenario,
    seeds: &[u64],
    goes_on: &(dyn Fn() -> bool + Sync),
    says: &(dyn Fn(&Told<'_>) + Sync),
) -> Result<Table, Broken> {
    let first_seed = seeds.first().copied().unwrap_or_default();
    let mut table = Table { title: scenario.title.clone(), first_seed, rows: Vec::new(), cut_short: false };
    let choices = choices();
    let rows = choices.len();
    for (row, (words, controls)) in (1..).zip(choices) {
        let names = controls.iter().map(|control| control.as_str().to_owned()).collect();
        // What a control needs from the banks is there where it is in force.
        let mut chosen = Scenario { controls: Some(names), ..scenario.clone() };
        chosen.banks.tell_depositors = controls.contains(&Control::Notice);
        if controls.contains(&Control::Alarms) {
            chosen.history_days = chosen.history_days.max(60);
            chosen.banks.tries_per_day = chosen.banks.tries_per_day.max(150);
            chosen.banks.signals = true;
        }
        let tells = |seeds| says(&Told::Played { row, rows, controls: &words, seeds });
        let mut outcomes = play_all(&chosen, seeds, goes_on, &tells)?;
        outcomes.retain(|outcome| !outcome.cut_short);
        table.cut_short = outcomes.len() < seeds.len();
        if !outcomes.is_empty() {
            let row = Row::of(words.clone(), &outcomes);
            says(&Told::Done(&row));
            table.rows.push(row);
        }
        if table.cut_short {
            break;
        }
    }
    Ok(table)
}

/// Every seed; in the order of the seeds, those after the first that was not begun left out. `tells` hears how many are
/// played.
fn play_all(
    scenario: &Scenario,
    seeds: &[u64],
    goes_on: &(dyn Fn() -> bool + Sync),
    tells: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Outcome>, Broken> {
    tells(0);
    let (next, played) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let plays = || {
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| goes_on()) {
            let outcome = run(scenario, *seed, &|| goes_on());
            let mut played = played.lock().unwrap_or_else(PoisonError::into_inner);
            played.insert(*seed, outcome);
            tells(played.len());
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(seeds.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(plays);
        }
    });
    played.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

impl Row {
    fn of(controls: String, outcomes: &[Outcome]) -> Self {
        let minutes = |hours: Vec<f64>| {
            let minutes: Vec<i64> = hours.into_iter().map(|hours| (hours * 60.0).round() as i64).collect();
            (!minutes.is_empty()).then(|| Spread::of(minutes))
        };
        let mut found_by = BTreeMap::new();
        for found in outcomes.iter().filter_map(|outcome| outcome.found) {
            *found_by.entry(found.by).or_default() += 1;
        }
        let found = outcomes.iter().filter_map(|outcome| outcome.found.map(|found| found.hours)).collect();
        let stopped =
            outcomes.iter().filter_map(|outcome| outcome.breaker.as_ref().map(|breaker| breaker.hours));
        Self {
            controls,
            accounts: Spread::of(
                outcomes
                    .iter()
                    .map(|outcome| i64::try_from(outcome.accounts_debited).unwrap_or(i64::MAX))
                    .collect(),
            ),
            yen_lost: Spread::of(outcomes.iter().map(|outcome| outcome.yen_lost).collect()),
            found_by,
            found_minutes: minutes(found),
            stopped_minutes: minutes(stopped.collect()),
            seeds: outcomes.len() as u64,
        }
    }

    /// Who noticed first with most seeds, and after how long, in words.
    pub fn found(&self) -> String {
        let nobody = self.seeds - self.found_by.values().sum::<u64>();
        let most =
            self.found_by.iter().max_by_key(|(_, count)| **count).filter(|(_, count)| **count > nobody);
        match (most, self.found_minutes) {
            (Some((by, _)), Some(minutes)) => format!("{} after {}", by.as_str(), span(minutes.median)),
            _ => "nobody".to_owned(),
        }
    }
}

/// Minutes as people say them.
fn span(minutes: f64) -> String {
    if minutes < 120.0 {
        format!("{minutes:.0} min")
    } else if minutes < 2_880.0 {
        format!("{:.1} h", minutes / 60.0)
    } else {
        format!("{:.1} days", minutes / 1_440.0)
    }
}

fn choices() -> Vec<(String, Vec<Control>)> {
    let all = Control::ALL.to_vec();
    let mut found = vec![("nothing in force".to_owned(), Vec::new())];
    found.extend(all.iter().map(|control| (format!("only {}", in_words(*control)), vec![*control])));
    for without in &all {
        let others = all.iter().copied().filter(|control| control != without).collect();
        found.push((format!("all but {}", in_words(*without)), others));
    }
    found.push(("all in force".to_owned(), all));
    found
}

/// A control as people read it.
fn in_words(control: Control) -> String {
    control.as_str().replace('_', " ")
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (accounts, lost) = (self.accounts, self.yen_lost);
        write!(
            f,
            "{:<22} {:>5} accounts ({} to {}) {:>12} lost ({} to {}), found by {}",
            self.controls,
            accounts.median,
            accounts.least,
            accounts.most,
            yen(lost.median.round() as i64),
            yen(lost.least),
            yen(lost.most),
            self.found()
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        self.rows.iter().try_for_each(|row| writeln!(f, "  {row}"))?;
        if self.cut_short {
            let seeds = self.rows.last().map_or(0, |row| row.seeds);
            writeln!(f, "  ended early; the last row is of {seeds} seeds")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_two_in_the_middle() {
        for (numbers, least, median, most) in [
            (vec![], 0, 0.0, 0),
            (vec![7], 7, 7.0, 7),
            (vec![4, 0], 0, 2.0, 4),
            (vec![3, 1, 2], 1, 2.0, 3),
            (vec![26_150_000, 23_320_000, 24_570_000, 26_030_000], 23_320_000, 25_300_000.0, 26_150_000),
            (vec![116, 131, 126, 123], 116, 124.5, 131),
        ] {
            assert_eq!(Spread::of(numbers.clone()), Spread { least, median, most }, "{numbers:?}");
        }
    }

    #[test]
    fn times_are_rounded_and_not_cut() {
        for (minutes, said) in [
            (8.4, "8 min"),
            (119.0, "119 min"),
            (131.3 * 60.0, "5.5 days"),
            (1_303.0, "21.7 h"),
            (8_638.0, "6.0 days"),
        ] {
            assert_eq!(span(minutes), said);
        }
    }
}
