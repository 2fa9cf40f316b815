//! Whether an order that a bank was not asked for yet may still be sent: a stop beats what is under way (P7).

use crate::{
    errand::{BankOrder, Direction},
    linking::Link,
};
use gate::{Path, STOP_WEIGHT, Step, Stops};
use terms::Time;

/// Whether a breaker is open over the order's way.
pub fn is_stopped(stops: &Stops, order: &BankOrder, link: &Link, now: Time) -> bool {
    let step = match order.direction {
        Direction::Debit => Step::TopUp,
        Direction::Credit => Step::Payout,
    };
    let path = Path {
        bank: Some(order.bank),
        method: Some(link.method.clone()),
        is_young: now < link.young_until,
        customer: Some(link.customer),
    };
    stops.finding(step, &path).is_some_and(|finding| finding.weight >= STOP_WEIGHT)
}
