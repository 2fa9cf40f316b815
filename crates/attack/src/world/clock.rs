//! Virtual time: what is to happen, in order; and the wallet's own clock, which may be wrong.

use std::collections::BTreeMap;
use terms::{Span, Time};

/// The queue of what is to happen. Time passes only by taking the next of it.
#[derive(Debug)]
pub(crate) struct Clock<H> {
    now: Time,
    number: u64,
    queue: BTreeMap<(Time, u64), H>,
    /// How far the wallet's clock is off.
    skew: Span,
}

impl<H> Clock<H> {
    /// A right clock with nothing to happen.
    pub(crate) const fn new(now: Time) -> Self {
        Self { now, number: 0, queue: BTreeMap::new(), skew: Span::millis(0) }
    }

    /// The true time.
    pub(crate) const fn now(&self) -> Time {
        self.now
    }

    /// What the wallet's clock shows.
    pub(crate) const fn shown(&self) -> Time {
        self.now.plus(self.skew)
    }

    /// Puts the wallet's clock wrong by so much, or right again by nothing.
    pub(crate) const fn put_wrong(&mut self, skew: Span) {
        self.skew = skew;
    }

    /// Something happens after a while; what is put in first happens first at the same time.
    pub(crate) fn after(&mut self, span: Span, happening: H) {
        self.number += 1;
        self.queue.insert((self.now.plus(span), self.number), happening);
    }

    /// Time passes until the next thing happens; nothing where nothing will.
    pub(crate) fn next(&mut self) -> Option<H> {
        let ((at, _), happening) = self.queue.pop_first()?;
        self.now = at;
        Some(happening)
    }
}
