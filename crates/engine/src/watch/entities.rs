//! What is kept about the watch: how far it has looked, and the alarms that it raised.

use gate::alarms::{Alarm, Watch};
use serde::{Deserialize, Serialize};
use terms::Time;
use uuid::Uuid;

/// The watch as it stands, and as of when it was saved. There is one.
///
/// It is not saved at each look: what came after the last time is folded over again, to the same state, by whoever
/// starts or has the pen next. An alarm is saved with the state that raised it, so that it rings once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WatchState {
    /// The fold so far; it knows the last sighting that it has seen.
    pub watch: Watch,
    /// The last sighting that it had seen when it was saved.
    pub saved_number: u64,
    /// When it was saved.
    pub saved_at: Time,
}

impl Default for WatchState {
    fn default() -> Self {
        Self { watch: Watch::new(), saved_number: 0, saved_at: Time::from_millis(0) }
    }
}

impl WatchState {
    /// Whether this state is to be saved, or only to be remembered.
    pub const fn is_to_be_saved(&self) -> bool {
        self.saved_number == self.watch.number()
    }
}

/// An alarm that was raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RaisedAlarm {
    /// Its id, ordered by time.
    pub id: Uuid,
    /// When it was raised: the time of the decision.
    pub raised_at: Time,
    /// What it says.
    pub alarm: Alarm,
}
