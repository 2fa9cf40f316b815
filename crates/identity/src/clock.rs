//! What time it is: assertions and ID tokens run out.

use std::time::{SystemTime, UNIX_EPOCH};

/// Whole seconds since 1970; 0 on a machine whose clock is before that, so that every token is "not valid yet".
pub(crate) fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}
