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

/// One choice of controls, over all seeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which controls, in words.
    pub controls: String,
    /// Accounts debited: least, median, most.
    pub accounts: [u64; 3],
    /// Yen lost: least, median, most.
    pub yen_lost: [i64; 3],
    /// Who noticed first, and with how many seeds; where nobody did, nobody stands here.
    pub found_by: BTreeMap<FoundBy, u64>,
    /// Minutes from the first attacker's deed until somebody noticed, where somebody did: least, median, most.
    pub found_minutes: Option<[u64; 3]>,
    /// The same until the first breaker opened.
    pub stopped_minutes: Option<[u64; 3]>,
    /// Seeds played.
    pub seeds: u64,
}

/// The whole comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The scenario's title.
    pub title: String,
    /// The first seed; the others follow.
    pub first_seed: u64,
    /// A row for each choice.
    pub rows: Vec<Row>,
}

/// Plays a scenario with each choice of controls, as many seeds at a time as the machine has processors. `says` hears
/// of each row as it is done; where `goes_on` says no, the rows so far are the table.
///
/// # Errors
/// The book fails.
pub fn ablate(
    scenario: &Scenario,
    seeds: &[u64],
    goes_on: &(dyn Fn() -> bool + Sync),
    says: &dyn Fn(&str),
) -> Result<Table, Broken> {
    let first_seed = seeds.first().copied().unwrap_or_default();
    let mut table = Table { title: scenario.title.clone(), first_seed, rows: Vec::new() };
    for (words, controls) in choices() {
        let names = controls.iter().map(|control| control.as_str().to_owned()).collect();
        // What a control needs from the banks is there where it is in force.
        let mut chosen = Scenario { controls: Some(names), ..scenario.clone() };
        chosen.banks.tell_depositors = controls.contains(&Control::Notice);
        if controls.contains(&Control::Alarms) {
            chosen.history_days = chosen.history_days.max(60);
            chosen.banks.tries_per_day = chosen.banks.tries_per_day.max(150);
            chosen.banks.signals = true;
        }
        let outcomes = play_all(&chosen, seeds, goes_on)?;
        if outcomes.iter().any(|outcome| outcome.cut_short) || outcomes.len() < seeds.len() {
            return Ok(table);
        }
        let row = Row::of(words, &outcomes);
        says(&row.to_string());
        table.rows.push(row);
    }
    Ok(table)
}

/// Every seed; in the order of the seeds, those after the first that was not begun left out.
fn play_all(
    scenario: &Scenario,
    seeds: &[u64],
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Outcome>, Broken> {
    let (next, played) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let plays = || {
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| goes_on()) {
            let outcome = run(scenario, *seed, &|| goes_on());
            played.lock().unwrap_or_else(PoisonError::into_inner).insert(*seed, outcome);
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
            let minutes: Vec<u64> = hours.into_iter().map(|hours| (hours * 60.0).round() as u64).collect();
            (!minutes.is_empty()).then(|| middle(minutes))
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
            accounts: middle(outcomes.iter().map(|outcome| outcome.accounts_debited).collect()),
            yen_lost: middle(outcomes.iter().map(|outcome| outcome.yen_lost).collect()),
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
            (Some((by, _)), Some([_, median, _])) => format!("{} after {}", by.as_str(), span(median)),
            _ => "nobody".to_owned(),
        }
    }
}

/// Minutes as people say them.
fn span(minutes: u64) -> String {
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

fn choices() -> Vec<(String, Vec<Control>)> {
    let all = Control::ALL.to_vec();
    let mut found = vec![("nothing in force".to_owned(), Vec::new())];
    found.extend(all.iter().map(|control| (format!("only {}", control.as_str()), vec![*control])));
    for without in &all {
        let others = all.iter().copied().filter(|control| control != without).collect();
        found.push((format!("all but {}", without.as_str()), others));
    }
    found.push(("all in force".to_owned(), all));
    found
}

/// Least, median (of an even number the upper of the two in the middle) and most.
fn middle<N: Ord + Copy + Default>(mut numbers: Vec<N>) -> [N; 3] {
    numbers.sort_unstable();
    let at = |place: usize| numbers.get(place).copied().unwrap_or_default();
    [at(0), at(numbers.len() / 2), at(numbers.len().saturating_sub(1))]
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [least, median, most] = self.yen_lost;
        let [fewest, accounts, most_accounts] = self.accounts;
        write!(
            f,
            "{:<22} {accounts:>5} accounts ({fewest} to {most_accounts}) {:>12} lost ({} to {}), found by {}",
            self.controls,
            yen(median),
            yen(least),
            yen(most),
            self.found()
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        self.rows.iter().try_for_each(|row| writeln!(f, "  {row}"))
    }
}
