//! Wallet and banks agree to the yen, or the difference is a payment that is listed as under way or in doubt (P8).

use super::{Broken, Seen};
use crate::world::bank::{Bank, Order, OrderState};
use engine::payments::{Payment, PaymentState};
use store::look::bank_standing;

// promise: P8
pub(super) fn check(seen: &Seen<'_>) -> Result<(), Broken> {
    let rule = "wallet and bank agree";
    for bank in seen.banks.all() {
        let mut under_way = 0;
        for (id, order) in bank.orders() {
            let kept = seen.payment(*id);
            let payment = kept.ok_or_else(|| Broken::new(rule, format!("{id} is known to the bank only")))?;
            under_way += agree(order, payment)?;
        }
        let clearing = seen.look(|shelf| bank_standing(shelf, bank.code))?.clearing.get();
        if bank.operator_yen() + clearing != under_way {
            let what = format!(
                "bank {}: {} yen there, {clearing} yen here, {under_way} yen under way",
                bank.code.as_str(),
                bank.operator_yen()
            );
            return Err(Broken::new(rule, what));
        }
    }
    let over_banks = seen.payments.values().flatten().filter(|payment| payment.bank.is_some());
    for payment in over_banks.filter(|payment| payment.state == PaymentState::Completed) {
        let booked = |bank: &Bank| {
            bank.orders().get(&payment.id).is_some_and(|order| order.state == OrderState::Booked(1))
        };
        if !seen.banks.all().any(booked) {
            return Err(Broken::new(rule, format!("{} is completed here, not booked there", payment.id)));
        }
    }
    Ok(())
}

/// What the bank has moved for a payment that is not final here, in yen.
fn agree(order: &Order, payment: &Payment) -> Result<i64, Broken> {
    let broken = || {
        let what = format!("{} is {:?} here, {:?} there", payment.id, payment.state, order.state);
        Err(Broken::new("wallet and bank agree", what))
    };
    if order.asked.amount != payment.amount {
        return broken();
    }
    match (order.state, payment.state) {
        (OrderState::Booked(1), PaymentState::InProgress | PaymentState::InDoubt) => Ok(order.yen()),
        (OrderState::Booked(1), PaymentState::Completed)
        | (
            OrderState::Refused(_),
            PaymentState::Refused | PaymentState::InProgress | PaymentState::InDoubt,
        )
        | (OrderState::Later(_), PaymentState::InProgress | PaymentState::InDoubt) => Ok(0),
        _ => broken(),
    }
}
