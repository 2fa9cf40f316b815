//! Each wallet and shop has what its payments say, to the yen: each is in the book exactly once.

use super::{Broken, Seen};
use engine::payments::{Payment, PaymentKind, PaymentState};
use store::look::{CustomerRef, customer_of, merchant_balance, payments_of, purse_of};
use terms::CustomerId;

/// What payments come to, in yen.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sums {
    total: i64,
    held: i64,
    announced: i64,
}

// promise: P1
// promise: P3
pub(super) fn check(seen: &Seen<'_>) -> Result<(), Broken> {
    let rule = "a purse has what its payments say";
    for id in seen.town.wallets.keys() {
        let Some(customer) = seen.look(|shelf| customer_of(shelf, *id))? else { continue };
        let mut said = Sums::default();
        seen.payments.get(id).into_iter().flatten().for_each(|payment| said.add(payment, *id));
        let purse = seen.look(|shelf| purse_of(shelf, &customer))?;
        let has = Sums {
            total: purse.available.get() + purse.provisional.get() + purse.held.get(),
            held: purse.held.get(),
            announced: purse.announced.get(),
        };
        if said != has {
            return Err(Broken::new(rule, format!("{id}: payments {said:?}, book {has:?}")));
        }
    }
    for (id, merchant) in &seen.town.shops {
        let payments = seen.look(|shelf| payments_of(shelf, CustomerRef::Merchant(*id), None, 10_000))?;
        let said: i64 = payments.iter().map(to_shop).sum();
        let has = seen.look(|shelf| merchant_balance(shelf, merchant))?.get();
        if said != has {
            return Err(Broken::new(rule, format!("{id}: payments {said}, book {has}")));
        }
        let given_back = payments.iter().find(|payment| payment.refunded > payment.amount);
        if let Some(payment) = given_back {
            return Err(Broken::new("no more is given back than was paid", payment.id));
        }
    }
    Ok(())
}

impl Sums {
    fn add(&mut self, payment: &Payment, whose: CustomerId) {
        let yen = payment.amount.get();
        let done = payment.state == PaymentState::Completed;
        let open = !payment.state.is_final();
        match payment.kind {
            PaymentKind::TopUp if open => self.announced += yen,
            PaymentKind::TopUp | PaymentKind::Refund if done => self.total += yen,
            PaymentKind::P2p if payment.payee == Some(whose) && done => self.total += yen,
            PaymentKind::P2p | PaymentKind::Payout | PaymentKind::QrPayment if done => self.total -= yen,
            PaymentKind::P2p | PaymentKind::Payout if open => self.held += yen,
            _ => {}
        }
    }
}

fn to_shop(payment: &Payment) -> i64 {
    match (payment.kind, payment.state) {
        (PaymentKind::QrPayment, PaymentState::Completed) => payment.amount.get(),
        (PaymentKind::Refund, PaymentState::Completed) => -payment.amount.get(),
        _ => 0,
    }
}
