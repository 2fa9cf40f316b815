//! An ask that puts rows, so that a story decides itself what is written.

use crate::draw;
use engine::{
    Ask, Context, Decision, Plan, Policy, Row, Source,
    merchants::{Merchant, Order},
};
use store::{Fault, Load, Shelf};
use terms::{Digest, MerchantId, Moment, OrderId, Time, Yen};
use uuid::Uuid;

pub(crate) struct Put(pub(crate) Vec<Row>);

impl Ask for Put {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.put";

    fn decide(&self, (): &(), _: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        self.0.iter().for_each(|row| plan.put(row.clone()));
        Decision::done((), plan)
    }
}

impl Load for Put {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// Puts rows.
pub(crate) fn put(shelf: &mut Shelf<'_>, rows: Vec<Row>) -> Result<(), Fault> {
    let (source, policy) = (Source::default(), Policy::default());
    let at = Context { moment: Moment::new(Time::from_millis(1), 1), source: &source, policy: &policy };
    store::run(&Put(rows), shelf, &at)?.expect("it refuses nothing");
    Ok(())
}

/// A merchant; its key and its number belong to nobody else.
pub(crate) fn merchant(id: u64, key: u8, number: u64, name: &str) -> Merchant {
    Merchant {
        id: MerchantId::new(Uuid::from_u128(u128::from(id))),
        name: name.to_owned(),
        name_en: "Shop".to_owned(),
        category: "5411".to_owned(),
        city: "Sapporo".to_owned(),
        number: format!("{number:013}"),
        key: digest(key),
        account: draw::account(id),
        created_at: Time::from_millis(1),
    }
}

pub(crate) fn digest(byte: u8) -> Digest {
    Digest::new([byte; 32])
}

/// A merchant's order.
pub(crate) fn order(id: u64, merchant: MerchantId, reference: &str, memo: &str) -> Order {
    Order {
        id: OrderId::new(Uuid::from_u128(u128::from(id))),
        merchant,
        amount: Yen::of(100),
        memo: Some(memo.to_owned()),
        reference: reference.to_owned(),
        expires_at: Time::from_millis(2),
        paid_by: None,
    }
}
