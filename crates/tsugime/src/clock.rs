//! The real clock and the system's randomness: the only place that reads them for decisions.

use std::time::{SystemTime, UNIX_EPOCH};
use terms::Time;

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl teller::Clock for SystemClock {
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn seed(&self) -> u64 {
        let mut bytes = [0; 8];
        // Without randomness ids still differ by time; the store refuses an id that is taken.
        if aws_lc_rs::rand::fill(&mut bytes).is_err() {
            tracing::error!("the system gives no randomness");
        }
        u64::from_le_bytes(bytes)
    }
}

/// 32 secret bytes.
///
/// # Errors
/// When the system gives no randomness.
pub(crate) fn secret_bytes() -> std::io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| std::io::Error::other("the system gives no randomness"))?;
    Ok(bytes)
}
