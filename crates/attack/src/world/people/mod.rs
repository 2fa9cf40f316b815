//! Who is in a world, and what they can see and do. Attackers will stand beside ordinary people here.

mod civil;
mod letterbox;
pub mod ordinary;
pub mod shop;
mod town;

pub use civil::{CivilRegister, Civilian, VERIFIER};
pub use letterbox::Letterbox;
pub use town::Town;

use crate::world::{
    bank::Banks,
    canary::Canary,
    dice::Dice,
    letter::{Answer, Letter},
    network::Weather,
};
use engine::Source;
use std::rc::Rc;
use store::{Fault, Shelf, Store};
use terms::{Span, Time};

/// What somebody who acts can see and touch, besides asking the wallet.
pub struct Around<'w> {
    /// The time on everybody's watch.
    pub now: Time,
    /// Chance.
    pub dice: &'w mut Dice,
    /// How rough it is.
    pub weather: Weather,
    /// What the wallet shows to who may look.
    pub store: &'w Store,
    /// The banks' counters.
    pub banks: &'w mut Banks,
    /// Who people really are.
    pub register: &'w CivilRegister,
    /// Texts and mails.
    pub letterbox: &'w Letterbox,
    /// What hangs in the street: handles, codes of shops.
    pub town: &'w mut Town,
    /// What is broken on purpose.
    pub canary: Canary,
}

impl Around<'_> {
    /// Looks something up in the wallet; a world with a broken store shows nothing.
    pub fn look<T: Default>(&self, look: impl FnOnce(&mut Shelf<'_>) -> Result<T, Fault>) -> T {
        self.store.read(look).unwrap_or_default()
    }
}

/// Somebody who asks the wallet for something, one thing at a time.
pub trait Actor {
    /// What the trace calls them.
    fn name(&self) -> String;
    /// The device and network that they ask from.
    fn source(&self) -> Source {
        Source::default()
    }
    /// It is time to do something: the next letter, if there is one to send.
    fn wakes(&mut self, around: &mut Around<'_>) -> Option<Rc<dyn Letter>>;
    /// The answer, or nothing where none came however often it was asked; how long until they wake again.
    fn hears(&mut self, answer: Option<&Answer>, around: &mut Around<'_>) -> Span;
}
