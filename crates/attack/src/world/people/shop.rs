//! A shop: it shows codes for orders, and gives money back now and then.

use crate::world::{
    letter::{Answer, Letter, letter, read},
    people::{Actor, Around},
};
use engine::{
    merchants::{Merchant, PlaceOrder, PlacedOrder},
    payments::{Payment, PaymentKind, PaymentState, Refund},
};
use std::rc::Rc;
use store::look::{CustomerRef, payments_of};
use terms::{OrderId, PaymentId, Span, Yen};

/// Codes that hang in the window at once.
const SHOWN_MAX: usize = 5;

/// A shop with its key.
#[derive(Debug)]
pub struct Shop {
    merchant: Merchant,
}

impl Shop {
    /// A shop that an operator has added.
    pub const fn new(merchant: Merchant) -> Self {
        Self { merchant }
    }

    fn refund(&self, around: &mut Around<'_>) -> Option<Refund> {
        let whose = CustomerRef::Merchant(self.merchant.id);
        let payments = around.look(|shelf| payments_of(shelf, whose, None, 20));
        let paid: Vec<&Payment> = payments
            .iter()
            .filter(|payment| payment.kind == PaymentKind::QrPayment)
            .filter(|payment| payment.state == PaymentState::Completed)
            .collect();
        let payment = around.dice.pick(&paid)?;
        // Sometimes more than was paid is typed in.
        let amount = Yen::new(around.dice.between(1, payment.amount.get() + 50)).ok()?;
        let id = PaymentId::new(around.dice.uuid(around.now));
        Some(Refund { key: self.merchant.key, id, payment: payment.id, amount })
    }
}

impl Actor for Shop {
    fn name(&self) -> String {
        format!("shop {}", self.merchant.name_en)
    }

    fn wakes(&mut self, around: &mut Around<'_>) -> Option<Rc<dyn Letter>> {
        if around.dice.chance(300) {
            return self.refund(around).map(letter);
        }
        let amount = Yen::new(around.dice.between(1, 6_000)).ok()?;
        let id = OrderId::new(around.dice.uuid(around.now));
        Some(letter(PlaceOrder { key: self.merchant.key, id, amount, memo: None }))
    }

    fn hears(&mut self, answer: Option<&Answer>, around: &mut Around<'_>) -> Span {
        let placed = answer.and_then(|answer| answer.as_ref().ok());
        if let Some(order) = placed.and_then(read::<PlacedOrder>) {
            around.town.shown.push(order.payload);
            let over = around.town.shown.len().saturating_sub(SHOWN_MAX);
            around.town.shown.drain(..over);
        }
        around.dice.span(Span::minutes(20), Span::hours(16))
    }
}
