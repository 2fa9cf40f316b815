//! Days of Japan, on which rules begin and end.

use terms::Time;
use toml::value::Datetime;

const DAY_MILLIS: i64 = 86_400_000;
const JAPAN_IS_AHEAD_MILLIS: i64 = 9 * 3_600_000;

/// Midnight in Japan at the begin of a day such as `2026-11-22`.
pub fn day_begins(text: &str) -> Option<Time> {
    midnight(&text.parse().ok()?)
}

/// Midnight in Japan at the begin of a day; nothing for a date with a time of day.
pub(super) fn midnight(date: &Datetime) -> Option<Time> {
    let (Some(day), None, None) = (date.date, date.time, date.offset) else { return None };
    Some(Time::from_millis(
        days_since_1970(i64::from(day.year), i64::from(day.month), i64::from(day.day)) * DAY_MILLIS
            - JAPAN_IS_AHEAD_MILLIS,
    ))
}

/// Days of the civil calendar; years begin in March, so that the leap day is the last of its year.
const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_in_japan() {
        for (text, begins) in [
            ("1970-01-01", "1969-12-31T15:00:00.000Z"),
            ("2000-03-01", "2000-02-29T15:00:00.000Z"),
            ("2026-11-22", "2026-11-21T15:00:00.000Z"),
            ("2100-03-01", "2100-02-28T15:00:00.000Z"),
        ] {
            assert_eq!(day_begins(text).expect(text).to_string(), begins);
        }
        for text in ["2026-11-22T10:00:00", "10:00:00", "2026-02-30", "yesterday", ""] {
            assert_eq!(day_begins(text), None, "{text}");
        }
    }
}
