//! A play: a world from its morning to its rest, all rules checked on the way.

use crate::world::{Broken, Setting, Weather, World, trace::fingerprint};
use store::look::{CustomerRef, payments_of, purse_of};
use terms::Span;

/// Lines of the trace that a failure shows.
const SHOWN_MAX: usize = 30;
/// How long what is under way may take to come to its end.
const DUSK: Span = Span::days(8);
/// More than this cannot happen in that time.
const DUSK_STEPS_MAX: u64 = 20_000;

/// A play that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// How many things happened.
    pub steps: u64,
    /// Stands for all lines of the trace.
    pub trace: u64,
    /// Stands for all that is in the books at the end.
    pub book: u64,
    /// The lines of the trace.
    pub lines: Vec<String>,
}

/// A play in which a rule was broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, step {step}: {broken}\n{}", last.join("\n"))]
pub struct Failure {
    /// Which seed.
    pub seed: u64,
    /// At which step: the first after which the rule is broken.
    pub step: u64,
    /// What is broken.
    pub broken: Broken,
    /// The last lines of the trace.
    pub last: Vec<String>,
}

/// Plays a seed. A failure is played once more with every rule checked at every step of where it was found, so that
/// it names the first step that is wrong.
///
/// # Errors
/// A rule was broken.
pub fn play(seed: u64, setting: Setting) -> Result<Played, Box<Failure>> {
    let checks = Checks { from: 0, every: setting.check_every };
    let failure = match play_once(seed, setting, checks) {
        Ok(played) => return Ok(played),
        Err(failure) => failure,
    };
    let from = failure.step.saturating_sub(setting.check_every);
    match play_once(seed, setting, Checks { from, every: 1 }) {
        Err(sooner) => Err(sooner),
        Ok(_) => Err(failure),
    }
}

/// When every rule is checked.
#[derive(Clone, Copy)]
struct Checks {
    from: u64,
    every: u64,
}

fn play_once(seed: u64, setting: Setting, checks: Checks) -> Result<Played, Box<Failure>> {
    let mut world = match World::new(seed, setting) {
        Ok(world) => world,
        Err(broken) => return Err(Box::new(Failure { seed, step: 0, broken, last: Vec::new() })),
    };
    match world.run(checks) {
        Ok(()) => Ok(world.played()),
        Err(broken) => {
            let last = world.trace.last(SHOWN_MAX).to_vec();
            Err(Box::new(Failure { seed, step: world.trace.steps(), broken, last }))
        }
    }
}

impl World {
    fn run(&mut self, checks: Checks) -> Result<(), Broken> {
        while self.trace.steps() < self.setting.steps && self.step()? {
            self.check_now_and_then(checks)?;
        }
        self.check(false)?;
        self.dusk(checks)?;
        self.check(true)
    }

    fn check_now_and_then(&self, checks: Checks) -> Result<(), Broken> {
        let steps = self.trace.steps();
        if steps >= checks.from && steps.is_multiple_of(checks.every) { self.check(false) } else { Ok(()) }
    }

    /// Nothing fails any more, nobody wakes, and what is under way comes to its end.
    fn dusk(&mut self, checks: Checks) -> Result<(), Broken> {
        self.note("dusk");
        self.at_dusk = true;
        self.weather = Weather::CALM;
        self.clock.put_wrong(Span::millis(0));
        self.banks.behave();
        let end = self.now().plus(DUSK);
        for _ in 0..DUSK_STEPS_MAX {
            if self.now() >= end || !self.step()? {
                return Ok(());
            }
            self.check_now_and_then(checks)?;
        }
        Err(Broken::new("a world comes to rest", format!("{DUSK_STEPS_MAX} things happened after dusk")))
    }

    fn played(&self) -> Played {
        Played {
            steps: self.trace.steps(),
            trace: fingerprint(self.trace.lines()),
            book: fingerprint(self.book()),
            lines: self.trace.lines().to_vec(),
        }
    }

    /// Everything that wallet and banks keep, in words.
    fn book(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for id in self.town.wallets.keys() {
            let kept = self.desk.store().read(|shelf| {
                let customer = store::look::customer_of(shelf, *id)?;
                let purse = customer.as_ref().map(|customer| purse_of(shelf, customer)).transpose()?;
                let payments = payments_of(shelf, CustomerRef::Customer(*id), None, 10_000)?;
                Ok((customer, purse, payments, store::look::links_of(shelf, *id)?))
            });
            lines.push(format!("{:?}", kept.ok()));
        }
        lines.extend(self.banks.all().map(|bank| format!("{bank:?}")));
        lines
    }
}
