//! The watch over all tries at banks, the breakers that its alarms open, and the two people who close them again.

use super::calendar::{DAY_S, time};
use engine::watch::{RaisedAlarm, SINCE, to_stop};
use gate::{
    Breaker, Level, Setting, Sighting, Stopper, Stops,
    alarms::{Alarm, Code, Grade, Watch},
};
use terms::OperatorName;
use uuid::Uuid;

/// Staff looks for the cause, and lets people go on after so long.
const RESUMED_AFTER_S: u32 = 3 * DAY_S;
/// Alarms and stops that are listed; all are counted.
const LISTED_MOST: usize = 200;

/// An alarm that rang.
#[derive(Debug, Clone)]
pub(super) struct Rang {
    pub(super) at: u32,
    /// The sighting at which it rang.
    pub(super) sighting: u64,
    pub(super) code: Code,
    pub(super) grade: Grade,
    pub(super) scope: String,
}

/// A breaker that opened.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) at: u32,
    pub(super) scope: String,
    pub(super) code: Code,
}

/// Watch, alarms and breakers.
#[derive(Debug)]
pub(super) struct Lookout {
    watch: Watch,
    sightings: u64,
    /// Those of the last 30 days, as the engine weighs them.
    raised: Vec<RaisedAlarm>,
    breakers: Vec<Breaker>,
    stops: Stops,
    /// What was stopped from when on, since the day began.
    changes: Vec<(u32, Stops)>,
    resumed_at: Option<u32>,
    pub(super) alarms: u64,
    pub(super) rang: Vec<Rang>,
    pub(super) opened: Vec<Opened>,
}

impl Lookout {
    pub(super) fn new() -> Self {
        Self {
            watch: Watch::new(),
            sightings: 0,
            raised: Vec::new(),
            breakers: Vec::new(),
            stops: Stops::default(),
            changes: Vec::new(),
            resumed_at: None,
            alarms: 0,
            rang: Vec::new(),
            opened: Vec::new(),
        }
    }

    /// What is stopped now.
    pub(super) const fn stops(&self) -> &Stops {
        &self.stops
    }

    /// What was stopped from when on, since the day began.
    pub(super) fn changes(&self) -> &[(u32, Stops)] {
        &self.changes
    }

    /// How many tries were seen.
    pub(super) const fn sightings(&self) -> u64 {
        self.sightings
    }

    /// A day begins.
    pub(super) fn begins(&mut self, at: u32) {
        self.changes.clear();
        self.changes.push((at, self.stops.clone()));
    }

    /// A try at a bank's check; its number is given here.
    pub(super) fn sees(&mut self, at: u32, sighting: Sighting) {
        self.sightings += 1;
        let rang = self.watch.see(&Sighting { number: self.sightings, at: time(at), ..sighting });
        self.weighs(at, rang);
    }

    /// Time passes.
    pub(super) fn ticks(&mut self, at: u32) {
        if self.resumed_at.is_some_and(|due| due <= at) {
            self.resumes(at);
        }
        let rang = self.watch.tick(time(at));
        self.weighs(at, rang);
    }

    /// As the engine's ask of the same purpose does: alarms are raised, and those that are enough open breakers.
    fn weighs(&mut self, at: u32, rang: Vec<Alarm>) {
        let now = time(at);
        for alarm in rang {
            self.alarms += 1;
            if self.rang.len() < LISTED_MOST {
                let (code, grade, scope) = (alarm.code, alarm.grade, in_words(&alarm));
                self.rang.push(Rang { at, sighting: alarm.number, code, grade, scope });
            }
            self.raised.push(RaisedAlarm { id: Uuid::nil(), raised_at: now, alarm });
        }
        if self.raised.is_empty() {
            return;
        }
        self.raised.retain(|raised| raised.raised_at > now.minus(SINCE));
        let found = to_stop(&self.raised, &self.watch, &self.breakers, now);
        let stops: Vec<_> = found.into_iter().map(|(scope, raised)| (scope, raised.alarm.clone())).collect();
        for (scope, alarm) in stops {
            let before = self.breakers.iter().position(|breaker| breaker.scope == scope);
            let by = Stopper::Alarm(alarm.code.as_str().to_owned());
            let known = before.and_then(|place| self.breakers.get(place));
            let reason = alarm.says.en.clone();
            let opened = Breaker::stop(known, scope.clone(), Level::YoungTopUps, by, reason, now);
            match before.and_then(|place| self.breakers.get_mut(place)) {
                Some(breaker) => *breaker = opened,
                None => self.breakers.push(opened),
            }
            if self.opened.len() < LISTED_MOST {
                self.opened.push(Opened { at, scope: scope.to_string(), code: alarm.code });
            }
            self.resumed_at.get_or_insert(at + RESUMED_AFTER_S);
            self.changed(at);
        }
    }

    /// Two people let everything go on that was stopped for long enough.
    fn resumes(&mut self, at: u32) {
        let now = time(at);
        let names = [OperatorName::parse("akari"), OperatorName::parse("minato")];
        let [Ok(first), Ok(second)] = names else { return };
        for breaker in &mut self.breakers {
            let closed = breaker
                .ask_to_resume(Setting::Closed, breaker.version, first.clone(), "looked into".to_owned(), now)
                .and_then(|asked| asked.confirm_resume(Setting::Closed, asked.version, &second, now));
            if let Ok(closed) = closed {
                *breaker = closed;
            }
        }
        self.resumed_at = None;
        self.changed(at);
    }

    fn changed(&mut self, at: u32) {
        self.stops = Stops::new(self.breakers.iter().cloned());
        self.watch.stand_still(&self.stops);
        self.changes.push((at, self.stops.clone()));
    }
}

fn in_words(alarm: &Alarm) -> String {
    use gate::alarms::Scope;
    match &alarm.scope {
        Scope::All => "all".to_owned(),
        Scope::Bank(bank) => format!("bank:{}", bank.as_str()),
        Scope::Method(bank, method) => format!("method:{}:{method}", bank.as_str()),
    }
}
