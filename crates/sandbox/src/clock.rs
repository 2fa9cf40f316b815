//! The sandbox's own clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub(crate) fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A second as clocks in Japan show it: `11/22 21:07:59`.
pub(crate) fn in_japan(at_s: i64) -> String {
    let japan = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let at = jiff::Timestamp::from_second(at_s).unwrap_or_default();
    at.to_zoned(japan).strftime("%m/%d %H:%M:%S").to_string()
}
