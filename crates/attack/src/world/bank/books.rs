//! A bank's book: depositors' accounts, what it owes the operator, and every order under its id.

use crate::world::bank::{BankAccount, Grant};
use engine::{
    BankOutcome,
    errand::{BankOrder, BankReason, Direction},
};
use std::collections::BTreeMap;
use terms::{BankCode, PaymentId, Time};

/// What became of an order at the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// Money moved, so many times: more than once is a broken bank.
    Booked(u32),
    /// Nothing moved, and nothing will.
    Refused(BankReason),
    /// It is booked at a later time.
    Later(Time),
}

/// An order as the bank keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What was asked.
    pub asked: BankOrder,
    /// Which bank account it is about.
    pub account: String,
    /// What became of it.
    pub state: OrderState,
}

impl Order {
    /// What it moves to the operator when it is booked, in yen: below zero for a credit.
    pub const fn yen(&self) -> i64 {
        match self.asked.direction {
            Direction::Debit => self.asked.amount.get(),
            Direction::Credit => -self.asked.amount.get(),
        }
    }
}

/// A bank.
#[derive(Debug)]
pub struct Bank {
    /// Its code.
    pub code: BankCode,
    /// Nobody answers before this.
    pub down_until: Option<Time>,
    /// Broken on purpose: an order that comes again is booked again.
    pub books_again: bool,
    /// Broken on purpose: what was refused is booked later all the same.
    pub books_refused: bool,
    pub(super) accounts: BTreeMap<String, BankAccount>,
    pub(super) grants: BTreeMap<String, Grant>,
    orders: BTreeMap<PaymentId, Order>,
    /// The operator's account at this bank, in yen: what came by debits less what went by credits.
    operator_yen: i64,
}

impl Bank {
    /// A bank without depositors.
    pub const fn new(code: BankCode) -> Self {
        Self {
            code,
            down_until: None,
            books_again: false,
            books_refused: false,
            accounts: BTreeMap::new(),
            grants: BTreeMap::new(),
            orders: BTreeMap::new(),
            operator_yen: 0,
        }
    }

    /// The operator's account at this bank, in yen.
    pub const fn operator_yen(&self) -> i64 {
        self.operator_yen
    }

    /// Every order that the bank has seen.
    pub const fn orders(&self) -> &BTreeMap<PaymentId, Order> {
        &self.orders
    }

    /// The sum over all bank accounts and the operator's, in yen: banks make no money.
    pub fn sum_yen(&self) -> i64 {
        self.operator_yen + self.accounts.values().map(|account| account.balance_yen).sum::<i64>()
    }

    /// Takes an order: the same id again gets the same answer. `later` is when it is booked, if not now.
    pub fn order(
        &mut self,
        asked: &BankOrder,
        token: &str,
        later: Option<Time>,
        refuses: bool,
    ) -> BankOutcome {
        if let Some(known) = self.orders.get(&asked.payment).cloned() {
            if self.books_again && matches!(known.state, OrderState::Booked(_)) {
                self.book(asked.payment);
            }
            return self.outcome(asked.payment);
        }
        let account = self.grants.get(token).filter(|grant| grant.active).map(|grant| grant.account.clone());
        let state = match self.objection(account.as_ref(), asked, refuses) {
            Some(reason) => OrderState::Refused(reason),
            None => later.map_or(OrderState::Booked(0), OrderState::Later),
        };
        let order = Order { asked: asked.clone(), account: account.unwrap_or_default(), state };
        self.orders.insert(asked.payment, order);
        if state == OrderState::Booked(0) {
            self.book(asked.payment);
        }
        self.outcome(asked.payment)
    }

    /// What became of an order: a bank that never saw it says so.
    pub fn inquire(&mut self, payment: PaymentId, now: Time) -> BankOutcome {
        self.book_what_is_due(payment, now);
        self.outcome(payment)
    }

    /// Books an order that was to be booked later, if its time has come.
    pub fn book_what_is_due(&mut self, payment: PaymentId, now: Time) {
        match self.orders.get(&payment).map(|order| order.state) {
            Some(OrderState::Later(at)) if at <= now => self.book(payment),
            Some(OrderState::Refused(_)) if self.books_refused => self.book(payment),
            _ => {}
        }
    }

    fn objection(&self, account: Option<&String>, asked: &BankOrder, refuses: bool) -> Option<BankReason> {
        let Some(account) = account.and_then(|name| self.accounts.get(name)) else {
            return Some(BankReason::LinkEnded);
        };
        if refuses {
            return Some(BankReason::Other);
        }
        // What is promised already is not there any more.
        let promised: i64 =
            self.orders.values().filter(|order| order.account == account.name).map(promised).sum();
        let left = account.balance_yen - promised;
        let too_much = asked.direction == Direction::Debit && left < asked.amount.get();
        too_much.then_some(BankReason::InsufficientFunds)
    }

    fn book(&mut self, payment: PaymentId) {
        let Some(order) = self.orders.get_mut(&payment) else { return };
        let times = if let OrderState::Booked(times) = order.state { times } else { 0 };
        let yen = order.yen();
        order.state = OrderState::Booked(times + 1);
        if let Some(account) = self.accounts.get_mut(&order.account) {
            account.balance_yen -= yen;
        }
        self.operator_yen += yen;
    }

    fn outcome(&self, payment: PaymentId) -> BankOutcome {
        match self.orders.get(&payment).map(|order| order.state) {
            None => BankOutcome::Unknown,
            Some(OrderState::Booked(_)) => BankOutcome::Booked { bank_reference: format!("B-{payment}") },
            Some(OrderState::Refused(reason)) => BankOutcome::Refused { reason },
            Some(OrderState::Later(_)) => BankOutcome::Pending,
        }
    }
}

fn promised(order: &Order) -> i64 {
    match order.state {
        OrderState::Later(_) => order.yen().max(0),
        OrderState::Booked(_) | OrderState::Refused(_) => 0,
    }
}
