//! Young value does not leave: what goes out is covered by what is old enough (P9), and not to a new link (H13).

use super::{Broken, Seen};
use engine::payments::{Payment, PaymentKind, PaymentState};
use store::look::{link_of, links_of};
use terms::{CustomerId, Span, Time};

/// How old value from a young link must be; the rule's own number, not the wallet's setting.
const OLD_ENOUGH: Span = Span::hours(72);
/// How long a link is young.
const LINK_YOUNG: Span = Span::days(30);
/// How old a link must be before money goes out over it.
const LINK_OLD_ENOUGH: Span = Span::hours(72);
/// Goods that are easily resold (ISO 18245).
pub(crate) const RESOLD: &str = "5944";

// promise: P9
pub(super) fn check(seen: &Seen<'_>) -> Result<(), Broken> {
    for (customer, payments) in &seen.payments {
        let links = seen.look(|shelf| links_of(shelf, *customer))?;
        let mut out = 0;
        let mut covered = 0;
        for payment in payments {
            let yen = payment.amount.get();
            let link_made = payment.link.and_then(|id| links.iter().find(|link| link.id == id));
            let link_made = link_made.map_or(Time::from_millis(0), |link| link.created_at);
            covered += old_enough(payment, *customer, link_made, seen.high_water);
            if leaves(payment, *customer, seen) {
                out += yen;
            }
            if payment.kind == PaymentKind::Payout {
                payout_waits(seen, payment)?;
            }
        }
        stays_young(payments)?;
        if out > covered {
            let what = format!("{customer}: {out} yen went out, {covered} yen were old enough");
            return Err(Broken::new("young value does not leave", what));
        }
    }
    Ok(())
}

/// What a payment brought that may be used for everything by now, in yen; never less than it really is.
fn old_enough(payment: &Payment, customer: CustomerId, link_made: Time, high_water: Time) -> i64 {
    let yen = payment.amount.get();
    let has_aged = high_water >= payment.updated_at.plus(OLD_ENOUGH);
    match payment.kind {
        _ if payment.state != PaymentState::Completed => 0,
        PaymentKind::TopUp if has_aged || payment.created_at >= link_made.plus(LINK_YOUNG) => yen,
        PaymentKind::P2p if payment.payee == Some(customer) => yen,
        PaymentKind::Refund if has_aged => yen,
        PaymentKind::Refund => yen - payment.provisional.get(),
        _ => 0,
    }
}

fn leaves(payment: &Payment, customer: CustomerId, seen: &Seen<'_>) -> bool {
    let gone = !matches!(payment.state, PaymentState::Refused | PaymentState::Returned);
    let resold = || {
        let shop = payment.merchant.and_then(|id| seen.town.shops.get(&id));
        shop.is_some_and(|shop| shop.category == RESOLD)
    };
    match payment.kind {
        PaymentKind::P2p => gone && payment.customer == customer,
        PaymentKind::Payout => gone,
        PaymentKind::QrPayment => gone && resold(),
        PaymentKind::TopUp | PaymentKind::Refund => false,
    }
}

/// What was paid with young value comes back as young value first.
fn stays_young(payments: &[Payment]) -> Result<(), Broken> {
    for paid in payments.iter().filter(|payment| !payment.refunded.is_zero()) {
        let refunds = payments.iter().filter(|payment| payment.original == Some(paid.id));
        let (back, young) = refunds.fold((0, 0), |(back, young), refund| {
            (back + refund.amount.get(), young + refund.provisional.get())
        });
        if back != paid.refunded.get() || young != back.min(paid.provisional.get()) {
            let what = format!("{}: {back} yen came back, {young} of them young", paid.id);
            return Err(Broken::new("what is given back is as young as it was", what));
        }
    }
    Ok(())
}

fn payout_waits(seen: &Seen<'_>, payment: &Payment) -> Result<(), Broken> {
    let Some(id) = payment.link else { return Ok(()) };
    let link = seen.look(|shelf| link_of(shelf, id))?;
    match link {
        Some(link) if seen.high_water >= link.created_at.plus(LINK_OLD_ENOUGH) => Ok(()),
        _ => Err(Broken::new("a new link gets no money", format!("{} went over {id}", payment.id))),
    }
}
