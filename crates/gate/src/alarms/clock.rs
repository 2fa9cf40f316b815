//! The watch's clock: it never goes back, and its days are those of Japan.

use serde::{Deserialize, Serialize};
use terms::{Span, Time};

const DAY: i64 = Span::days(1).as_millis();
/// Japan is nine hours ahead of UTC and has no summer time.
const JAPAN: i64 = Span::hours(9).as_millis();
/// Most days that are closed one by one after a silence.
const MOST_DAYS: i64 = 400;

/// The time that the watch believes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Clock {
    now: Option<Time>,
}

/// Days since 1970 in Japan.
pub(super) fn day_of(at: Time) -> i64 {
    at.millis().saturating_add(JAPAN).div_euclid(DAY)
}

impl Clock {
    pub(super) fn now(self) -> Time {
        self.now.unwrap_or(Time::from_millis(0))
    }

    /// Where a sighting moves the clock: forward by at most a day, since a bank may say any time.
    pub(super) fn heard(self, at: Time) -> Time {
        match self.now {
            Some(now) => at.max(now).min(now.plus(Span::days(1))),
            None => at,
        }
    }

    /// The next stop on the way to `to`: the end of a day, or `to` itself. Nothing when the clock is there.
    pub(super) fn step(&mut self, to: Time) -> Option<Stop> {
        let Some(now) = self.now else {
            self.now = Some(to);
            return None;
        };
        if to <= now {
            return None;
        }
        let (today, last) = (day_of(now), day_of(to));
        if today == last {
            self.now = Some(to);
            return Some(Stop::Here);
        }
        // After a silence of years there is nothing to be learned from so many empty days.
        let next = (today + 1).max(last - MOST_DAYS);
        self.now = Some(Time::from_millis(next.saturating_mul(DAY).saturating_sub(JAPAN)));
        Some(Stop::DayEnds)
    }
}

/// Why the clock stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Where it should go.
    Here,
    /// Midnight in Japan: the day before is over.
    DayEnds,
}
