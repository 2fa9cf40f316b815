//! An ask on its way through the queue: run within a transaction, answered after its commit.

use crate::No;
use engine::{Context, Refusal, Source};
use store::{Fault, Load, Shelf};
use tokio::sync::oneshot;

/// One waiting ask, whatever its kind.
pub(crate) trait Job: Send {
    /// Its source, for the context of its decision.
    fn source(&self) -> &Source;
    /// Its name, for the log.
    fn name(&self) -> &'static str;
    /// How much of a commit it takes, in postings.
    fn weight(&self) -> usize;
    /// Decides and writes; may be called again when the batch has to be done again.
    fn run(&mut self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<(), Fault>;
    /// Answers: what was decided, or why nothing was.
    fn answer(self: Box<Self>, fault: Option<String>);
}

/// What an ask takes of a commit, in postings: few of them have more.
const ASK_WEIGHT: usize = 16;

pub(crate) struct Asked<A: Load> {
    ask: A,
    source: Source,
    decided: Option<Result<A::Answer, Refusal>>,
    answer: oneshot::Sender<Result<A::Answer, No>>,
}

impl<A: Load> Asked<A> {
    pub(crate) const fn new(ask: A, source: Source, answer: oneshot::Sender<Result<A::Answer, No>>) -> Self {
        Self { ask, source, decided: None, answer }
    }
}

impl<A: Load> Job for Asked<A> {
    fn source(&self) -> &Source {
        &self.source
    }

    fn name(&self) -> &'static str {
        A::NAME
    }

    fn weight(&self) -> usize {
        ASK_WEIGHT
    }

    fn run(&mut self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<(), Fault> {
        self.decided = Some(store::run(&self.ask, shelf, at)?);
        Ok(())
    }

    fn answer(self: Box<Self>, fault: Option<String>) {
        let answer = match (fault, self.decided) {
            (None, Some(Ok(answer))) => Ok(answer),
            (None, Some(Err(refusal))) => Err(No::Refusal(refusal)),
            (Some(fault), _) => Err(No::Fault(fault)),
            (None, None) => Err(No::Fault("not decided".to_owned())),
        };
        // An asker that has gone away finds the answer again under its id.
        let _gone = self.answer.send(answer);
    }
}
