//! Postings of an operator on their way through the queue, many in one job.

use crate::{No, job::Job};
use engine::{Context, Source};
use ledger::Item;
use store::{Fault, Outcomes, Shelf};
use tokio::sync::oneshot;

pub(crate) struct Bulk {
    items: Vec<Item>,
    source: Source,
    outcomes: Option<Outcomes>,
    answer: oneshot::Sender<Result<Outcomes, No>>,
}

impl Bulk {
    pub(crate) const fn new(
        items: Vec<Item>,
        source: Source,
        answer: oneshot::Sender<Result<Outcomes, No>>,
    ) -> Self {
        Self { items, source, outcomes: None, answer }
    }
}

impl Job for Bulk {
    fn source(&self) -> &Source {
        &self.source
    }

    fn name(&self) -> &'static str {
        "ledger.bulk"
    }

    fn weight(&self) -> usize {
        self.items.len()
    }

    fn run(&mut self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<(), Fault> {
        self.outcomes = Some(shelf.post_batch(&self.items, at)?);
        Ok(())
    }

    fn answer(self: Box<Self>, fault: Option<String>) {
        let answer = match (fault, self.outcomes) {
            (None, Some(outcomes)) => Ok(outcomes),
            (Some(fault), _) => Err(No::Fault(fault)),
            (None, None) => Err(No::Fault("not decided".to_owned())),
        };
        // An asker that has gone away may send the same postings again: each is applied once.
        let _gone = self.answer.send(answer);
    }
}
