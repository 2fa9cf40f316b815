//! The wallet's errands, carried out on the spot: texts arrive, banks book or refuse, what has aged matures.

use super::{depositors::number_of, stage::Stage};
use crate::world::{
    bank::OrderState,
    desk::{Fate, Waiting},
    letter::Letter,
    runner::{bank_answered, order_of, settled},
};
use engine::{
    BankOutcome, Errand, Source,
    errand::{BankOrder, Direction},
};
use std::rc::Rc;
use store::{DueErrand, look::link_of};
use terms::{LinkId, Span};

/// An errand that leads to errands comes to an end within so many rounds.
const ROUNDS_MAX: usize = 50;
const AT_ONCE: u32 = 128;

impl Stage {
    /// Carries out everything that is due.
    pub fn runs_errands(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let due = match self.store().read(|shelf| shelf.due_errands(self.now, AT_ONCE)) {
                Ok(due) => due,
                Err(fault) => {
                    self.fault = Some(fault);
                    return;
                }
            };
            if due.is_empty() {
                return;
            }
            let letters: Vec<Rc<dyn Letter>> = due.iter().filter_map(|due| self.carries(due)).collect();
            let caller = crate::world::Caller::Nobody;
            let waiting = |letter| Waiting { caller, letter, source: Source::default() };
            let batch = letters.into_iter().map(waiting).collect();
            if let Err(fault) = self.desk.turn(batch, self.now, Fate::Well, &mut self.dice) {
                self.fault = Some(fault);
                return;
            }
        }
    }

    fn carries(&mut self, due: &DueErrand) -> Option<Rc<dyn Letter>> {
        if let Some((order, inquiry)) = order_of(&due.errand) {
            let outcome = self.at_bank(&order.clone(), inquiry);
            return bank_answered(due, outcome);
        }
        match &due.errand {
            Errand::Sms { to, text } => self.letterbox.put(to.as_str(), text.expose()),
            Errand::Mail { to, text, .. } => self.letterbox.put(to.as_str(), text.expose()),
            Errand::Revoke { bank, refresh_token } => {
                if let Some(bank) = self.banks.get(*bank) {
                    bank.end_grant(refresh_token.expose());
                }
            }
            _ => {}
        }
        Some(settled(due, true))
    }

    fn at_bank(&mut self, order: &BankOrder, inquiry: bool) -> BankOutcome {
        let (now, token) = (self.now, self.token(order.link));
        let Some(bank) = self.banks.get(order.bank) else { return BankOutcome::NotSent };
        if inquiry {
            return bank.inquire(order.payment, now);
        }
        let outcome = bank.order(order, &token, None, false);
        let booked =
            bank.orders().get(&order.payment).filter(|order| matches!(order.state, OrderState::Booked(_)));
        if order.direction == Direction::Debit
            && let Some(account) = booked.map(|order| order.account.clone())
            && number_of(&account).is_some()
        {
            self.loses(order, account);
        }
        outcome
    }

    /// A depositor who is nobody's customer was debited: the passbook will say so.
    fn loses(&mut self, order: &BankOrder, account: String) {
        self.tally.taken_yen += order.amount.get();
        self.tally.banks.insert(order.bank);
        if self.tally.debited.insert(format!("{} {account}", order.bank.as_str())) {
            let [least, most] = self.setting.victims.passbook_days;
            let wait = self.dice.span(Span::days(i64::from(least)), Span::days(i64::from(most)));
            self.later.push((self.now.plus(wait), super::stage::Later::Passbook(order.bank, account)));
        }
    }

    fn token(&self, link: LinkId) -> String {
        let found = self.store().read(|shelf| link_of(shelf, link)).ok().flatten();
        found.map(|link| link.refresh_token.expose().to_owned()).unwrap_or_default()
    }
}
