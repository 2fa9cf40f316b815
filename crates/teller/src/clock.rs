//! The time and the seeds, as a port: only the program reads the real clock.

use terms::Time;

/// Where time and seeds for new ids come from.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
    /// The book is at `time`, so now is not earlier: said with each batch. A clock that can be behind the book goes on
    /// from there; else what was put off in the book's time would wait until this clock is there by itself.
    fn never_before(&self, time: Time) {
        let _never_behind = time;
    }
    /// A seed that was never given before.
    fn seed(&self) -> u64;
}
