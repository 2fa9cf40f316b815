//! Errands taken for this node, where other nodes look at the same ones.

use crate::{No, job::Job};
use engine::{Context, Source};
use store::{DueErrand, Fault, Shelf};
use terms::Time;
use tokio::sync::oneshot;

/// What was taken, and when the next errand is due.
pub(crate) type Claimed = (Vec<DueErrand>, Option<Time>);

pub(crate) struct Claim {
    source: Source,
    most_of_a_lane: u32,
    claimed: Option<Claimed>,
    answer: oneshot::Sender<Result<Claimed, No>>,
}

impl Claim {
    pub(crate) fn new(most_of_a_lane: u32, answer: oneshot::Sender<Result<Claimed, No>>) -> Self {
        Self { source: Source::default(), most_of_a_lane, claimed: None, answer }
    }
}

impl Job for Claim {
    fn source(&self) -> &Source {
        &self.source
    }

    fn name(&self) -> &'static str {
        "errands.claim"
    }

    fn weight(&self) -> usize {
        1
    }

    fn run(&mut self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<(), Fault> {
        let now = at.moment.now;
        let due = shelf.claim_errands(now, self.most_of_a_lane, now.plus(at.policy.errand_taken_ms))?;
        self.claimed = Some((due, shelf.next_errand_due_at()?));
        Ok(())
    }

    fn answer(self: Box<Self>, fault: Option<String>) {
        let answer = match (fault, self.claimed) {
            (None, Some(claimed)) => Ok(claimed),
            (Some(fault), _) => Err(No::Fault(fault)),
            (None, None) => Err(No::Fault("not decided".to_owned())),
        };
        // Whoever asked has stopped; what was taken is due again later.
        let _gone = self.answer.send(answer);
    }
}
