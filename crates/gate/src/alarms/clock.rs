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

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(from: i64, to: i64) -> (usize, i64) {
        let mut clock = Clock { now: Some(Time::from_millis(from)) };
        let mut ends = 0;
        while let Some(stop) = clock.step(Time::from_millis(to)) {
            ends += usize::from(stop == Stop::DayEnds);
        }
        (ends, clock.now().millis())
    }

    #[test]
    fn days_end_at_midnight_in_japan_and_never_twice() {
        let midnight = 15 * 3_600_000;
        for (from, to, ends, now) in [
            (0, midnight - 1, 0, midnight - 1),
            (0, midnight, 1, midnight),
            (midnight, midnight + 1, 0, midnight + 1),
            (0, midnight + 3 * DAY + 5, 4, midnight + 3 * DAY + 5),
            (midnight, 0, 0, midnight),
            (0, 10_000 * DAY, 401, 10_000 * DAY),
            (0, i64::MAX, 401, i64::MAX),
            (i64::MIN, 0, 401, 0),
        ] {
            let (ended, at) = stops(from, to);
            assert!(ended.abs_diff(ends) <= usize::from(ends > 400), "{from} {to}: {ended}");
            assert_eq!(at, now, "{from} {to}");
        }
    }

    #[test]
    fn a_sighting_moves_the_clock_by_a_day_at_most() {
        let clock = Clock { now: Some(Time::from_millis(DAY)) };
        for (at, heard) in [(0, DAY), (i64::MIN, DAY), (DAY + 1, DAY + 1), (i64::MAX, 2 * DAY)] {
            assert_eq!(clock.heard(Time::from_millis(at)), Time::from_millis(heard), "{at}");
        }
        assert_eq!(Clock::default().heard(Time::from_millis(5)), Time::from_millis(5));
    }
}
