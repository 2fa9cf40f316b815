//! Errands of the wallet, carried out in the world: texts arrive, banks are asked, time lets value age.

use crate::world::{
    Broken, Caller, Happening, World,
    bank::{Manners, OrderState},
    canary::Canary,
    desk::Waiting,
    letter::{Letter, letter},
    runner::{Run, bank_answered, order_of, settled},
};
use engine::{
    BankOutcome, Errand, Source,
    errand::{BankOrder, BankReason},
    payments::BankAnswered,
};
use std::rc::Rc;
use store::{DueErrand, look::link_of};
use terms::{BankCode, ErrandId, LinkId, PaymentId, Span};

/// As many as the teller runs at once.
const AT_ONCE_MAX: usize = 64;
/// How long the runner waits for a bank.
const BANK_LIMIT: Span = Span::seconds(10);
/// A clock that jumps must not make the runner sleep for ever.
const SLEEP_MAX: Span = Span::hours(1);

impl World {
    pub(super) fn runner_looks(&mut self) -> Result<(), Broken> {
        if !self.is_up || self.runner_looks_at != Some(self.now()) {
            return Ok(());
        }
        self.runner_looks_at = None;
        if self.dice.chance(self.weather.runner_dies) {
            self.note("the runner is lost with all that it has under way");
            self.runner.dies();
        }
        let now = self.clock.shown();
        let most = u32::try_from(AT_ONCE_MAX + self.runner.count()).unwrap_or(u32::MAX);
        let looked =
            self.desk.store().read(|shelf| Ok((shelf.due_errands(now, most)?, shelf.next_errand_due_at()?)));
        let (due, next) = looked.map_err(|fault| Broken::new("errands can be read", fault))?;
        for errand in due {
            if self.runner.count() >= AT_ONCE_MAX {
                break;
            }
            let id = errand.id;
            let order = order_of(&errand.errand).map(|(order, inquiry)| (order.clone(), inquiry));
            let Some(run) = self.runner.take_up(errand.clone()) else { continue };
            match order {
                Some((order, inquiry)) => self.sends_order(id, run, &order, inquiry),
                None => self.carries(&errand, run),
            }
        }
        if let Some(next) = next.filter(|next| *next > now) {
            let pause = next.since(now).as_millis().clamp(1, SLEEP_MAX.as_millis());
            self.call_runner(Span::millis(pause));
        }
        Ok(())
    }

    /// The runner looks after so long, unless it does so sooner.
    pub(super) fn call_runner(&mut self, pause: Span) {
        let at = self.now().plus(pause);
        if self.runner_looks_at.is_none_or(|known| at < known || known < self.now()) {
            self.runner_looks_at = Some(at);
            self.clock.after(pause, Happening::RunnerLooks);
        }
    }

    fn sends_order(&mut self, errand: ErrandId, run: Run, order: &BankOrder, inquiry: bool) {
        for delay in self.weather.travel(&mut self.dice) {
            let order = order.clone();
            self.clock.after(delay, Happening::AtBank { errand, run, order, inquiry });
        }
        let outcome = BankOutcome::NoAnswer;
        self.clock.after(BANK_LIMIT, Happening::BankSays { errand, run, outcome });
    }

    pub(super) fn at_bank(&mut self, errand: ErrandId, run: Run, order: &BankOrder, inquiry: bool) {
        let now = self.clock.now();
        let manners = Manners::draw(&self.weather, &mut self.dice);
        let token = self.token(order.link);
        let Some(bank) = self.banks.get(order.bank) else { return };
        if bank.down_until.is_some_and(|until| now < until) {
            let outcome = BankOutcome::NotSent;
            self.clock.after(Span::millis(5), Happening::BankSays { errand, run, outcome });
            return;
        }
        let pause = match manners {
            Manners::GoesDown(span) => {
                bank.down_until = Some(now.plus(span));
                self.note(format!("bank {} is down", order.bank.as_str()));
                return;
            }
            Manners::Swallows => {
                self.note(format!("bank {} swallows a request (Swallows)", order.bank.as_str()));
                return;
            }
            Manners::Slow => Span::seconds(25),
            Manners::AnotherSpeaks => Span::seconds(2),
            _ => Span::millis(10),
        };
        let later = if let Manners::BooksLate(span) = manners { Some(now.plus(span)) } else { None };
        let outcome = if inquiry {
            bank.inquire(order.payment, now)
        } else {
            bank.order(order, &token, later, manners == Manners::Refuses)
        };
        let state = bank.orders().get(&order.payment).map(|order| order.state);
        self.note(format!("bank {} on {}: {outcome:?} ({manners:?})", order.bank.as_str(), order.payment));
        let books_at = match state {
            Some(OrderState::Later(at)) if !inquiry => Some(at),
            Some(OrderState::Refused(_)) if self.setting.canary == Canary::BankBooksRefused => {
                Some(now.plus(Span::minutes(1)))
            }
            _ => None,
        };
        if let Some(at) = books_at {
            self.clock.after(at.since(now), Happening::BankBooks(order.bank, order.payment));
        }
        if manners == Manners::AnswersTwice {
            self.bank_calls(order.bank, order.payment, outcome.clone());
        }
        if manners == Manners::AnotherSpeaks
            && let Some(other) = self.dice.pick(&self.banks.codes()).filter(|code| **code != order.bank)
        {
            let outcome = BankOutcome::Refused { reason: BankReason::AccountClosed };
            self.bank_calls(*other, order.payment, outcome);
        }
        if manners != Manners::LosesReply {
            self.clock.after(pause, Happening::BankSays { errand, run, outcome });
        }
    }

    fn token(&self, link: LinkId) -> String {
        let found = self.desk.store().read(|shelf| link_of(shelf, link)).ok().flatten();
        found.map(|link| link.refresh_token.expose().to_owned()).unwrap_or_default()
    }

    pub(super) fn bank_books(&mut self, code: BankCode, payment: PaymentId) {
        let now = self.clock.now();
        let Some(bank) = self.banks.get(code) else { return };
        bank.book_what_is_due(payment, now);
        let outcome = bank.inquire(payment, now);
        self.note(format!("bank {} has booked {payment}", code.as_str()));
        self.bank_calls(code, payment, outcome);
    }

    /// A bank calls by itself.
    fn bank_calls(&mut self, bank: BankCode, payment: PaymentId, outcome: BankOutcome) {
        let letter = letter(BankAnswered { asking: None, bank, payment, outcome });
        for delay in self.weather.travel(&mut self.dice) {
            let (letter, source) = (Rc::clone(&letter), Source::default());
            let waiting = Waiting { caller: Caller::Bank, letter, source };
            self.clock.after(delay, Happening::Arrives(waiting));
        }
    }

    pub(super) fn bank_says(&mut self, errand: ErrandId, run: Run, outcome: BankOutcome) {
        let Some(due) = self.runner.awaited(errand, run) else { return };
        let letter = bank_answered(due, outcome);
        self.runner_asks(errand, run, letter);
    }

    /// Everything but orders: it works, or the carrier is away.
    fn carries(&mut self, due: &DueErrand, run: Run) {
        let done = !self.dice.chance(self.weather.lost);
        if done {
            match &due.errand {
                Errand::Sms { to, text } => self.letterbox.put(to.as_str(), text.expose()),
                Errand::Mail { to, text, .. } => self.letterbox.put(to.as_str(), text.expose()),
                Errand::EndLink { link } => {
                    let token = self.token(*link);
                    let link = self.desk.store().read(|shelf| link_of(shelf, *link)).ok().flatten();
                    if let Some(bank) = link.and_then(|link| self.banks.get(link.bank)) {
                        bank.end_grant(&token);
                    }
                }
                Errand::Revoke { bank, refresh_token } => {
                    if let Some(bank) = self.banks.get(*bank) {
                        bank.end_grant(refresh_token.expose());
                    }
                }
                _ => {}
            }
        }
        let pause = self.dice.span(Span::millis(1), Span::millis(300));
        self.clock.after(pause, Happening::Carried { errand: due.id, run, done });
    }

    pub(super) fn carried(&mut self, errand: ErrandId, run: Run, done: bool) {
        let Some(due) = self.runner.awaited(errand, run) else { return };
        let letter = settled(due, done);
        self.runner_asks(errand, run, Some(letter));
    }

    /// The runner and the desk are one process: no network lies between them.
    fn runner_asks(&mut self, errand: ErrandId, run: Run, letter: Option<Rc<dyn Letter>>) {
        let Some(letter) = letter else { return };
        let caller = Caller::Runner(errand, run);
        self.arrives(Waiting { caller, letter, source: Source::default() });
    }
}
