//! Provisional value has aged: what is left of a parcel becomes value like any other (P9).

use crate::{
    Ask, Context, Decision, Errand, Event, NewErrand, Policy, Row,
    event::Audience,
    payments::{Parcel, Payment, PaymentKind, PaymentState, Purse},
    sign_up::Customer,
};
use gate::{Evidence, Step, Subjects, judge};
use ledger::Book;
use terms::{ErrandId, ParcelId, Time, Yen};

/// The ask of the clock.
#[derive(Debug, Clone)]
pub struct Mature {
    /// The errand that says so.
    pub errand: ErrandId,
    /// Which parcel.
    pub parcel: ParcelId,
}

/// What the decision may know.
#[derive(Debug)]
pub struct MatureFacts {
    /// The parcel with its owner.
    pub parcel: Option<(Parcel, Customer)>,
    /// The owner's accounts.
    pub book: Book,
}

impl Ask for Mature {
    type Facts = MatureFacts;
    type Answer = ();
    const NAME: &'static str = "payments.mature";

    fn decide(&self, facts: &MatureFacts, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::Clockwork, &Evidence::new([]));
        let customer = facts.parcel.as_ref().map(|(_, customer)| customer.id);
        Decision::judged(at, &verdict, Subjects { customer, ..Subjects::default() }, |plan| {
            let (Some((parcel, customer)), Some(pass)) = (&facts.parcel, verdict.pass(false)) else {
                plan.finish(self.errand);
                return Ok(());
            };
            if at.moment.now < parcel.matures_at {
                let errand = Errand::Mature(parcel.id);
                plan.again(NewErrand { id: self.errand, due_at: parcel.matures_at, errand });
                return Ok(());
            }
            plan.finish(self.errand);
            let amount = parcel.remaining.min(Purse::new(&facts.book, customer).young());
            if amount.is_zero() {
                return Ok(());
            }
            plan.post_transfer(&pass, at, customer.young, customer.main, amount);
            plan.put(Row::Parcel(Parcel { remaining: Yen::ZERO, ..parcel.clone() }));
            plan.tell(Event {
                audience: Audience::Customer(customer.id),
                at: at.moment.now,
                kind: "value.matured".to_owned(),
                body: serde_json::json!({ "amount": amount }),
            });
            Ok(())
        })
    }
}

/// When the last provisional value that these payments of one customer brought has aged; nothing if they brought none.
///
/// The oldest parcels are spent first, so that while anything is left, something of the newest is.
pub fn all_matured_at(payments: &[Payment], policy: &Policy) -> Option<Time> {
    let brought = |payment: &&Payment| {
        matches!(payment.kind, PaymentKind::TopUp | PaymentKind::Refund)
            && payment.state == PaymentState::Completed
            && !payment.provisional.is_zero()
    };
    // A payment that brings value does not change any more once it is completed.
    let matured = |payment: &Payment| payment.updated_at.plus(policy.value_matures_ms);
    payments.iter().filter(brought).map(matured).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::{CustomerId, PaymentId};
    use uuid::Uuid;

    #[test]
    fn what_came_last_ages_last() {
        use {PaymentKind as Kind, PaymentState as State};
        let policy = Policy::default();
        let payment = |kind, state, provisional, updated_ms| Payment {
            provisional: Yen::of(provisional),
            updated_at: Time::from_millis(updated_ms),
            ..Payment::new(
                PaymentId::new(Uuid::nil()),
                kind,
                state,
                Yen::of(100),
                CustomerId::new(Uuid::nil()),
                Time::from_millis(0),
            )
        };
        let payments = [
            payment(Kind::TopUp, State::Completed, 100, 5),
            payment(Kind::Refund, State::Completed, 1, 6),
            payment(Kind::TopUp, State::Completed, 100, 4),
            payment(Kind::TopUp, State::InProgress, 100, 7),
            payment(Kind::TopUp, State::Completed, 0, 8),
            payment(Kind::QrPayment, State::Completed, 100, 9),
        ];
        for (from, expected_ms) in [(0, Some(6)), (2, Some(4)), (3, None)] {
            let expected = expected_ms.map(|ms| Time::from_millis(ms).plus(policy.value_matures_ms));
            assert_eq!(all_matured_at(&payments[from..], &policy), expected, "{from}");
        }
    }
}
