//! Calls of people: sent, sent again under the same id, answered once, given up.

use crate::world::{Answer, Caller, Happening, Letter, World, desk::Waiting};
use std::rc::Rc;
use terms::Span;

/// A call's number.
pub(super) type CallId = u64;

/// After so many tries somebody does something else.
const TRIES_MAX: u32 = 8;
const HOUR_MS: i64 = 3_600_000;
/// How long somebody waits for an answer.
const PATIENCE: Span = Span::seconds(20);

/// A letter whose answer somebody waits for.
pub(super) struct Call {
    letter: Rc<dyn Letter>,
    tries: u32,
}

impl World {
    pub(super) fn wakes(&mut self, actor: usize) {
        if self.at_dusk {
            return;
        }
        let Some((letter, name)) = self.with(actor, |actor, around| (actor.wakes(around), actor.name()))
        else {
            return;
        };
        let Some(letter) = letter else {
            let pause = self.dice.span(Span::minutes(5), Span::hours(4));
            self.clock.after(pause, Happening::Wakes(actor));
            return;
        };
        self.calls_made += 1;
        self.note(format!("{name} asks {} (call {})", letter.name(), self.calls_made));
        self.calls.insert(self.calls_made, Call { letter, tries: 0 });
        self.send(actor, self.calls_made);
    }

    fn send(&mut self, actor: usize, call: CallId) {
        let Some(letter) = self.calls.get(&call).map(|call| Rc::clone(&call.letter)) else { return };
        let source = self.source_of(actor);
        for delay in self.weather.travel(&mut self.dice) {
            let (letter, source) = (Rc::clone(&letter), source.clone());
            let waiting = Waiting { caller: Caller::Actor(actor, call), letter, source };
            self.clock.after(delay, Happening::Arrives(waiting));
        }
        self.clock.after(PATIENCE, Happening::GivesUp(actor, call));
    }

    pub(super) fn answered(&mut self, actor: usize, call: CallId, answer: Answer) {
        // An answer that comes twice, or to a call that was given up, is nobody's.
        let Some(call) = self.calls.remove(&call) else { return };
        self.acknowledged.take(actor, &call.letter, &answer);
        if call.letter.name() == "sign_up.open_wallet"
            && let Ok(value) = &answer
            && let Some(opened) = crate::world::read::<engine::sessions::SignedIn>(value)
        {
            self.town.opened.insert(opened.customer);
        }
        self.hears(actor, Some(&answer));
    }

    pub(super) fn gives_up(&mut self, actor: usize, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.tries += 1;
        if call.tries < TRIES_MAX {
            self.send(actor, id);
        } else {
            self.calls.remove(&id);
            self.hears(actor, None);
        }
    }

    fn hears(&mut self, actor: usize, answer: Option<&Answer>) {
        let pause = self.with(actor, |actor, around| actor.hears(answer, around));
        let Some(pause) = pause else { return };
        // Many do things on the hour, so that they meet in one batch.
        let on_the_hour = self.dice.chance(400) && pause > Span::minutes(1);
        let rest = HOUR_MS - self.now().plus(pause).millis().rem_euclid(HOUR_MS);
        let wait = if on_the_hour { Span::millis(rest) } else { Span::millis(0) };
        self.clock.after(Span::millis(pause.as_millis() + wait.as_millis()), Happening::Wakes(actor));
    }
}
