//! What came of a year, for people and as one JSON object. All of it follows from the settings and the seed.

use super::{
    calendar::{DAY_S, START_S},
    doors::Doors,
    guessers::Attacker,
    lookout::Lookout,
    settings::Settings,
    shard::Shard,
    tally::Tally,
};
use gate::{Ruling, alarms::Grade};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// What people do, in the order of [`super::calendar::Deed`].
const DEEDS: [&str; 9] = [
    "sign_ups",
    "sign_ins",
    "device_changes",
    "recoveries",
    "links",
    "top_ups",
    "transfers",
    "payouts",
    "payments",
];
/// Alarms rung so long after an attacker went elsewhere are still about that one.
const AFTERMATH_S: u32 = 10 * DAY_S;
/// Alarms that are listed.
const LISTED: usize = 20;

/// Something that rang or opened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    /// The statistic's word.
    pub code: String,
    /// What it is about.
    pub scope: String,
    /// The day, from 0 on, with its part.
    pub day: f64,
    /// The sighting at which it rang; nothing for a breaker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sighting: Option<u64>,
}

/// One attacker's year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Campaign {
    /// `slow`: one guess per bank and day; `2020`: a hundred at each of eleven banks.
    pub name: String,
    /// The day it began.
    pub began_day: f64,
    /// The day they went elsewhere, after 100 refusals one after the other.
    pub gave_up_day: Option<f64>,
    /// Guesses that a bank's page answered.
    pub guesses: u64,
    /// Wallets opened.
    pub wallets: u64,
    /// Links made.
    pub links: u64,
    /// Accounts of others that were debited.
    pub accounts_debited: u64,
    /// Yen debited.
    pub yen: u64,
    /// The first alarm over a whole family of streams since it began, and before the next one began.
    pub alarm: Option<Moment>,
    /// The first breaker since it began, and before the next one began.
    pub breaker: Option<Moment>,
    /// The gate's verdicts on them.
    pub verdicts: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
}

/// Honest people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Honest {
    /// Asks that were judged.
    pub asks: u64,
    /// The share that had to sign afresh.
    pub stepped_up: f64,
    /// The share that was refused or given to a person to look at.
    pub refused: f64,
    /// The share that stood still because of a breaker.
    pub stopped: f64,
    /// What was found where the gate did not simply allow, by detector.
    pub findings: BTreeMap<String, u64>,
}

/// A year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Banks.
    pub banks: u32,
    /// Depositors of all banks.
    pub depositors: u64,
    /// Wallets at the end.
    pub wallets: u32,
    /// Days that were asked for.
    pub days: u32,
    /// Days that were played.
    pub days_played: u32,
    /// Whether it ended before all of them were.
    pub cut_short: bool,
    /// The seed.
    pub seed: u64,
    /// What people did, attackers' guesses included: the events of the year.
    pub events: u64,
    /// Of these, by kind, those of ordinary people.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Verdicts of the gate, on everybody.
    pub verdicts: u64,
    /// On ordinary people, by step and ruling.
    pub by_step: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    /// Tries at banks' checks that the alarms saw.
    pub sightings: u64,
    /// Honest people.
    pub honest: Honest,
    /// The attackers.
    pub campaigns: Vec<Campaign>,
    /// Alarms in all, of whatever grade.
    pub alarms: u64,
    /// Alarms over a whole family of streams while nobody attacked.
    pub false_alarms: u64,
    /// The first alarms over a whole family of streams.
    pub first_alarms: Vec<Moment>,
    /// Breakers that opened.
    pub breakers: Vec<Moment>,
    /// Attempts that were remembered at most at the end of a day.
    pub remembered_most: u64,
    /// Attempts that are remembered at the end.
    pub remembered: u64,
}

impl Outcome {
    pub(super) fn of(settings: &Settings, days_played: u32, doors: &Doors, shards: &[Shard]) -> Self {
        let mut tally = Tally::default();
        tally.join(&doors.tally);
        shards.iter().for_each(|shard| tally.join(&shard.tally));
        let attackers = &doors.guessing.attackers;
        let hostile: u64 = attackers.iter().map(|who| who.loot.verdicts.all()).sum();
        let guesses: u64 = attackers.iter().map(|who| who.loot.tries).sum();
        let look = &doors.lookout;
        let family = || look.rang.iter().filter(|rang| rang.grade == Grade::Family);
        let logs = || [&doors.log, &doors.guessing.log].into_iter().chain(shards.iter().map(|s| &s.log));
        Self {
            banks: settings.banks,
            depositors: u64::from(settings.banks) * settings.depositors,
            wallets: settings.wallets,
            days: settings.days,
            days_played,
            cut_short: days_played < settings.days,
            seed: settings.seed,
            events: tally.deeds.iter().sum::<u64>() + guesses,
            by_kind: DEEDS.into_iter().zip(tally.deeds).collect(),
            verdicts: tally.verdicts.all() + hostile,
            by_step: tally.verdicts.by_word(),
            sightings: look.sightings(),
            honest: Honest::of(&tally),
            campaigns: attackers.iter().map(|who| Campaign::of(who, attackers, look)).collect(),
            alarms: look.alarms,
            false_alarms: family().filter(|rang| !is_about(attackers, rang.at)).count() as u64,
            first_alarms: family().take(LISTED).map(alarm).collect(),
            breakers: look.opened.iter().take(LISTED).map(breaker).collect(),
            remembered_most: logs().map(|log| log.most() as u64).sum(),
            remembered: logs().map(|log| log.len() as u64).sum(),
        }
    }
}

impl Honest {
    fn of(tally: &Tally) -> Self {
        let asks = tally.verdicts.all();
        let share = |count: u64| rounded(count as f64 / asks.max(1) as f64, 7);
        let of = |ruling| tally.verdicts.of(ruling);
        Self {
            asks,
            stepped_up: share(of(Ruling::StepUp)),
            refused: share(of(Ruling::Review) + of(Ruling::Deny)),
            stopped: share(of(Ruling::Stop)),
            findings: tally.findings.clone(),
        }
    }
}

impl Campaign {
    fn of(who: &Attacker, attackers: &[Attacker], look: &Lookout) -> Self {
        // What rings after another one has begun may be about that one.
        let next = attackers.iter().map(|other| other.begins).filter(|begins| *begins > who.begins).min();
        let until =
            who.gave_up.map_or(u32::MAX, |gave_up| gave_up + AFTERMATH_S).min(next.unwrap_or(u32::MAX));
        let since = |at: u32| at >= who.begins && at < until;
        let mut family = look.rang.iter().filter(|rang| rang.grade == Grade::Family);
        Self {
            name: who.name.to_owned(),
            began_day: day(who.begins),
            gave_up_day: who.gave_up.map(day),
            guesses: who.loot.tries,
            wallets: who.loot.wallets,
            links: who.loot.links,
            accounts_debited: who.loot.debited.len() as u64,
            yen: who.loot.yen,
            alarm: family.find(|rang| since(rang.at)).map(alarm),
            breaker: look.opened.iter().find(|opened| since(opened.at)).map(breaker),
            verdicts: who.loot.verdicts.by_word(),
        }
    }
}

/// Whether somebody attacked at a time, or had until lately.
fn is_about(attackers: &[Attacker], at: u32) -> bool {
    let until = |who: &Attacker| who.gave_up.map_or(u32::MAX, |gave_up| gave_up + AFTERMATH_S);
    attackers.iter().any(|who| (who.begins..=until(who)).contains(&at))
}

fn alarm(rang: &super::lookout::Rang) -> Moment {
    let code = rang.code.as_str().to_owned();
    Moment { code, scope: rang.scope.clone(), day: day(rang.at), sighting: Some(rang.sighting) }
}

fn breaker(opened: &super::lookout::Opened) -> Moment {
    let code = opened.code.as_str().to_owned();
    Moment { code, scope: opened.scope.clone(), day: day(opened.at), sighting: None }
}

fn day(at: u32) -> f64 {
    rounded(f64::from(at.saturating_sub(START_S)) / f64::from(DAY_S), 3)
}

fn rounded(number: f64, places: i32) -> f64 {
    let unit = 10_f64.powi(places);
    (number * unit).round() / unit
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = if self.cut_short { ", ended early" } else { "" };
        writeln!(
            f,
            "{} banks, {} depositors, {} wallets, {} of {} days{cut}, seed {}",
            self.banks,
            grouped(self.depositors),
            grouped(u64::from(self.wallets)),
            self.days_played,
            self.days,
            self.seed
        )?;
        writeln!(f, "\n{:<28}{:>14}", "events", grouped(self.events))?;
        for (kind, count) in &self.by_kind {
            writeln!(f, "  {kind:<26}{:>14}", grouped(*count))?;
        }
        writeln!(f, "{:<28}{:>14}", "verdicts", grouped(self.verdicts))?;
        for (step, rulings) in &self.by_step {
            let rulings: Vec<String> =
                rulings.iter().map(|(ruling, count)| format!("{ruling} {}", grouped(*count))).collect();
            writeln!(f, "  {step:<26}{}", rulings.join(", "))?;
        }
        writeln!(f, "{:<28}{:>14}", "tries that alarms saw", grouped(self.sightings))?;
        writeln!(
            f,
            "{:<28}{:>14} at most at a day's end, {} at the end",
            "attempts remembered",
            grouped(self.remembered_most),
            grouped(self.remembered)
        )?;
        let percent = |share: f64| format!("{:.4} %", share * 100.0);
        let honest = &self.honest;
        writeln!(f, "\nordinary people, of {} asks", grouped(honest.asks))?;
        writeln!(f, "  signed afresh             {:>14}  (at most 2 %)", percent(honest.stepped_up))?;
        writeln!(f, "  refused or looked at      {:>14}  (at most 0.1 %)", percent(honest.refused))?;
        writeln!(f, "  stopped by a breaker      {:>14}", percent(honest.stopped))?;
        for (finding, count) in &honest.findings {
            writeln!(f, "    {finding:<30}{:>8}", grouped(*count))?;
        }
        for campaign in &self.campaigns {
            if campaign.began_day < f64::from(self.days_played) {
                writeln!(f, "\n{campaign}")?;
            } else {
                writeln!(
                    f,
                    "\nattacker \"{}\" would have begun on day {:.2}",
                    campaign.name, campaign.began_day
                )?;
            }
        }
        writeln!(
            f,
            "\nalarms while nobody attacked: {}; of whatever grade, in all: {}",
            self.false_alarms, self.alarms
        )
    }
}

impl fmt::Display for Campaign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gave_up = self.gave_up_day.map_or("never".to_owned(), |day| format!("on day {day:.2}"));
        writeln!(f, "attacker \"{}\" from day {:.2} on, gave up {gave_up}", self.name, self.began_day)?;
        writeln!(
            f,
            "  {} guesses from {} wallets; {} links, {} accounts debited, ¥{}",
            grouped(self.guesses),
            grouped(self.wallets),
            self.links,
            self.accounts_debited,
            grouped(self.yen)
        )?;
        let said = |moment: &Option<Moment>| match moment {
            None => "none before the next attacker began or the end".to_owned(),
            Some(Moment { code, scope, day, sighting }) => {
                let event = sighting.map_or(String::new(), |number| format!(" at try {}", grouped(number)));
                format!(
                    "{code} ({scope}){event}, day {day:.2}, {:.1} hours after the first",
                    (day - self.began_day) * 24.0
                )
            }
        };
        writeln!(f, "  first alarm    {}", said(&self.alarm))?;
        write!(f, "  first breaker  {}", said(&self.breaker))
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
