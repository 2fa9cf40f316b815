//! Plain failure-rate CUSUM: days on which more tries fail than chance explains, added up.
//!
//! It takes every try for an independent coin, as text books do: days that are bad everywhere ring it.

use super::Watcher;
use crate::{Sighting, alarms::clock::day_of};

/// Days that the usual rate is taken from.
const CALIBRATION_DAYS: u32 = 60;
/// Half the shift that it looks for, in standard deviations of a day.
const SLACK: f64 = 0.25;
/// Rings above this: once in five years if tries were independent coins (Siegmund's approximation).
const RINGS: f64 = 9.74;

/// One CUSUM over all sightings that it is shown.
#[derive(Debug, Clone, Default)]
pub struct FailureCusum {
    day: Option<i64>,
    days: u32,
    tries: f64,
    failures: f64,
    rate: f64,
    sum: f64,
}

impl FailureCusum {
    fn day_ends(&mut self) -> bool {
        self.days = self.days.saturating_add(1);
        if self.days < CALIBRATION_DAYS {
            return false;
        }
        if self.days == CALIBRATION_DAYS {
            self.rate = (self.failures / self.tries).clamp(0.001, 0.999);
        } else if self.tries > 0.0 {
            let spread = libm::sqrt(self.tries * self.rate * (1.0 - self.rate));
            self.sum = (self.sum + (self.failures - self.tries * self.rate) / spread - SLACK).max(0.0);
        }
        (self.tries, self.failures) = (0.0, 0.0);
        let rings = self.sum > RINGS;
        if rings {
            self.sum = 0.0;
        }
        rings
    }
}

impl Watcher for FailureCusum {
    fn see(&mut self, sighting: &Sighting) -> bool {
        let day = day_of(sighting.at);
        let ended = self.day.is_some_and(|before| day > before);
        let rings = ended && self.day_ends();
        self.day = Some(self.day.map_or(day, |before| before.max(day)));
        self.tries += 1.0;
        self.failures += f64::from(u8::from(!sighting.worked));
        rings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarms::sample::{failure, success};
    use terms::{Span, Time};

    #[test]
    fn it_adds_up_what_is_too_much() {
        // 100 tries a day, 15 of them failures, then more.
        for (failures, within_days) in [(15, None), (17, Some(60)), (30, Some(4))] {
            let mut watcher = FailureCusum::default();
            let rang = (0..200_i64).find(|day| {
                let failing = if *day < 60 { 15 } else { failures };
                (0..100).any(|place| {
                    let number = *day as u64 * 100 + place;
                    let sighting =
                        if place < failing { failure(number, number) } else { success(number, number) };
                    watcher.see(&Sighting { at: Time::from_millis(0).plus(Span::days(*day)), ..sighting })
                })
            });
            assert_eq!(rang.is_some(), within_days.is_some(), "{failures}: {rang:?}");
            assert!(rang.is_none_or(|day| day - 60 <= within_days.unwrap()), "{failures}: {rang:?}");
        }
    }
}
