//! The teller's writer in one thread: batches of whatever waits, one commit each, and what can break around it.

use crate::world::{
    dice::Dice,
    letter::{Answer, Letter},
};
use engine::{Context, Control, Policy, Source};
use std::{
    path::PathBuf,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};
use store::{Fault, Keys, Load, Ran, Shelf, Store, Writer};
use terms::{Moment, Time};

/// Worlds of one process that are open at once have books of their own.
static WORLDS: AtomicU64 = AtomicU64::new(0);

/// What breaks while a batch is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing.
    Well,
    /// The database fails once, within the batch: everything is decided again, one by one.
    Fails,
    /// The process dies when everything is decided and nothing is committed.
    DiesBefore,
    /// The process dies when everything is committed and nothing is answered.
    DiesAfter,
}

/// A letter that waits, with where it came from.
#[derive(Clone)]
pub(crate) struct Waiting {
    /// Who is to be answered.
    pub(crate) caller: super::Caller,
    /// What is asked.
    pub(crate) letter: Rc<dyn Letter>,
    /// The device and network that it came from.
    pub(crate) source: Source,
}

/// What came of a batch.
pub(crate) struct Turn {
    /// Answers, to whom, in the order decided.
    pub(crate) answers: Vec<(Waiting, Answer)>,
    /// Whether the process is dead.
    pub(crate) died: bool,
}

/// The store, and the one who writes into it.
pub(crate) struct Desk {
    place: PathBuf,
    store: Store,
    writer: Writer,
    policy: Policy,
    latest: Time,
    /// The highest time of any decision so far, over all lives of the process.
    high_water: Time,
    /// Broken on purpose: answers leave before the commit.
    hasty: bool,
}

impl Desk {
    /// Opens a new book in memory.
    ///
    /// # Errors
    /// As the store's.
    pub(crate) fn open(policy: Policy, hasty: bool, now: Time) -> Result<Self, Fault> {
        // A name, so that the connections of one store share one book; it is gone with the last of them.
        let number = WORLDS.fetch_add(1, Ordering::Relaxed);
        let place = PathBuf::from(format!("file:world-{number}?mode=memory&cache=shared"));
        let (store, writer) = Store::open(&place, Keys::new(&[7; 32])?)?;
        Ok(Self { place, store, writer, policy, latest: now, high_water: now, hasty })
    }

    /// A new process on the same book: whatever was only remembered is gone.
    ///
    /// # Errors
    /// As the store's.
    pub(crate) fn start_again(&mut self, shown: Time) -> Result<(), Fault> {
        // Opened before the old one is closed: a book in memory lives as long as somebody has it open.
        let (store, writer) = Store::open(&self.place, Keys::new(&[7; 32])?)?;
        (self.store, self.writer, self.latest) = (store, writer, shown);
        Ok(())
    }

    /// The store, to look something up.
    pub(crate) const fn store(&self) -> &Store {
        &self.store
    }

    /// The highest time of any decision so far.
    pub(crate) const fn high_water(&self) -> Time {
        self.high_water
    }

    /// Decides one ask by itself, at a time.
    ///
    /// # Errors
    /// As the store's.
    pub(crate) fn ask<A: Load>(
        &mut self,
        ask: &A,
        source: &Source,
        now: Time,
        dice: &mut Dice,
    ) -> Result<Ran<A::Answer>, Fault> {
        self.latest = self.latest.max(now);
        self.high_water = self.high_water.max(self.latest);
        let (policy, now, drawn) = (&self.policy, self.latest, dice.draw());
        self.writer.commit(|shelf: &mut Shelf<'_>| {
            heed(policy, shelf);
            store::run(ask, shelf, &Context { moment: Moment::new(now, drawn), source, policy })
        })
    }

    /// Decides a batch; `shown` is what the process' clock shows.
    ///
    /// # Errors
    /// A fault that nobody has put in: a bug.
    pub(crate) fn turn(
        &mut self,
        batch: Vec<Waiting>,
        shown: Time,
        fate: Fate,
        dice: &mut Dice,
    ) -> Result<Turn, Fault> {
        // As the teller's desk: a clock that jumps back must not make a decision earlier than the one before it.
        self.latest = self.latest.max(shown);
        self.high_water = self.high_water.max(self.latest);
        let mut answers = Vec::new();
        match fate {
            Fate::Well => self.commit(&batch, dice, &mut answers, false)?,
            Fate::DiesAfter => {
                self.commit(&batch, dice, &mut answers, false)?;
                return Ok(Turn { answers: Vec::new(), died: true });
            }
            Fate::DiesBefore => {
                // The fault is the one put in: nothing of the batch is written.
                let _put_in = self.commit(&batch, dice, &mut answers, true);
                let early = if self.hasty { pair(batch, answers) } else { Vec::new() };
                return Ok(Turn { answers: early, died: true });
            }
            Fate::Fails => {
                let _put_in = self.commit(&batch, dice, &mut answers, true);
                answers.clear();
                for waiting in &batch {
                    self.commit(std::slice::from_ref(waiting), dice, &mut answers, false)?;
                }
            }
        }
        Ok(Turn { answers: pair(batch, answers), died: false })
    }

    fn commit(
        &mut self,
        batch: &[Waiting],
        dice: &mut Dice,
        answers: &mut Vec<Answer>,
        fails: bool,
    ) -> Result<(), Fault> {
        let (policy, now, first) = (&self.policy, self.latest, answers.len());
        self.writer.commit(|shelf: &mut Shelf<'_>| {
            // The store may run a batch again.
            answers.truncate(first);
            heed(policy, shelf);
            for waiting in batch {
                let moment = Moment::new(now, dice.draw());
                let at = Context { moment, source: &waiting.source, policy };
                answers.push(waiting.letter.run(shelf, &at)?);
            }
            let put_in = || Fault::Folder { path: "world".to_owned(), why: "a fault put in".to_owned() };
            if fails { Err(put_in()) } else { Ok(()) }
        })
    }
}

/// Detectors see nothing where they are switched off.
fn heed(policy: &Policy, shelf: &mut Shelf<'_>) {
    if !policy.controls.has(Control::Detectors) {
        shelf.count_nothing();
    }
}

fn pair(batch: Vec<Waiting>, answers: Vec<Answer>) -> Vec<(Waiting, Answer)> {
    batch.into_iter().zip(answers).collect()
}
