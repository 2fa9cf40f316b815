//! Runs one ask within a transaction: known id? load facts, decide, write the plan, keep the answer.

use crate::{Fault, asks::Known, shelf::Shelf};
use engine::{Ask, Code, Context, Plan, Refusal};
use gate::Step;

/// Loads everything that an ask's decision may know.
pub trait Load: Ask {
    /// The facts, as of this transaction.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<Self::Facts, Fault>;
}

/// What an ask came to: its answer or the refusal.
pub type Ran<A> = Result<A, Refusal>;

/// Runs one ask. On a fault nothing of the transaction may be committed.
///
/// # Errors
/// When the database fails, or the decision planned what the book refuses (a bug).
pub fn run<A: Load>(ask: &A, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<Ran<A::Answer>, Fault> {
    let facts = ask.load(shelf, at)?;
    let once = ask.once();
    let asker = ask.asker(&facts, at);
    if let (Some(once), Some(asker)) = (&once, &asker) {
        match shelf.known_ask::<A::Answer>(once, A::NAME, asker)? {
            Known::New => {}
            Known::Same(answer) => return Ok(answer),
            Known::Other => {
                let refusal = Refusal::new(Code::IdReused).field("id");
                let mut plan = Plan::new();
                plan.remember(at, Step::KnownId, at.source.subjects(), Some(&refusal));
                shelf.write(A::NAME, &plan, at.moment.now)?;
                return Ok(Err(refusal));
            }
        }
    }
    let decision = ask.decide(&facts, at);
    shelf.write(A::NAME, &decision.plan, at.moment.now)?;
    let kept = match &decision.answer {
        Ok(_) => true,
        Err(refusal) => refusal.code.is_kept(),
    };
    if let (true, Some(once), Some(asker)) = (kept, &once, &asker) {
        shelf.keep_answer(once, A::NAME, asker, &decision.answer, at.moment.now)?;
    }
    Ok(decision.answer)
}
