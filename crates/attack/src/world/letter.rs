//! An ask on its way, whatever its kind, and what its decision planned.

use engine::{Ask, Context, Decision, Once, Plan, Refusal, Write};
use gate::{Outcome, Ruling};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    rc::Rc,
    sync::atomic::{AtomicBool, Ordering},
};
use store::{Fault, Load, Shelf};

/// What an asker hears: the answer as JSON, or the refusal.
pub type Answer = Result<Value, Refusal>;

/// An ask that can be delivered as often as the network likes.
pub trait Letter {
    /// The ask's stable name.
    fn name(&self) -> &'static str;
    /// The asker's id, where the ask has one.
    fn once(&self) -> Option<Once>;
    /// Runs it within a transaction, by the store's own path.
    ///
    /// # Errors
    /// As [`store::run`]'s.
    fn run(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<Answer, Fault>;
    /// Whether a decision of it opened or moved something without a verdict that let it (P5).
    fn went_past_the_gate(&self) -> bool;
}

/// Puts an ask into a letter.
pub fn letter<A: Load>(ask: A) -> Rc<dyn Letter> {
    Rc::new(Watched { ask, past_the_gate: AtomicBool::new(false) })
}

/// Reads an answer as what it is, if it is that.
pub fn read<T: DeserializeOwned>(answer: &Value) -> Option<T> {
    T::deserialize(answer).ok()
}

/// The same ask, with an eye on what its decisions plan.
struct Watched<A> {
    ask: A,
    past_the_gate: AtomicBool,
}

impl<A: Load> Ask for Watched<A> {
    type Facts = A::Facts;
    type Answer = A::Answer;
    const NAME: &'static str = A::NAME;

    fn once(&self) -> Option<Once> {
        self.ask.once()
    }

    fn asker(&self, facts: &A::Facts, at: &Context<'_>) -> Option<String> {
        self.ask.asker(facts, at)
    }

    fn decide(&self, facts: &A::Facts, at: &Context<'_>) -> Decision<A::Answer> {
        let decision = self.ask.decide(facts, at);
        if needs_a_verdict(&decision.plan) && !has_a_verdict(&decision.plan) {
            self.past_the_gate.store(true, Ordering::Relaxed);
        }
        decision
    }
}

impl<A: Load> Load for Watched<A> {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<A::Facts, Fault> {
        self.ask.load(shelf, at)
    }
}

impl<A: Load> Letter for Watched<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn once(&self) -> Option<Once> {
        self.ask.once()
    }

    fn run(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<Answer, Fault> {
        let ran = store::run(self, shelf, at)?;
        // Answers are plain structs of numbers and texts: they always become JSON.
        Ok(ran.map(|answer| serde_json::to_value(answer).unwrap_or_default()))
    }

    fn went_past_the_gate(&self) -> bool {
        self.past_the_gate.load(Ordering::Relaxed)
    }
}

fn needs_a_verdict(plan: &Plan) -> bool {
    plan.writes().iter().any(|write| match write {
        Write::Posting(_) => true,
        Write::Session(session) => session.ended_at.is_none(),
        Write::Link(link) => link.ended_at.is_none(),
        _ => false,
    })
}

fn has_a_verdict(plan: &Plan) -> bool {
    plan.writes().iter().any(|write| match write {
        Write::Attempt(attempt) => {
            attempt.outcome == Outcome::Taken
                && matches!(attempt.ruling, Some(Ruling::Allow | Ruling::StepUp))
        }
        _ => false,
    })
}
