//! What came of a campaign, for people and as one JSON object.

use super::{
    stage::Stage,
    tally::{FoundBy, Tally},
};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};
use terms::Time;

/// The first alarm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstAlarm {
    /// The statistic's word.
    pub code: String,
    /// The sighting at which it rang, as the book counts them.
    pub sighting: u64,
    /// Hours since the first attacker acted.
    pub hours: f64,
}

/// The first breaker.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstBreaker {
    /// What it stops.
    pub scope: String,
    /// By whom.
    pub by: String,
    /// Hours since the first attacker acted.
    pub hours: f64,
}

/// How it was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Found {
    /// By whom.
    pub by: FoundBy,
    /// Hours since the first attacker acted.
    pub hours: f64,
}

/// What came of a campaign. Times are simulated, but for the last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The scenario's title.
    pub title: String,
    /// The seed.
    pub seed: u64,
    /// Whether it was ended before its last day.
    pub cut_short: bool,
    /// Hostile days that were played.
    pub days: f64,
    /// Tries of attackers at banks' pages.
    pub tries: u64,
    /// Wallets that attackers opened.
    pub wallets_opened: u64,
    /// Links that attackers made.
    pub links_made: u64,
    /// Accounts of others that were debited.
    pub accounts_debited: u64,
    /// Banks of these accounts.
    pub banks_hit: u64,
    /// Yen that was debited.
    pub yen_taken: i64,
    /// Yen of it that is still in wallets and can be given back.
    pub yen_recovered: i64,
    /// Yen of it that is gone.
    pub yen_lost: i64,
    /// What attackers got that is not money, in words.
    pub gained: BTreeMap<&'static str, u64>,
    /// Attackers' asks that were refused, by code.
    pub refused: BTreeMap<&'static str, u64>,
    /// Who noticed first.
    pub found: Option<Found>,
    /// The first alarm.
    pub alarm: Option<FirstAlarm>,
    /// The first breaker.
    pub breaker: Option<FirstBreaker>,
    /// What ordinary people asked.
    pub honest_asks: u64,
    /// The share of it that needed a fresh signature because of what the gate found.
    pub honest_stepped_up: f64,
    /// The share that the gate refused or gave to a person to look at.
    pub honest_refused: f64,
    /// The share that stood still because of a breaker.
    pub honest_stopped: f64,
    /// Everything that was refused to them and to banks, for whatever reason: what, and the code.
    pub honest_refusals: BTreeMap<String, u64>,
}

impl Outcome {
    pub(super) fn of(stage: &Stage, seed: u64, started: Time, still_held: i64, cut_short: bool) -> Self {
        let tally: &Tally = &stage.tally;
        let began = tally.began_at.unwrap_or(started);
        let hours = |at: Time| rounded(at.since(began).as_millis() as f64 / 3_600_000.0, 2);
        let share =
            |part: u64| if tally.honest == 0 { 0.0 } else { rounded(part as f64 / tally.honest as f64, 5) };
        Self {
            title: stage.setting.title.clone(),
            seed,
            cut_short,
            days: rounded(stage.now.since(started).as_millis() as f64 / 86_400_000.0, 2),
            tries: tally.tries,
            wallets_opened: tally.wallets,
            links_made: tally.links,
            accounts_debited: tally.debited.len() as u64,
            banks_hit: tally.banks.len() as u64,
            yen_taken: tally.taken_yen,
            yen_recovered: still_held.min(tally.taken_yen),
            yen_lost: tally.taken_yen - still_held.min(tally.taken_yen),
            gained: tally.gained.clone(),
            refused: tally.refused.clone(),
            found: tally.found.map(|(by, at)| Found { by, hours: hours(at) }),
            alarm: tally.alarm.clone().map(|(code, sighting, at)| FirstAlarm {
                code,
                sighting,
                hours: hours(at),
            }),
            breaker: tally.breaker.clone().map(|(scope, by, at)| FirstBreaker {
                scope,
                by,
                hours: hours(at),
            }),
            honest_asks: tally.honest,
            honest_stepped_up: share(tally.honest_stepped_up),
            honest_refused: share(tally.honest_refused),
            honest_stopped: share(tally.honest_stopped),
            honest_refusals: tally.honest_refusals.clone(),
        }
    }
}

fn rounded(number: f64, places: i32) -> f64 {
    let unit = 10_f64.powi(places);
    (number * unit).round() / unit
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = if self.cut_short { ", ended early" } else { "" };
        writeln!(f, "{} (seed {}, {} days{cut})", self.title, self.seed, self.days)?;
        let mut line = |name: &str, value: String| writeln!(f, "  {name:<34}{value}");
        line("tries at banks' pages", grouped(self.tries as i64))?;
        line("wallets opened", grouped(self.wallets_opened as i64))?;
        line("links made", grouped(self.links_made as i64))?;
        line("accounts debited", grouped(self.accounts_debited as i64))?;
        line("banks hit", grouped(self.banks_hit as i64))?;
        line("taken", yen(self.yen_taken))?;
        line("still in wallets", yen(self.yen_recovered))?;
        line("gone", yen(self.yen_lost))?;
        line("got besides money", listed(&self.gained))?;
        line("refused to attackers", listed(&self.refused))?;
        let nobody = || "nobody".to_owned();
        line(
            "found first by",
            self.found.map_or_else(nobody, |found| format!("{} after {} h", found.by.as_str(), found.hours)),
        )?;
        let alarm = self.alarm.as_ref();
        let rang = |alarm: &FirstAlarm| {
            format!("{} at sighting {} after {} h", alarm.code, grouped(alarm.sighting as i64), alarm.hours)
        };
        line("first alarm", alarm.map_or_else(|| "none".to_owned(), rang))?;
        let opened =
            |breaker: &FirstBreaker| format!("{} by {} after {} h", breaker.scope, breaker.by, breaker.hours);
        line("first breaker, time to stop", self.breaker.as_ref().map_or_else(|| "none".to_owned(), opened))?;
        line("asked by ordinary people", grouped(self.honest_asks as i64))?;
        let percent = |share: f64| format!("{:.2} %", share * 100.0);
        line("  signed afresh for the gate", percent(self.honest_stepped_up))?;
        line("  refused or looked at", percent(self.honest_refused))?;
        line("  stopped by a breaker", percent(self.honest_stopped))?;
        line("  refused for any reason", listed(&self.honest_refusals))
    }
}

fn listed<K: fmt::Display>(counts: &BTreeMap<K, u64>) -> String {
    let told: Vec<String> =
        counts.iter().map(|(what, count)| format!("{what} {}", grouped(*count as i64))).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

pub(super) fn yen(yen: i64) -> String {
    format!("¥{}", grouped(yen))
}

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}
