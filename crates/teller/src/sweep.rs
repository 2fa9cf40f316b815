//! Deletes what has served its purpose: now and then, a few rows per commit, between the asks that wait.

use crate::{No, Teller, job::Job};
use engine::{Context, Source};
use std::time::Duration;
use store::{Fault, PURPOSES, Purpose, Shelf};
use terms::Span;
use tokio::sync::{oneshot, watch};

/// Neither a busy loop nor never, whatever the policy says.
const EVERY_MS: (i64, i64) = (1_000, 24 * 3_600_000);
const PAUSE_MS: (i64, i64) = (1, 60_000);

/// The oldest rows of one purpose, on their way through the queue.
struct Sweep {
    purpose: &'static Purpose,
    source: Source,
    weight: usize,
    deleted: Option<usize>,
    answer: oneshot::Sender<Result<usize, No>>,
}

impl Job for Sweep {
    fn source(&self) -> &Source {
        &self.source
    }

    fn name(&self) -> &'static str {
        "retention.sweep"
    }

    fn weight(&self) -> usize {
        self.weight
    }

    fn run(&mut self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<(), Fault> {
        self.deleted = Some(shelf.sweep(self.purpose, at.moment.now, at.policy)?);
        Ok(())
    }

    fn answer(self: Box<Self>, fault: Option<String>) {
        let answer = match (fault, self.deleted) {
            (None, Some(deleted)) => Ok(deleted),
            (Some(fault), _) => Err(No::Fault(fault)),
            (None, None) => Err(No::Fault("not decided".to_owned())),
        };
        // Whoever asked has stopped; the rest goes another time.
        let _gone = self.answer.send(answer);
    }
}

impl Teller {
    /// Deletes what has served its purpose, every now and then as the policy says, until `stop` says so.
    pub async fn run_sweeps(self, mut stop: watch::Receiver<bool>) {
        let every = lasts(self.policy().retention.every_ms, EVERY_MS);
        while !rested(every, &mut stop).await {
            for purpose in PURPOSES {
                if let Err(no) = self.sweep(purpose, &mut stop).await {
                    tracing::warn!(%no, purpose = purpose.name, "a sweep stopped early; the rest goes next time");
                }
            }
        }
    }

    /// Deletes everything of one purpose that can go, in commits of a few rows, and says how many rows.
    ///
    /// # Errors
    /// The queue is full or the database fails; what was deleted before is gone.
    async fn sweep(&self, purpose: &'static Purpose, stop: &mut watch::Receiver<bool>) -> Result<usize, No> {
        let most = usize::try_from(store::rows_per_commit(self.policy())).unwrap_or(usize::MAX);
        let pause = lasts(self.policy().retention.pause_ms, PAUSE_MS);
        let mut gone = 0;
        // A look beside the writer: where nothing is old, no ask waits for a sweep at all.
        while !*stop.borrow() && self.is_due(purpose).await? {
            let (answer, answered) = oneshot::channel();
            let source = Source::default();
            self.send(Box::new(Sweep { purpose, source, weight: most, deleted: None, answer }))?;
            let deleted =
                answered.await.unwrap_or_else(|_| Err(No::Fault("the writer has stopped".to_owned())))?;
            gone += deleted;
            if deleted < most || rested(pause, stop).await {
                break;
            }
        }
        if gone > 0 {
            metrics::counter!("retention_rows_deleted", "purpose" => purpose.name)
                .increment(u64::try_from(gone).unwrap_or(u64::MAX));
            tracing::info!(
                purpose = purpose.name,
                rows = gone,
                "rows that served their purpose were deleted"
            );
        }
        Ok(gone)
    }

    async fn is_due(&self, purpose: &'static Purpose) -> Result<bool, No> {
        let (now, teller) = (self.now(), self.clone());
        self.look(move |shelf| store::is_due(shelf, purpose, now, teller.policy())).await
    }
}

fn lasts(span: Span, (least, most): (i64, i64)) -> Duration {
    Duration::from_millis(u64::try_from(span.as_millis().clamp(least, most)).unwrap_or(1))
}

/// Waits; whether it was told to stop meanwhile.
async fn rested(pause: Duration, stop: &mut watch::Receiver<bool>) -> bool {
    // An error means that the sender is gone: that is a stop too.
    tokio::time::timeout(pause, stop.wait_for(|stop| *stop)).await.is_ok()
}
