//! The time and the seeds, as a port: only the program reads the real clock.

use terms::Time;

/// Where time and seeds for new ids come from.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
    /// A seed that was never given before.
    fn seed(&self) -> u64;
}
