//! Rolling limits: windows of 24 hours, 7 and 30 days that slide by the hour (H11).
//!
//! Usage is summed per hour. A window counts every hour that it touches, so it is up to an hour longer than
//! its name and never lets more than the limit through.

use crate::{Code, Limits, Refusal, payments::UsageEntry};
use terms::{Time, Yen};

const HOUR_MS: i64 = 3_600_000;

/// What was used under one key in the last 30 days, by hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Entries, in any order.
    pub entries: Vec<UsageEntry>,
}

impl Usage {
    /// The hour of a time, since 1970.
    pub const fn hour(at: Time) -> i64 {
        at.millis().div_euclid(HOUR_MS)
    }

    /// What was used within a number of hours up to now.
    pub fn within(&self, hours: i64, now: Time) -> Yen {
        let first = Self::hour(now) - hours;
        self.entries
            .iter()
            .filter(|entry| entry.hour >= first)
            .fold(Yen::ZERO, |sum, entry| sum.plus(entry.sum).unwrap_or(Yen::MAX))
    }

    /// The entry of an hour with more used.
    pub fn add(&self, key: &str, amount: Yen, at: Time) -> UsageEntry {
        let mut entry = self.entry(key, at);
        entry.sum = entry.sum.plus(amount).unwrap_or(Yen::MAX);
        entry
    }

    /// The entry of an hour with some given back: to the hour in which it was used.
    pub fn give_back(&self, key: &str, amount: Yen, used_at: Time) -> UsageEntry {
        let mut entry = self.entry(key, used_at);
        entry.sum = entry.sum.less(amount);
        entry
    }

    fn entry(&self, key: &str, at: Time) -> UsageEntry {
        let hour = Self::hour(at);
        let known = self.entries.iter().find(|entry| entry.hour == hour);
        known.cloned().unwrap_or_else(|| UsageEntry { key: key.to_owned(), hour, sum: Yen::ZERO })
    }
}

/// Whether an amount still fits into all three windows.
///
/// # Errors
/// `over_limit` where it does not.
pub fn check_limit(limits: Limits, usage: &Usage, amount: Yen, now: Time) -> Result<(), Refusal> {
    for (hours, limit) in [(24, limits.day), (7 * 24, limits.week), (30 * 24, limits.month)] {
        let sum = usage.within(hours, now).plus(amount).unwrap_or(Yen::MAX);
        if sum > limit {
            return Err(Refusal::new(Code::OverLimit).field("amount"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { day: Yen::of(300_000), week: Yen::of(500_000), month: Yen::of(1_000_000) };

    fn check(used: &[(i64, i64)], amount: i64, fits: bool) {
        let now = Time::from_millis(1_000_000 * HOUR_MS + 1_800_000);
        let entries = used
            .iter()
            .map(|&(hours_ago, yen)| UsageEntry {
                key: "k".to_owned(),
                hour: Usage::hour(now) - hours_ago,
                sum: Yen::of(yen),
            })
            .collect();
        let checked = check_limit(LIMITS, &Usage { entries }, Yen::of(amount), now);
        assert_eq!(checked.is_ok(), fits, "{used:?} and {amount}");
    }

    #[test]
    fn windows_slide_and_know_no_calendar() {
        check(&[], 300_000, true);
        check(&[], 300_001, false);
        // 31 August and 1 September are two hours apart, whatever the calendar says (H11).
        check(&[(2, 300_000)], 1, false);
        check(&[(24, 300_000)], 1, false);
        check(&[(25, 300_000)], 200_000, true);
        check(&[(25, 300_000)], 200_001, false);
        check(&[(200, 500_000), (300, 500_000)], 1, false);
        check(&[(721, 1_000_000)], 300_000, true);
    }
}
