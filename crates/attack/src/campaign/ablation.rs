//! What each control buys: the same scenario with nothing in force, with each control alone, with all but each, and
//! with all; over several seeds.

use super::{Scenario, run};
use crate::world::Broken;
use engine::Control;
use serde::Serialize;
use std::fmt::{self, Write};

/// One choice of controls, over all seeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Which controls, in words.
    pub controls: String,
    /// Accounts debited: least, median, most.
    pub accounts: [u64; 3],
    /// Yen lost: least, median, most.
    pub yen_lost: [i64; 3],
    /// Seeds played.
    pub seeds: u64,
}

/// The whole comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The scenario's title.
    pub title: String,
    /// A row for each choice.
    pub rows: Vec<Row>,
}

/// Plays a scenario with each choice of controls. `says` hears of each row as it is done; where `goes_on` says no,
/// the rows so far are the table.
///
/// # Errors
/// The book fails.
pub fn ablate(
    scenario: &Scenario,
    seeds: &[u64],
    goes_on: &dyn Fn() -> bool,
    says: &dyn Fn(&str),
) -> Result<Table, Broken> {
    let mut table = Table { title: scenario.title.clone(), rows: Vec::new() };
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
        let mut outcomes = Vec::new();
        for seed in seeds {
            if !goes_on() {
                return Ok(table);
            }
            outcomes.push(run(&chosen, *seed, goes_on)?);
        }
        let accounts = middle(outcomes.iter().map(|outcome| outcome.accounts_debited).collect());
        let yen_lost = middle(outcomes.iter().map(|outcome| outcome.yen_lost).collect());
        let row = Row { controls: words, accounts, yen_lost, seeds: seeds.len() as u64 };
        says(&row.to_string());
        table.rows.push(row);
    }
    Ok(table)
}

fn choices() -> Vec<(String, Vec<Control>)> {
    let all = Control::ALL.to_vec();
    let mut found = vec![("nothing".to_owned(), Vec::new())];
    found.extend(all.iter().map(|control| (format!("only {}", control.as_str()), vec![*control])));
    for without in &all {
        let others = all.iter().copied().filter(|control| control != without).collect();
        found.push((format!("all but {}", without.as_str()), others));
    }
    found.push(("all".to_owned(), all));
    found
}

/// Least, median and most.
fn middle<N: Ord + Copy + Default>(mut numbers: Vec<N>) -> [N; 3] {
    numbers.sort_unstable();
    let at = |place: usize| numbers.get(place).copied().unwrap_or_default();
    [at(0), at(numbers.len() / 2), at(numbers.len().saturating_sub(1))]
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [least, median, most] = self.yen_lost;
        let [fewest, accounts, most_accounts] = self.accounts;
        let yen = super::outcome::yen;
        write!(
            f,
            "{:<22} {accounts:>5} accounts ({fewest} to {most_accounts}) {:>13} lost ({} to {})",
            self.controls,
            yen(median),
            yen(least),
            yen(most)
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        self.rows.iter().try_for_each(|row| writeln!(f, "  {row}"))
    }
}

impl Table {
    /// A picture: one bar for each row, as long as the median of what was lost; a line from the least to the most.
    pub fn svg(&self) -> String {
        let most = self.rows.iter().map(|row| row.yen_lost[2]).max().unwrap_or(0).max(1);
        let (left, width, height) = (170.0, 460.0, 22.0);
        let scaled = |yen: i64| yen as f64 / most as f64 * width;
        let mut picture = String::new();
        let tall = height * (self.rows.len() as f64 + 2.0);
        // Writing into a text does not fail.
        let _written = writeln!(
            picture,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 {tall}\" font-family=\"sans-serif\" \
             font-size=\"12\">\n<rect width=\"800\" height=\"{tall}\" fill=\"#ffffff\"/>\n<text x=\"8\" y=\"18\" \
             font-size=\"14\">Yen lost, by the controls in force (median, least to most)</text>"
        );
        for (place, row) in self.rows.iter().enumerate() {
            let top = height * (place as f64 + 1.5);
            let [least, median, most] = row.yen_lost;
            let (low, mid, high) = (left + scaled(least), scaled(median), left + scaled(most));
            let (text, line) = (top + 13.0, top + 8.0);
            let _written = writeln!(
                picture,
                "<text x=\"{:.0}\" y=\"{text:.0}\" text-anchor=\"end\">{}</text><rect x=\"{left:.0}\" y=\"{top:.0}\" \
                 width=\"{mid:.1}\" height=\"16\" fill=\"#b5483a\"/><line x1=\"{low:.1}\" x2=\"{high:.1}\" \
                 y1=\"{line:.0}\" y2=\"{line:.0}\" stroke=\"#222222\"/><text x=\"{:.0}\" y=\"{text:.0}\">{}</text>",
                left - 8.0,
                row.controls,
                high + 8.0,
                super::outcome::yen(median)
            );
        }
        picture.push_str("</svg>\n");
        picture
    }
}
