//! The only loop: takes whatever asks are waiting, decides them in order, commits once, answers, runs errands.
//!
//! It contains no decision. The queue is in the process and bounded: when it is full, an asker is told at once.

mod bulk;
mod claim;
mod clock;
mod errands;
mod job;
mod sweep;
mod watchman;
mod writer;

pub use clock::Clock;
pub use errands::{Runner, Running};

use engine::{Policy, Refusal, Source};
use job::{Asked, Job};
use std::sync::Arc;
use store::{Load, Shelf, Store, StoredEvent, Writer};
use tokio::sync::{Notify, broadcast, mpsc, oneshot};

const QUEUE_MAX: usize = 4_096;
const LISTENERS_BEHIND_MAX: usize = 1_024;

/// Why an asker gets no answer.
#[derive(Debug, thiserror::Error)]
pub enum No {
    /// An expected no, with its code.
    #[error("refused: {}", .0.code.as_str())]
    Refusal(Refusal),
    /// The queue is full: try again soon, with the same id.
    #[error("busy: the queue is full")]
    Busy,
    /// Something broke, or the program is stopping: try again, with the same id.
    #[error("fault: {0}")]
    Fault(String),
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

/// The way to ask. Cloning it is cheap.
#[derive(Clone)]
pub struct Teller {
    inner: Arc<Inner>,
}

struct Inner {
    queue: mpsc::Sender<Box<dyn Job>>,
    store: Store,
    policy: Arc<Policy>,
    clock: Arc<dyn Clock>,
    told: broadcast::Sender<StoredEvent>,
    errands_added: Arc<Notify>,
}

/// The writer's thread; waiting for it makes sure that everything taken was answered.
pub struct WriterThread(std::thread::JoinHandle<()>);

impl WriterThread {
    /// Waits until the last batch is committed. Drop every [`Teller`] first.
    pub fn finish(self) {
        if self.0.join().is_err() {
            tracing::error!("the writer's thread panicked");
        }
    }
}

impl Teller {
    /// Starts the writer's thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        store: Store,
        writer: Writer,
        policy: Policy,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<(Self, WriterThread)> {
        let (queue, asked) = mpsc::channel(QUEUE_MAX);
        let (told, _) = broadcast::channel(LISTENERS_BEHIND_MAX);
        let policy = Arc::new(policy);
        let errands_added = Arc::new(Notify::new());
        let desk = writer::Desk {
            writer,
            asked,
            policy: Arc::clone(&policy),
            clock: Arc::clone(&clock),
            told: told.clone(),
            errands_added: Arc::clone(&errands_added),
        };
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || desk.work())?;
        let inner = Inner { queue, store, policy, clock, told, errands_added };
        Ok((Self { inner: Arc::new(inner) }, WriterThread(thread)))
    }

    /// Asks, and waits until the answer is on disk.
    ///
    /// # Errors
    /// The refusal, or that the ask could not be decided; then the same ask may be sent again.
    pub async fn ask<A: Load>(&self, ask: A, source: Source) -> Result<A::Answer, No> {
        let (answer, answered) = oneshot::channel();
        self.send(Box::new(Asked::new(ask, source, answer)))?;
        answered.await.unwrap_or_else(|_| Err(No::Fault("the writer has stopped".to_owned())))
    }

    /// Posts an operator's batch, at most [`ledger::BATCH_MAX`] items, and waits until the outcomes are on disk.
    ///
    /// # Errors
    /// The batch could not be decided; then the same postings may be sent again.
    pub async fn post_all(&self, items: Vec<ledger::Item>, source: Source) -> Result<store::Outcomes, No> {
        let (answer, answered) = oneshot::channel();
        self.send(Box::new(bulk::Bulk::new(items, source, answer)))?;
        answered.await.unwrap_or_else(|_| Err(No::Fault("the writer has stopped".to_owned())))
    }

    fn send(&self, job: Box<dyn Job>) -> Result<(), No> {
        self.inner.queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => No::Busy,
            mpsc::error::TrySendError::Closed(_) => No::Fault("the writer has stopped".to_owned()),
        })
    }

    /// Looks something up in one snapshot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Shelf<'_>) -> Result<T, store::Fault> + Send + 'static,
    ) -> Result<T, No> {
        let store = self.inner.store.clone();
        let looked = tokio::task::spawn_blocking(move || store.read(look)).await;
        match looked {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(fault)) => {
                tracing::error!(%fault, "look-up failed");
                Err(No::Fault(fault.to_string()))
            }
            Err(_) => Err(No::Fault("a look-up panicked".to_owned())),
        }
    }

    /// Events as they are committed; who falls behind by more than 1,024 reads the rest from the store.
    pub fn listen(&self) -> broadcast::Receiver<StoredEvent> {
        self.inner.told.subscribe()
    }

    /// The operator's settings.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// The time, as decisions see it.
    pub fn now(&self) -> terms::Time {
        self.inner.clock.now()
    }

    /// The store, for proofs and keyed tags.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }
}
