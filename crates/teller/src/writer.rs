//! The writer's desk: batches of whatever is waiting, one commit each.

use crate::{Clock, job::Job};
use engine::{Context, Policy};
use std::sync::Arc;
use store::{Fault, Shelf, StoredEvent, Writer};
use terms::{Moment, Time};
use tokio::sync::{Notify, broadcast, mpsc};

/// A commit takes what waits until it has so many postings, counted roughly.
const WEIGHT_MAX: usize = ledger::BATCH_MAX;

pub(crate) struct Desk {
    pub(crate) writer: Writer,
    pub(crate) asked: mpsc::Receiver<Box<dyn Job>>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) told: broadcast::Sender<StoredEvent>,
    pub(crate) errands_added: Arc<Notify>,
}

/// What a committed batch leaves to be told.
struct Aftermath {
    told: Vec<StoredEvent>,
    errands_added: bool,
}

impl Desk {
    /// Works until every [`crate::Teller`] is gone and the queue is empty.
    pub(crate) fn work(mut self) {
        self.catch_up_with_the_book();
        let mut latest = self.clock.now();
        while let Some(first) = self.asked.blocking_recv() {
            let mut weight = first.weight();
            let mut batch = vec![first];
            while weight < WEIGHT_MAX {
                match self.asked.try_recv() {
                    Ok(job) => {
                        weight += job.weight();
                        batch.push(job);
                    }
                    Err(_) => break,
                }
            }
            // A clock that jumps back must not make a decision earlier than the one before it.
            latest = latest.max(self.clock.now());
            self.decide(batch, latest);
        }
    }

    /// The clock may have been set back while the program was away. Nothing is written.
    fn catch_up_with_the_book(&mut self) {
        match self.writer.commit(|shelf: &mut Shelf<'_>| Ok(shelf.latest())) {
            Ok(latest) => self.clock.never_before(latest),
            Err(fault) => tracing::warn!(%fault, "the time of the last commit could not be read"),
        }
    }

    fn decide(&mut self, mut batch: Vec<Box<dyn Job>>, now: Time) {
        metrics::histogram!("teller_batch_asks").record(batch.len() as f64);
        match self.commit(&mut batch, now) {
            Ok(aftermath) => {
                batch.into_iter().for_each(|job| job.answer(None));
                self.tell(aftermath);
            }
            Err(fault) if batch.len() == 1 => {
                tracing::error!(%fault, ask = batch[0].name(), "an ask could not be decided");
                batch.into_iter().for_each(|job| job.answer(Some(fault.to_string())));
            }
            Err(fault) => {
                // One ask spoiled the batch: nothing was written, so each is decided alone.
                tracing::warn!(%fault, asks = batch.len(), "a batch failed; its asks are decided one by one");
                batch.into_iter().for_each(|job| self.decide(vec![job], now));
            }
        }
    }

    fn commit(&mut self, batch: &mut [Box<dyn Job>], now: Time) -> Result<Aftermath, Fault> {
        let (policy, clock) = (&self.policy, &self.clock);
        self.writer.commit(|shelf: &mut Shelf<'_>| {
            // Neither a restart nor another node's clock lets a decision be earlier than a commit before it.
            let now = now.max(shelf.latest());
            clock.never_before(now);
            for job in batch.iter_mut() {
                let source = job.source().clone();
                let at = Context { moment: Moment::new(now, clock.seed()), source: &source, policy };
                job.run(shelf, &at)?;
            }
            Ok(Aftermath { told: shelf.take_told(), errands_added: shelf.has_new_errands() })
        })
    }

    fn tell(&self, aftermath: Aftermath) {
        for event in aftermath.told {
            // Nobody listening is no fault.
            let _listeners = self.told.send(event);
        }
        if aftermath.errands_added {
            self.errands_added.notify_one();
        }
    }
}
