//! Provisional value has aged: what is left of a parcel becomes value like any other (P9).

use crate::{
    Ask, Context, Decision, Errand, Event, NewErrand, Row,
    event::Audience,
    payments::{Parcel, Purse},
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

/// When the last of these parcels has aged; nothing where none has anything left.
pub fn all_matured_at(parcels: &[Parcel]) -> Option<Time> {
    parcels.iter().filter(|parcel| !parcel.remaining.is_zero()).map(|parcel| parcel.matures_at).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::{CustomerId, ParcelId, PaymentId};
    use uuid::Uuid;

    #[test]
    fn what_came_last_ages_last() {
        let parcel = |remaining, matures_ms| Parcel {
            id: ParcelId::new(Uuid::nil()),
            customer: CustomerId::new(Uuid::nil()),
            payment: PaymentId::new(Uuid::nil()),
            remaining: Yen::of(remaining),
            matures_at: Time::from_millis(matures_ms),
        };
        let parcels = [parcel(100, 5), parcel(1, 6), parcel(100, 4), parcel(0, 9)];
        for (from, expected_ms) in [(0, Some(6)), (2, Some(4)), (3, None), (4, None)] {
            assert_eq!(all_matured_at(&parcels[from..]), expected_ms.map(Time::from_millis), "{from}");
        }
    }
}
