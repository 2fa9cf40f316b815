//! Runs errands that are due; each stays in the store until the ask that its outcome becomes has settled it.

use crate::{
    No, Teller,
    claim::{Claim, Claimed},
};
use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc, time::Duration};
use store::DueErrand;
use terms::{ErrandId, Span};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

const AT_ONCE_MAX: usize = 256;
/// So many of one lane: a bank that is slow holds up its own errands and nobody's codes.
const AT_ONCE_OF_A_LANE_MAX: usize = 16;
const LOOK_AGAIN_MS: i64 = 1_000;
const COOL_DOWN: Duration = Duration::from_millis(500);

/// One errand being run.
pub type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Does what an errand says, and asks the teller with what came of it.
pub trait Runner: Send + Sync + 'static {
    /// Runs one errand to its ask. An errand that is still due afterwards is run again.
    fn run(&self, due: DueErrand, teller: Teller) -> Running;
}

impl Teller {
    /// Runs errands until `stop` says so; then waits for those under way, at most five seconds.
    pub async fn run_errands(self, runner: Arc<dyn Runner>, mut stop: watch::Receiver<bool>) {
        let mut under_way = BTreeMap::new();
        let (done, mut ended) = mpsc::channel::<ErrandId>(AT_ONCE_MAX);
        while !*stop.borrow() {
            let next = self.start_due(&runner, &mut under_way, &done).await;
            let pause =
                Duration::from_millis(u64::try_from(next.as_millis().clamp(1, LOOK_AGAIN_MS)).unwrap_or(1));
            tokio::select! {
                () = self.inner.errands_added.notified() => {}
                Some(id) = ended.recv() => { under_way.remove(&id); }
                () = tokio::time::sleep(pause) => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
            while let Ok(id) = ended.try_recv() {
                under_way.remove(&id);
            }
        }
        let drain = async {
            while !under_way.is_empty() {
                match ended.recv().await {
                    Some(id) => under_way.remove(&id),
                    None => break,
                };
            }
        };
        if timeout(Duration::from_secs(5), drain).await.is_err() {
            tracing::warn!("stopping with errands under way; they are run again at the next start");
        }
    }

    async fn start_due(
        &self,
        runner: &Arc<dyn Runner>,
        under_way: &mut BTreeMap<ErrandId, String>,
        done: &mpsc::Sender<ErrandId>,
    ) -> Span {
        let now = self.now();
        let Ok((due, next)) = self.due().await else { return Span::millis(LOOK_AGAIN_MS) };
        let mut started = false;
        for errand in due {
            let of_its_lane = under_way.values().filter(|lane| **lane == errand.lane).count();
            let is_full = under_way.len() >= AT_ONCE_MAX || of_its_lane >= AT_ONCE_OF_A_LANE_MAX;
            if is_full || under_way.contains_key(&errand.id) {
                continue;
            }
            under_way.insert(errand.id, errand.lane.clone());
            started = true;
            let (id, done) = (errand.id, done.clone());
            let running = runner.run(errand, self.clone());
            tokio::spawn(async move {
                running.await;
                // A fault must not make a busy loop.
                tokio::time::sleep(COOL_DOWN).await;
                let _stopped = done.send(id).await;
            });
        }
        match next {
            Some(at) if at > now => at.since(now),
            _ if started => Span::millis(20),
            _ => Span::millis(LOOK_AGAIN_MS),
        }
    }

    /// Errands that are due, and when the next one is; taken for this node where other nodes look for them too.
    async fn due(&self) -> Result<Claimed, No> {
        // Those under way are still due in a store of our own, so twice as many are looked for.
        let most = u32::try_from(2 * AT_ONCE_OF_A_LANE_MAX).unwrap_or(u32::MAX);
        let now = self.now();
        if !self.inner.store.is_shared() {
            return self
                .look(move |shelf| Ok((shelf.due_errands(now, most)?, shelf.next_errand_due_at()?)))
                .await;
        }
        let looked =
            self.look(move |shelf| Ok((shelf.due_errands(now, 1)?, shelf.next_errand_due_at()?))).await?;
        if looked.0.is_empty() {
            return Ok(looked);
        }
        let (answer, answered) = oneshot::channel();
        self.send(Box::new(Claim::new(most / 2, answer)))?;
        answered.await.unwrap_or_else(|_| Err(No::Fault("the writer has stopped".to_owned())))
    }
}
