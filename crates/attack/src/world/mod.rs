//! A whole world in one thread: wallet, people, shops and banks, virtual time, and everything that can break.
//!
//! The wallet is the production engine and store, asked by [`store::run`] within [`store::Writer::commit`], as
//! the teller does it. A seed decides everything; the same seed gives the same lines and the same book.

pub mod bank;
mod calls;
mod canary;
pub(crate) mod clock;
pub(crate) mod desk;
mod dice;
mod errands;
pub(crate) mod letter;
mod network;
pub mod people;
mod play;
pub mod rules;
pub(crate) mod runner;
mod setting;
mod trace;

pub use canary::Canary;
pub use dice::Dice;
pub use letter::{Answer, Letter, letter, read};
pub use network::Weather;
pub use play::{Failure, Played, play};
pub use rules::Broken;
pub use setting::Setting;

use bank::Banks;
use calls::{Call, CallId};
use clock::Clock;
use desk::{Desk, Waiting};
use engine::{BankOutcome, Source, errand::BankOrder};
use people::{Actor, Around, CivilRegister, Letterbox, Town};
use rules::{Acknowledged, Seen};
use runner::{Run, Runner};
use std::{collections::BTreeMap, rc::Rc};
use terms::{BankCode, ErrandId, PaymentId, Span, Time};
use trace::Trace;

/// The most letters of one commit, as many as the teller takes.
const BATCH_MAX: usize = 512;

/// Who waits for an answer of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Somebody, with one of their calls.
    Actor(usize, CallId),
    /// The runner of errands, with one of its runs.
    Runner(ErrandId, Run),
    /// A bank that calls by itself.
    Bank,
    /// Nobody: a letter of before comes again.
    Nobody,
}

/// What can happen.
enum Happening {
    /// Somebody has something to do.
    Wakes(usize),
    /// A letter reaches the wallet.
    Arrives(Waiting),
    /// The desk takes what waits.
    DeskTurns,
    /// An answer reaches its asker.
    Answered(usize, CallId, Answer),
    /// Somebody has waited long enough for an answer.
    GivesUp(usize, CallId),
    /// The runner looks for errands that are due.
    RunnerLooks,
    /// An order or inquiry reaches a bank.
    AtBank { errand: ErrandId, run: Run, order: BankOrder, inquiry: bool },
    /// A bank's answer, or that none came in time, reaches the runner.
    BankSays { errand: ErrandId, run: Run, outcome: BankOutcome },
    /// A text, webhook or the end of a link was carried out, or was not.
    Carried { errand: ErrandId, run: Run, done: bool },
    /// A bank books what it kept for later.
    BankBooks(BankCode, PaymentId),
    /// The wallet's process is there again.
    Starts,
    /// A letter that was answered long ago comes again.
    AsksAgain,
}

/// The world.
pub struct World {
    setting: Setting,
    weather: Weather,
    dice: Dice,
    clock: Clock<Happening>,
    trace: Trace,
    desk: Desk,
    waiting: Vec<Waiting>,
    desk_is_called: bool,
    is_up: bool,
    /// When the runner looks next.
    runner_looks_at: Option<Time>,
    runner: Runner,
    calls: BTreeMap<CallId, Call>,
    calls_made: CallId,
    actors: Vec<Box<dyn Actor>>,
    banks: Banks,
    register: CivilRegister,
    letterbox: Letterbox,
    town: Town,
    acknowledged: Acknowledged,
    /// Nobody wakes any more: what is under way comes to its end.
    at_dusk: bool,
}

impl World {
    /// One thing happens; nothing is left to happen where it says so.
    ///
    /// # Errors
    /// A rule is broken.
    pub fn step(&mut self) -> Result<bool, Broken> {
        let Some(happening) = self.clock.next() else { return Ok(false) };
        self.trace.step();
        if self.dice.chance(self.weather.clock_jumps) {
            let skew = self.weather.skew(&mut self.dice);
            self.clock.put_wrong(skew);
            self.note(format!("the wallet's clock is off by {} ms", skew.as_millis()));
        }
        match happening {
            Happening::Wakes(actor) => self.wakes(actor),
            Happening::Arrives(waiting) => self.arrives(waiting),
            Happening::DeskTurns => self.desk_turns()?,
            Happening::Answered(actor, call, answer) => self.answered(actor, call, answer),
            Happening::GivesUp(actor, call) => self.gives_up(actor, call),
            Happening::RunnerLooks => self.runner_looks()?,
            Happening::AtBank { errand, run, order, inquiry } => self.at_bank(errand, run, &order, inquiry),
            Happening::BankSays { errand, run, outcome } => self.bank_says(errand, run, outcome),
            Happening::Carried { errand, run, done } => self.carried(errand, run, done),
            Happening::BankBooks(bank, payment) => self.bank_books(bank, payment),
            Happening::Starts => self.starts()?,
            Happening::AsksAgain => self.asks_again(),
        }
        Ok(true)
    }

    /// Checks every rule; `at_rest` when nothing may be under way any more.
    ///
    /// # Errors
    /// A rule is broken.
    pub fn check(&self, at_rest: bool) -> Result<(), Broken> {
        rules::check(Seen::new(
            self.desk.store(),
            &self.banks,
            &self.register,
            &self.town,
            &self.acknowledged,
            self.desk.high_water(),
            at_rest,
        ))
    }

    fn note(&mut self, text: impl std::fmt::Display) {
        self.trace.note(self.clock.now(), text);
    }

    /// Somebody acts, with everything that they can see.
    fn with<T>(&mut self, actor: usize, act: impl FnOnce(&mut dyn Actor, &mut Around<'_>) -> T) -> Option<T> {
        let mut around = Around {
            now: self.clock.now(),
            dice: &mut self.dice,
            weather: self.weather,
            store: self.desk.store(),
            banks: &mut self.banks,
            register: &self.register,
            letterbox: &self.letterbox,
            town: &mut self.town,
            canary: self.setting.canary,
        };
        self.actors.get_mut(actor).map(|actor| act(actor.as_mut(), &mut around))
    }

    fn arrives(&mut self, waiting: Waiting) {
        if !self.is_up {
            return;
        }
        self.waiting.push(waiting);
        self.call_desk();
    }

    fn call_desk(&mut self) {
        if !self.desk_is_called {
            self.desk_is_called = true;
            let pause = self.dice.span(Span::millis(0), Span::millis(25));
            self.clock.after(pause, Happening::DeskTurns);
        }
    }

    fn desk_turns(&mut self) -> Result<(), Broken> {
        self.desk_is_called = false;
        if !self.is_up || self.waiting.is_empty() {
            return Ok(());
        }
        let rest = self.waiting.split_off(self.waiting.len().min(BATCH_MAX));
        let batch = std::mem::replace(&mut self.waiting, rest);
        let letters: Vec<Rc<dyn Letter>> = batch.iter().map(|waiting| Rc::clone(&waiting.letter)).collect();
        let fate = self.weather.fate(&mut self.dice);
        let turn = self.desk.turn(batch, self.clock.shown(), fate, &mut self.dice);
        let turn = turn.map_err(|fault| Broken::new("no ask ends in a fault", fault))?;
        let names: Vec<&str> = letters.iter().map(|letter| letter.name()).collect();
        self.note(format!("desk {fate:?}: {}", names.join(", ")));
        if let Some(letter) = letters.iter().find(|letter| letter.went_past_the_gate()) {
            return Err(Broken::new("nothing opens or moves without a verdict", letter.name()));
        }
        for (waiting, answer) in turn.answers {
            self.note(format!("{:?} {}: {}", waiting.caller, waiting.letter.name(), in_short(&answer)));
            self.acknowledged.same(waiting.letter.as_ref(), &answer)?;
            match waiting.caller {
                Caller::Actor(actor, call) => {
                    for delay in self.weather.travel(&mut self.dice) {
                        self.clock.after(delay, Happening::Answered(actor, call, answer.clone()));
                    }
                }
                Caller::Runner(errand, _) => self.runner.is_over(errand),
                Caller::Bank | Caller::Nobody => {}
            }
        }
        if turn.died {
            self.dies();
        } else {
            self.call_runner(Span::millis(1));
            if !self.waiting.is_empty() {
                self.call_desk();
            }
        }
        Ok(())
    }

    /// The process is gone, with everything that was not on disk.
    fn dies(&mut self) {
        self.is_up = false;
        self.waiting.clear();
        self.runner.dies();
        let pause = self.dice.span(Span::millis(200), Span::seconds(40));
        self.clock.after(pause, Happening::Starts);
    }

    fn starts(&mut self) -> Result<(), Broken> {
        let started = self.desk.start_again(self.clock.shown());
        started.map_err(|fault| Broken::new("the wallet starts again", fault))?;
        self.is_up = true;
        self.note("the wallet has started again");
        self.call_runner(Span::millis(1));
        Ok(())
    }

    fn asks_again(&mut self) {
        if self.at_dusk {
            return;
        }
        let number = self.dice.draw();
        if let Some((actor, letter)) = self.acknowledged.any(number) {
            let source = self.actors.get(actor).map(|actor| actor.source()).unwrap_or_default();
            self.arrives(Waiting { caller: Caller::Nobody, letter, source });
        }
        let pause = self.dice.span(Span::minutes(1), Span::hours(8));
        self.clock.after(pause, Happening::AsksAgain);
    }

    fn source_of(&self, actor: usize) -> Source {
        self.actors.get(actor).map(|actor| actor.source()).unwrap_or_default()
    }

    /// The true time.
    pub const fn now(&self) -> Time {
        self.clock.now()
    }
}

fn in_short(answer: &Answer) -> String {
    match answer {
        Ok(value) => {
            let word = |key: &str| value.get(key).and_then(|value| value.as_str());
            word("state").or(word("id")).unwrap_or("done").to_owned()
        }
        Err(refusal) => format!("refused {}", refusal.code.as_str()),
    }
}
