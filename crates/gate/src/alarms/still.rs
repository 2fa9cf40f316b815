//! What a stop hides: where nobody may link, who does not come back is no sign of a guesser.
//!
//! Orphans and singletons are people who were not seen again. While a breaker is open nobody can be, so the watch would
//! ring for its own stop, and that alarm would open the breaker again. Statistics call such observations censored: they
//! are left out, successes and failures alike, so that shares stay what they were. Canaries and secrets that come again
//! ring all the same.
//!
//! The evidence begins anew, too: what it said was answered by the stop, and two people have looked at it before anybody
//! goes on. What rings afterwards has happened afterwards.

use super::{
    alarm::Scope,
    watch::{NO_STREAM, Watch},
};
use crate::{Path, Step, Stops};

/// Where links stand still; told anew after each start, so it is not saved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Still {
    everywhere: bool,
    streams: Vec<bool>,
}

impl Still {
    fn new<'s>(stops: &Stops, scopes: impl Iterator<Item = &'s Scope>) -> Self {
        let holds = |path: &Path| stops.hold_everybody(Step::ConsentBegun, path);
        let streams = scopes.map(|scope| holds(&path_of(scope))).collect();
        Self { everywhere: holds(&Path::default()), streams }
    }

    /// Whether links of a stream stand still; one that is not told apart does where all do.
    pub(super) fn holds(&self, stream: u16) -> bool {
        self.everywhere || self.streams.get(usize::from(stream)).copied().unwrap_or(false)
    }

    fn is_anywhere(&self) -> bool {
        self.everywhere || self.streams.iter().any(|still| *still)
    }
}

fn path_of(scope: &Scope) -> Path {
    let (bank, method) = match scope {
        Scope::All => (None, None),
        Scope::Bank(bank) => (Some(*bank), None),
        Scope::Method(bank, method) => (Some(*bank), Some(method.clone())),
    };
    Path { bank, method, ..Path::default() }
}

impl Watch {
    /// Tells where links stand still. Failures there that wait to be followed are forgotten, what is tried there until
    /// the watch is told otherwise counts for no share, and evidence begins anew. Tell it before each sighting or tick, or at least soon
    /// after a breaker changed; telling it twice changes nothing.
    pub fn stand_still(&mut self, stops: &Stops) {
        self.still = Still::new(stops, self.streams.iter().map(|stream| &stream.scope));
        if !self.still.is_anywhere() {
            return;
        }
        let still = &self.still;
        self.pending.forget(|stream| still.holds(stream));
        self.firsts.forget(|stream| still.holds(stream));
        for place in (0..self.streams.len()).filter(|place| still.holds(*place as u16)) {
            if let Some(stream) = self.streams.get_mut(place) {
                self.all.failed_less(stream);
                stream.begins_anew();
            }
        }
        if still.holds(NO_STREAM) {
            self.all.begins_anew();
        }
    }
}
