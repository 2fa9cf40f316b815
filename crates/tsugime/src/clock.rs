//! The real clock and the system's randomness: the only place that reads them for decisions.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use terms::{Span, Time};

/// Behind the book by less, nobody needs to know: clocks of several nodes are never quite the same.
const WORTH_A_WARNING: Span = Span::millis(1_000);

/// The machine's clock, which is believed when it jumps forward. When it jumps back, time goes on at half its speed
/// until the clock is there again: it never stands still, so nothing waits for ever; it never goes back, so nothing
/// that ran out opens again; and no span is over before it really is.
#[derive(Debug, Default)]
pub(crate) struct SystemClock {
    /// A time that was told, and when.
    told: Mutex<Option<(Time, Instant)>>,
}

impl SystemClock {
    fn told(&self) -> MutexGuard<'_, Option<(Time, Instant)>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl teller::Clock for SystemClock {
    fn now(&self) -> Time {
        let mut told = self.told();
        let (shown, instant) = (shown(), Instant::now());
        let steady = told.map(|(time, since)| half_as_fast(time, instant.duration_since(since)));
        match steady.filter(|steady| *steady > shown) {
            Some(steady) => steady,
            None => {
                *told = Some((shown, instant));
                shown
            }
        }
    }

    fn never_before(&self, time: Time) {
        let now = self.now();
        if now >= time {
            return;
        }
        let behind = time.since(now);
        if behind >= WORTH_A_WARNING {
            tracing::warn!(
                behind_ms = behind.as_millis(),
                "the machine's clock is behind the book: was it set back?"
            );
        }
        *self.told() = Some((time, Instant::now()));
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

/// What the machine's clock shows.
fn shown() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn half_as_fast(time: Time, passed: Duration) -> Time {
    time.plus(Span::millis(i64::try_from(passed.as_millis() / 2).unwrap_or(i64::MAX)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use teller::Clock;

    #[test]
    fn a_clock_behind_its_book_goes_on_from_there_and_no_faster_than_time() {
        let clock = SystemClock::default();
        let book = clock.now().plus(Span::hours(24));
        let began = Instant::now();
        clock.never_before(book);
        let first = clock.now();
        assert!(first >= book);
        std::thread::sleep(Duration::from_millis(20));
        let second = clock.now();
        clock.never_before(book);
        assert!(clock.now() >= second && second > first, "it neither stands still nor goes back");
        let passed_ms = i64::try_from(began.elapsed().as_millis()).expect("small");
        assert!(second.since(book).as_millis() <= passed_ms, "no span is over early");
    }
}
