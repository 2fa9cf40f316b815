//! A scenario file: how long, who lives there, what is in force, who attacks. What is not allowed is said in one
//! line, with the file, the line and the field.

use crate::attackers::{
    Creeper, Flooder, Forger, Guesser, Impostor, Insider, MuleRing, Phisher, Planter, SimSwapper,
};
use engine::{Control, Controls, Policy};
use gate::Level;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{collections::BTreeSet, io::Read, path::Path};

/// A scenario is never longer than this many bytes.
const LONGEST: u64 = 100_000;

/// A campaign as its file says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is, in one sentence.
    pub title: String,
    /// Days with attackers, 1 to 400.
    pub days: u32,
    /// Quiet days before them, from which the alarms learn what is usual; 0 to 400.
    #[serde(default)]
    pub history_days: u32,
    /// The campaign ends so many hours after the first breaker opened, 0 to 9,600; else after all days.
    pub hours_after_breaker: Option<u32>,
    /// The controls in force, by name; all of them where nothing is said.
    pub controls: Option<Vec<String>>,
    /// The banks and their honest traffic.
    #[serde(default)]
    pub banks: BanksPart,
    /// How those notice who lose money.
    #[serde(default)]
    pub victims: VictimsPart,
    /// What the operator's staff does by hand.
    #[serde(default)]
    pub staff: StaffPart,
    /// Ordinary people who live with the wallet.
    #[serde(default)]
    pub people: PeoplePart,
    /// Limits, delays and ages; what is left out is as in production.
    #[serde(default)]
    pub policy: Policy,
    /// Guess PINs.
    #[serde(default)]
    pub guesser: Vec<Guesser>,
    /// Have what depositors typed into a false page.
    #[serde(default)]
    pub phisher: Vec<Phisher>,
    /// Many wallets of one hand, fed by bought lists.
    #[serde(default)]
    pub mules: Vec<MuleRing>,
    /// Have the depositor's telephone number.
    #[serde(default)]
    pub sim_swapper: Vec<SimSwapper>,
    /// Want honest people to stand still.
    #[serde(default)]
    pub planter: Vec<Planter>,
    /// Want the public pages to stand still.
    #[serde(default)]
    pub flooder: Vec<Flooder>,
    /// Take little, every day, under lowered limits.
    #[serde(default)]
    pub creeper: Vec<Creeper>,
    /// Come with an outside id, or ask for a reset.
    #[serde(default)]
    pub impostor: Vec<Impostor>,
    /// Have an account in the customer's name, opened with forged papers.
    #[serde(default)]
    pub forger: Vec<Forger>,
    /// Belong to the staff.
    #[serde(default)]
    pub insider: Vec<Insider>,
}

/// The banks, their pages and their honest traffic.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BanksPart {
    /// How many, from the first of the directory; 1 to 35.
    pub count: u32,
    /// How many of them ask only for number, name and PIN.
    pub weak: u32,
    /// Whether they tell the wallet of wrong tries and reports, as signed signals.
    pub signals: bool,
    /// Whether they tell the depositor of a new link through a channel of their own.
    pub tell_depositors: bool,
    /// Honest link attempts per bank and day; 0 for none, which leaves the alarms nothing to compare with.
    pub tries_per_day: u32,
    /// Their share that fails.
    pub failing: f64,
    /// The share of failures after which nobody comes back to the same account within a day.
    pub orphaned: f64,
    /// How far a bank's failing share spreads from day to day (standard deviation).
    pub failing_spread: f64,
    /// The same of orphans.
    pub orphaned_spread: f64,
    /// How far a day moves the failing shares of all banks together (standard deviation).
    pub failing_shock: f64,
    /// The same of orphans.
    pub orphaned_shock: f64,
}

impl Default for BanksPart {
    fn default() -> Self {
        Self {
            count: 35,
            weak: 0,
            signals: true,
            tell_depositors: true,
            tries_per_day: 150,
            failing: 0.15,
            orphaned: 0.25,
            failing_spread: 0.012,
            orphaned_spread: 0.04,
            failing_shock: 0.02,
            orphaned_shock: 0.01,
        }
    }
}

/// How those notice who lose money.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VictimsPart {
    /// The passbook is read so many days after the debit: at least and at most.
    #[serde(deserialize_with = "pair")]
    pub passbook_days: [u32; 2],
    /// The share that answers the bank's notice of a link that is not theirs.
    pub answer_notice: f64,
    /// After how many hours they do: at least and at most.
    #[serde(deserialize_with = "pair")]
    pub answer_hours: [u32; 2],
}

impl Default for VictimsPart {
    fn default() -> Self {
        Self { passbook_days: [1, 21], answer_notice: 0.3, answer_hours: [1, 24] }
    }
}

/// What the operator's staff does by hand.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaffPart {
    /// How far they stop: `links`, `young_top_ups` (and money in over young links) or `top_ups` (over any link).
    pub level: Level,
    /// After so many reports about a bank it is stopped; 0 for never.
    pub stop_bank_after_reports: u32,
    /// After so many reports in all, all banks are stopped; 0 for never.
    pub stop_all_after_reports: u32,
    /// So many hours pass from the report to the stop.
    pub hours: u32,
}

impl Default for StaffPart {
    fn default() -> Self {
        Self { level: Level::Links, stop_bank_after_reports: 2, stop_all_after_reports: 40, hours: 24 }
    }
}

/// Ordinary people.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeoplePart {
    /// How many; 0 to 5,000.
    pub count: u32,
    /// The share of link attempts at which the owner mistypes at first.
    pub mistyping: f64,
}

impl Default for PeoplePart {
    fn default() -> Self {
        Self { count: 0, mistyping: 0.15 }
    }
}

/// What is wrong with a scenario file, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {what}", line.map_or(String::new(), |line| format!(":{line}")))]
pub struct ScenarioWrong {
    /// Which file.
    pub file: String,
    /// The line, counted from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong, and what is allowed.
    pub what: String,
}

impl Scenario {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or something in it is not allowed.
    pub fn open(path: &Path) -> Result<Self, ScenarioWrong> {
        let file = path.display().to_string();
        let wrong = |what: String| ScenarioWrong { file: file.clone(), line: None, what };
        if path.is_dir() {
            return Err(wrong("is a folder; allowed is a scenario file".to_owned()));
        }
        let mut bytes = Vec::new();
        // What a file says of its length need not be so: a pipe, a device.
        let opened = std::fs::File::open(path).map_err(|why| wrong(why.to_string()))?;
        opened.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|why| wrong(why.to_string()))?;
        if bytes.len() as u64 > LONGEST {
            return Err(wrong(format!("a scenario has at most {LONGEST} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|why| {
            let line = line_of_byte(why.as_bytes(), why.utf8_error().valid_up_to());
            ScenarioWrong { line: Some(line), ..wrong("no text; allowed is TOML in UTF-8".to_owned()) }
        })?;
        Self::read(&file, &text)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// Something in it is not allowed.
    pub fn read(file: &str, text: &str) -> Result<Self, ScenarioWrong> {
        let scenario: Self = toml::from_str(text).map_err(|why| not_read(file, text, &why))?;
        let field = |table: &str, key: &str, what: String| ScenarioWrong {
            file: file.to_owned(),
            line: line_of(text, table, key),
            what: format!(
                "{}{what}",
                if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
            ),
        };
        scenario.check().map_err(|(table, key, what)| field(table, key, what))?;
        Ok(scenario)
    }

    /// The controls in force.
    ///
    /// # Errors
    /// The name of none.
    pub fn controls_in_force(&self) -> Result<Controls, String> {
        let Some(names) = &self.controls else { return Ok(Controls::default()) };
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        for name in names {
            if !seen.insert(name) {
                return Err(format!(": {name:?} stands twice; once is allowed"));
            }
            let control = Control::ALL.iter().find(|control| control.as_str() == name);
            let allowed: Vec<&str> = Control::ALL.iter().map(|control| control.as_str()).collect();
            found.push(*control.ok_or_else(|| {
                format!(": no control is called {name:?}; allowed are {}", allowed.join(", "))
            })?);
        }
        Ok(Controls::only(found))
    }
}

/// Two numbers, and no third that nobody would miss.
fn pair<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u32; 2], D::Error> {
    let numbers: Vec<u32> = Vec::deserialize(deserializer)?;
    let count = numbers.len();
    numbers.try_into().map_err(|_| D::Error::custom(format!("{count} numbers; allowed is [least, most]")))
}

/// What the parser says, with the field, and in words for those who write no Rust.
fn not_read(file: &str, text: &str, why: &toml::de::Error) -> ScenarioWrong {
    let line = why.span().map(|span| line_at(text, span.start));
    let field = line
        .and_then(|line| text.lines().nth(line - 1))
        .and_then(|line| line.split_once('='))
        .map_or(String::new(), |(field, _)| format!("{}: ", field.trim()));
    let said = why.message().replace('\n', " ");
    let what = match said.as_str() {
        "missing field `title`" if text.trim().is_empty() => {
            "the file is empty; a scenario has a title, days and somebody who attacks".to_owned()
        }
        "missing field `days`" => "a scenario has an end: days is missing; allowed is 1 to 400".to_owned(),
        missing if missing.starts_with("missing") || missing.starts_with("unknown field") => said,
        _ => {
            let (wrong, expected) = said.split_once("expected ").unwrap_or((&said, ""));
            let expected = match expected {
                "" => String::new(),
                "u32" | "u64" | "i64" | "usize" => "expected a whole number".to_owned(),
                "f64" => "expected a number".to_owned(),
                other => format!("expected {other}"),
            };
            format!("{field}{wrong}{expected}")
        }
    };
    ScenarioWrong { file: file.to_owned(), line, what }
}

fn line_at(text: &str, place: usize) -> usize {
    line_of_byte(text.as_bytes(), place)
}

fn line_of_byte(bytes: &[u8], place: usize) -> usize {
    bytes.iter().take(place).filter(|byte| **byte == b'\n').count() + 1
}

/// The line of a key in a table; of the table, where the key is left out.
fn line_of(text: &str, table: &str, key: &str) -> Option<usize> {
    let (mut within, mut found) = (table.is_empty(), None);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.starts_with('[') {
            within = line.trim_matches(['[', ']']) == table;
            found = if within { Some(number) } else { found };
        } else if within && line.split_once('=').is_some_and(|(name, _)| name.trim() == key) {
            return Some(number);
        }
    }
    found
}
