//! How a breaker changes: stopped by one, resumed by two.

use crate::{Level, Scope};
use serde::{Deserialize, Serialize};
use terms::{OperatorName, Time};

/// Where a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Nothing goes through.
    Open,
    /// One customer in a hundred goes on, with a fresh passkey signature.
    #[serde(rename = "probing_1")]
    Probing1,
    /// One customer in ten goes on, with a fresh passkey signature.
    #[serde(rename = "probing_10")]
    Probing10,
    /// Everything goes through.
    Closed,
}

impl Setting {
    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Probing1 => "probing_1",
            Self::Probing10 => "probing_10",
            Self::Closed => "closed",
        }
    }

    /// How many customers of a hundred go on.
    pub const fn percent(self) -> u64 {
        match self {
            Self::Open => 0,
            Self::Probing1 => 1,
            Self::Probing10 => 10,
            Self::Closed => 100,
        }
    }
}

/// Who or what stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopper {
    /// A person.
    Operator(OperatorName),
    /// An alarm, by its code.
    Alarm(String),
    /// A bank's own signal.
    Bank(terms::BankCode),
}

/// A loosening that one person has asked for and a second one has to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Who asked.
    pub by: OperatorName,
    /// When.
    pub at: Time,
    /// What shall come next.
    pub to: Setting,
    /// Why.
    pub reason: String,
}

/// One breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// What it is about; there is one breaker per scope.
    pub scope: Scope,
    /// How far the stop goes.
    pub level: Level,
    /// Where it stands.
    pub setting: Setting,
    /// Who stopped last.
    pub stopped_by: Stopper,
    /// When.
    pub stopped_at: Time,
    /// Why.
    pub reason: String,
    /// What waits for a second person.
    pub resume: Option<Resume>,
    /// When it changed last.
    pub changed_at: Time,
    /// How often it has changed; a resume says which of these states it is about.
    pub version: u64,
}

/// Why a breaker does not change as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAllowed {
    /// It is not stopped, or not further than what is asked for.
    NothingToLoosen,
    /// Nobody has asked for it yet, or for something else.
    NotAsked,
    /// A second person is needed.
    SamePerson,
    /// Whoever stopped cannot be the one who confirms.
    OwnStop,
    /// The state changed since.
    Changed,
}

impl Breaker {
    /// Stops: at once, by one. A stop only ever tightens: an open breaker keeps the higher of both levels, and whatever
    /// was being resumed is off.
    #[must_use]
    pub fn stop(
        before: Option<&Self>,
        scope: Scope,
        level: Level,
        by: Stopper,
        reason: String,
        now: Time,
    ) -> Self {
        let kept = before.filter(|breaker| breaker.setting != Setting::Closed);
        Self {
            scope,
            level: kept.map_or(level, |breaker| breaker.level.max(level)),
            setting: Setting::Open,
            stopped_by: by,
            stopped_at: now,
            reason,
            resume: None,
            changed_at: now,
            version: before.map_or(1, |breaker| breaker.version.saturating_add(1)),
        }
    }

    /// The first person asks that it be loosened.
    ///
    /// # Errors
    /// [`NotAllowed::NothingToLoosen`] or [`NotAllowed::Changed`].
    pub fn ask_to_resume(
        &self,
        to: Setting,
        seen_version: u64,
        by: OperatorName,
        reason: String,
        now: Time,
    ) -> Result<Self, NotAllowed> {
        if self.version != seen_version {
            return Err(NotAllowed::Changed);
        }
        if to <= self.setting {
            return Err(NotAllowed::NothingToLoosen);
        }
        Ok(Self {
            resume: Some(Resume { by, at: now, to, reason }),
            changed_at: now,
            version: self.version.saturating_add(1),
            ..self.clone()
        })
    }

    /// The second person confirms, and it is in force.
    ///
    /// # Errors
    /// Why it is not.
    pub fn confirm_resume(
        &self,
        to: Setting,
        seen_version: u64,
        by: &OperatorName,
        now: Time,
    ) -> Result<Self, NotAllowed> {
        if self.version != seen_version {
            return Err(NotAllowed::Changed);
        }
        let asked = self.resume.as_ref().filter(|resume| resume.to == to).ok_or(NotAllowed::NotAsked)?;
        if asked.by == *by {
            return Err(NotAllowed::SamePerson);
        }
        if self.stopped_by == Stopper::Operator(by.clone()) {
            return Err(NotAllowed::OwnStop);
        }
        Ok(Self {
            setting: to,
            resume: None,
            changed_at: now,
            version: self.version.saturating_add(1),
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> OperatorName {
        OperatorName::parse(text).expect(text)
    }

    fn at(millis: i64) -> Time {
        Time::from_millis(millis)
    }

    fn stopped_by(person: &str, level: Level, before: Option<&Breaker>) -> Breaker {
        Breaker::stop(before, Scope::All, level, Stopper::Operator(name(person)), "why".to_owned(), at(1))
    }

    #[test]
    fn a_setting_is_one_word_wherever_it_is_written() {
        for setting in [Setting::Open, Setting::Probing1, Setting::Probing10, Setting::Closed] {
            assert_eq!(serde_json::to_value(setting).expect("text"), setting.as_str());
        }
        for level in Level::ALL {
            assert_eq!(serde_json::to_value(level).expect("text"), level.as_str());
        }
    }

    // promise: P7
    #[test]
    fn one_person_stops_and_two_resume() {
        let stopped = stopped_by("akari", Level::Links, None);
        assert_eq!((stopped.setting, stopped.version), (Setting::Open, 1));
        let ask = |breaker: &Breaker, person: &str, to| {
            breaker.ask_to_resume(to, breaker.version, name(person), "calm".to_owned(), at(2))
        };
        let confirm = |breaker: &Breaker, person: &str, to| {
            breaker.confirm_resume(to, breaker.version, &name(person), at(3))
        };
        assert_eq!(confirm(&stopped, "minato", Setting::Probing1), Err(NotAllowed::NotAsked));
        let asked = ask(&stopped, "minato", Setting::Probing1).expect("asked");
        assert_eq!(asked.setting, Setting::Open, "asking changes nothing yet");
        assert_eq!(confirm(&asked, "minato", Setting::Probing1), Err(NotAllowed::SamePerson));
        assert_eq!(confirm(&asked, "akari", Setting::Probing1), Err(NotAllowed::OwnStop));
        assert_eq!(confirm(&asked, "sora", Setting::Closed), Err(NotAllowed::NotAsked));
        let probing = confirm(&asked, "sora", Setting::Probing1).expect("confirmed");
        assert_eq!((probing.setting, probing.resume.clone()), (Setting::Probing1, None));
        assert_eq!(ask(&probing, "sora", Setting::Open), Err(NotAllowed::NothingToLoosen));
        assert_eq!(ask(&probing, "sora", Setting::Probing1), Err(NotAllowed::NothingToLoosen));
        let asked = ask(&probing, "akari", Setting::Closed).expect("the one who stopped may ask");
        assert_eq!(confirm(&asked, "sora", Setting::Closed).expect("confirmed").setting, Setting::Closed);
    }

    // promise: P7
    #[test]
    fn a_stop_only_tightens_and_takes_back_what_was_being_resumed() {
        let high = stopped_by("akari", Level::TopUps, None);
        let asked =
            high.ask_to_resume(Setting::Closed, 1, name("sora"), String::new(), at(2)).expect("asked");
        let again = stopped_by("minato", Level::Links, Some(&asked));
        assert_eq!((again.level, again.setting, again.resume.clone()), (Level::TopUps, Setting::Open, None));
        let late = asked.confirm_resume(Setting::Closed, again.version, &name("minato"), at(3));
        assert_eq!(late, Err(NotAllowed::Changed), "a confirmation is about the state that was seen");
        let closed = Breaker { setting: Setting::Closed, ..again };
        assert_eq!(stopped_by("sora", Level::Links, Some(&closed)).level, Level::Links);
    }
}
