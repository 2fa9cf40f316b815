//! An errand without an answer of its own has been run: a notice, a webhook, the end of a link at the bank.

use crate::{Ask, Context, Decision, Errand, NewErrand, Plan, errand::try_again_at};
use terms::ErrandId;

/// The ask. It moves no money and opens nothing, so the gate has no say in it.
#[derive(Debug, Clone)]
pub struct ErrandSettled {
    /// Which errand.
    pub id: ErrandId,
    /// What it was, to be tried again.
    pub errand: Errand,
    /// How often it was tried before; [`ErrandSettled::TRIES_MAX`] where trying again cannot help.
    pub tries: u32,
    /// Whether it is done.
    pub done: bool,
}

impl ErrandSettled {
    /// After so many tries nobody tries again.
    pub const TRIES_MAX: u32 = 12;
}

impl Ask for ErrandSettled {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "errands.settled";

    fn decide(&self, _: &(), at: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        if self.done {
            plan.finish(self.id);
        } else if self.tries + 1 >= Self::TRIES_MAX {
            plan.give_up(self.id);
        } else {
            let due_at = try_again_at(at.moment.now, self.tries);
            plan.again(NewErrand { id: self.id, due_at, errand: self.errand.clone() });
        }
        Decision::done((), plan)
    }
}
