//! A campaign: days of ordinary life with attackers in it, played on the production engine, gate and store in
//! virtual time, from a seed.

pub mod ablation;
mod allowed;
mod asks;
mod background;
mod counter;
mod customers;
mod depositors;
mod errands;
mod library;
mod outcome;
mod outside;
mod people;
mod picture;
mod scenario;
mod stage;
mod tally;
mod wallet;

pub(crate) use allowed::{Wrong, within};
pub use counter::{Checked, Counters, Shown};
pub use customers::Customer;
pub use depositors::{Depositor, best_pins, depositor};
pub use library::library;
use outcome::yen;
pub use outcome::{FirstAlarm, FirstBreaker, Found, Outcome};
pub use scenario::{BanksPart, PeoplePart, Scenario, ScenarioWrong, StaffPart, VictimsPart};
pub use stage::{Asker, Later, Stage};
pub use tally::{FoundBy, Tally};
pub use wallet::{Reached, Wallet, fresh_place};

use crate::{
    attackers::{Attacker, all},
    world::{Broken, clock::Clock},
};
use asks::Background;
use background::Traffic;
use engine::Control;
use gate::alarms::Watch;
use people::Person;
use terms::{BankCode, Span, Time};

/// Midnight in Japan, 2026-11-23; any time will do.
const START: Time = Time::from_millis(1_795_359_600_000);
/// How often honest tries are told, errands run, and the watch looks out by itself.
const TICK: Span = Span::minutes(10);
/// A campaign in which more happens goes nowhere.
const STEPS_MAX: u64 = 20_000_000;

/// What can happen.
enum Happening {
    Attacker(usize),
    Person(usize),
    Tick,
    Later(Later),
}

/// How many depositors a bank has.
pub(crate) const fn depositors_of(_: BankCode) -> u64 {
    depositors::DEPOSITORS
}

/// Those of the banks that ask only for what can be typed: evenly spread over all.
pub(crate) fn weak_banks(codes: &[BankCode], part: &BanksPart) -> Vec<BankCode> {
    let (weak, all) = (usize::try_from(part.weak).unwrap_or(0), codes.len().max(1));
    (0..weak.min(all)).filter_map(|place| codes.get(place * all / weak).copied()).collect()
}

/// How far a campaign is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Simulated days that were played.
    pub days: f64,
    /// Of so many.
    pub all_days: f64,
    /// Tries of attackers at banks' pages.
    pub tries: u64,
    /// Accounts of others that were debited.
    pub accounts: u64,
}

/// Plays a scenario. `goes_on` is asked now and then: where it says no, what was found so far is the outcome.
///
/// # Errors
/// The wallet's book fails, or a control has no such name.
pub fn run(scenario: &Scenario, seed: u64, goes_on: &dyn Fn() -> bool) -> Result<Outcome, Broken> {
    run_watched(scenario, seed, &|_| goes_on())
}

/// The same, and `goes_on` hears how far it is.
///
/// # Errors
/// As [`run`]'s.
pub fn run_watched(
    scenario: &Scenario,
    seed: u64,
    goes_on: &dyn Fn(&Progress) -> bool,
) -> Result<Outcome, Broken> {
    let mut campaign = Campaign::new(scenario, seed)?;
    campaign.play(goes_on)
}

struct Campaign {
    seed: u64,
    stage: Stage,
    clock: Clock<Happening>,
    traffic: Option<Traffic>,
    attackers: Vec<Box<dyn Attacker>>,
    people: Vec<Person>,
    ends_at: Time,
}

impl Campaign {
    fn new(scenario: &Scenario, seed: u64) -> Result<Self, Broken> {
        let mut stage = Stage::new(seed, scenario.clone(), START)?;
        let weakest_first = weakest_first(&stage);
        let attackers = all(scenario, &weakest_first);
        let people = (0..usize::try_from(scenario.people.count).unwrap_or(0))
            .map(|number| Person::new(number, scenario.people.mistyping))
            .collect();
        // Only alarms look at honest traffic.
        let watched = scenario.banks.tries_per_day > 0 && stage.controls.has(Control::Alarms);
        let traffic = watched.then(|| learns(&mut stage, seed));
        let ends_at = START.plus(Span::days(i64::from(scenario.days)));
        Ok(Self { seed, stage, clock: Clock::new(START), traffic, attackers, people, ends_at })
    }

    fn play(&mut self, goes_on: &dyn Fn(&Progress) -> bool) -> Result<Outcome, Broken> {
        self.clock.after(Span::millis(0), Happening::Tick);
        for place in 0..self.people.len() {
            let wait = self.stage.dice.span(Span::minutes(1), Span::days(3));
            self.clock.after(wait, Happening::Person(place));
        }
        for place in 0..self.attackers.len() {
            let wait = self.stage.dice.span(Span::minutes(1), Span::minutes(30));
            self.clock.after(wait, Happening::Attacker(place));
        }
        let mut cut_short = false;
        for step in 0..STEPS_MAX {
            let Some(happening) = self.clock.next().filter(|_| self.clock.now() < self.end()) else {
                break;
            };
            self.stage.now = self.clock.now();
            self.happens(happening);
            if let Some(fault) = self.stage.fault.take() {
                return Err(Broken::new("no ask ends in a fault", fault));
            }
            for (at, later) in std::mem::take(&mut self.stage.later) {
                self.clock.after(at.since(self.stage.now), Happening::Later(later));
            }
            if step.is_multiple_of(16) && !goes_on(&self.progress()) {
                cut_short = true;
                break;
            }
        }
        let held = self.attackers.iter().map(|attacker| attacker.holds_yen(&self.stage)).sum();
        Ok(Outcome::of(&self.stage, self.seed, START, held, cut_short))
    }

    fn progress(&self) -> Progress {
        let days = |until: Time| until.since(START).as_millis() as f64 / 86_400_000.0;
        let tally = &self.stage.tally;
        let (tries, accounts) = (tally.tries, tally.debited.len() as u64);
        Progress { days: days(self.stage.now), all_days: days(self.end()), tries, accounts }
    }

    /// The end of the last day, or some hours after the first breaker opened.
    fn end(&self) -> Time {
        let opened = self.stage.tally.breaker.as_ref().map(|(_, _, at)| *at);
        let hours = self.stage.setting.hours_after_breaker;
        let sooner = opened.zip(hours).map(|(at, hours)| at.plus(Span::hours(i64::from(hours))));
        sooner.map_or(self.ends_at, |sooner| sooner.min(self.ends_at))
    }

    fn happens(&mut self, happening: Happening) {
        let stage = &mut self.stage;
        match happening {
            Happening::Tick => {
                self.ticks();
                self.clock.after(TICK, Happening::Tick);
            }
            Happening::Attacker(place) => {
                stage.tally.began_at.get_or_insert(stage.now);
                let next = self.attackers.get_mut(place).and_then(|attacker| attacker.acts(stage));
                if let Some(wait) = next {
                    self.clock.after(Span::millis(wait.as_millis().max(1)), Happening::Attacker(place));
                }
            }
            Happening::Person(place) => {
                if let Some(wait) = self.people.get_mut(place).and_then(|person| person.acts(stage)) {
                    self.clock.after(wait, Happening::Person(place));
                }
            }
            Happening::Later(Later::Passbook(bank, account)) => {
                stage.is_reported(bank, &account, FoundBy::Victim)
            }
            Happening::Later(Later::AnswersNotice(bank, account)) => {
                stage.is_reported(bank, &account, FoundBy::Notice);
            }
            Happening::Later(Later::StaffStop(bank)) => stage.staff_stops(bank),
        }
    }

    fn ticks(&mut self) {
        let stage = &mut self.stage;
        if let Some(traffic) = &mut self.traffic {
            let sightings = traffic.until(stage.now);
            if !sightings.is_empty() {
                let _told = stage.ask(&Asker::default(), &Background { sightings });
            }
            stage.looks_out();
        }
        stage.runs_errands();
    }
}

/// The banks, those that ask for least first.
fn weakest_first(stage: &Stage) -> Vec<BankCode> {
    let (mut weak, strong): (Vec<_>, Vec<_>) =
        stage.banks.codes().into_iter().partition(|bank| stage.counters.is_weak(*bank));
    weak.extend(strong);
    weak
}

/// Quiet days before the first: the watch folds over them beside the book, which begins empty.
fn learns(stage: &mut Stage, seed: u64) -> Traffic {
    let days = i64::from(stage.setting.history_days);
    let banks: Vec<(BankCode, String)> = stage
        .banks
        .codes()
        .into_iter()
        .filter_map(|bank| stage.easiest_method(bank).map(|method| (bank, method)))
        .collect();
    let from = START.minus(Span::days(days));
    let mut traffic = Traffic::new(seed, stage.setting.banks.clone(), banks, from);
    let mut watch = Watch::new();
    for (number, sighting) in (1..).zip(traffic.until(START)) {
        let _rang = watch.see(&gate::Sighting { number, ..sighting });
    }
    if let Some(watch) = counted_from_nothing(&watch) {
        stage.seeds_watch(watch);
    }
    traffic
}

/// The same watch, for a book whose first sighting is still to come.
fn counted_from_nothing(watch: &Watch) -> Option<Watch> {
    let mut kept = serde_json::to_value(watch).ok()?;
    *kept.get_mut("number")? = 0.into();
    serde_json::from_value(kept).ok()
}
