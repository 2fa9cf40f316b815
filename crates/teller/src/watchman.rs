//! The watchman: asks the watch to look out as soon as there is something new to see, and once an hour for the days.

use crate::Teller;
use engine::{Source, watch::LookOut};
use std::time::Duration;
use store::look;
use tokio::sync::watch;

/// How soon a sighting of any node is looked at.
const EVERY: Duration = Duration::from_millis(250);
/// How often the watch looks at the clock alone, in rounds.
const CLOCK_ROUNDS: u32 = 4 * 3_600;
/// Looks in a row while there is more; then others have their turn.
const LOOKS_MAX: u32 = 100;

impl Teller {
    /// Keeps watch over every try at a bank's check, on whichever node it was seen, until `stop` says so.
    pub async fn keep_watch(self, mut stop: watch::Receiver<bool>) {
        let mut seen = 0;
        let mut rounds = 0_u32;
        loop {
            let newest = self.look(look::newest_sighting).await.unwrap_or(seen);
            if newest != seen || rounds.is_multiple_of(CLOCK_ROUNDS) {
                seen = newest;
                self.look_out().await;
            }
            rounds = rounds.wrapping_add(1);
            // An error means that the sender is gone: that is a stop too.
            if tokio::time::timeout(EVERY, stop.wait_for(|stop| *stop)).await.is_ok() {
                return;
            }
        }
    }

    async fn look_out(&self) {
        for _ in 0..LOOKS_MAX {
            match self.ask(LookOut, Source::default()).await {
                Ok(looked) => {
                    if looked.alarms > 0 || looked.stops > 0 {
                        let (alarms, stops) = (looked.alarms, looked.stops);
                        tracing::warn!(alarms, stops, "the watch raised alarms");
                    }
                    if !looked.more {
                        return;
                    }
                }
                // Nothing is lost: the watch knows how far it has seen, and the next sighting or hour asks again.
                Err(no) => {
                    tracing::warn!(%no, "the watch could not look out");
                    return;
                }
            }
        }
    }
}
