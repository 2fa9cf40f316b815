//! Rows and facts of merchants: shops, orders, webhook endpoints.

use crate::{
    Fault, Keys, Load,
    kept::Kept,
    shelf::Shelf,
    sql::{Value, column},
};
use engine::{
    Context,
    merchants::{
        AddEndpoint, AddEndpointFacts, AddMerchant, AddMerchantFacts, Merchant, Order, PlaceOrder,
        PlaceOrderFacts, RemoveEndpoint, RemoveEndpointFacts, WebhookEndpoint,
    },
};
use terms::{Digest, EndpointId, MerchantId};

impl Kept for Merchant {
    const TABLE: &'static str = "merchants";
    const REMEMBERED: bool = true;
    const COLUMNS: &'static [&'static str] = &["id", "key", "number"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id.uuid()), Value::digest(&self.key), Value::text(self.number.as_str())]
    }
}

impl Kept for Order {
    const TABLE: &'static str = "orders";
    const COLUMNS: &'static [&'static str] = &["id", "merchant", "reference"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id.uuid()), Value::id(self.merchant.uuid()), Value::text(self.reference.as_str())]
    }
}

impl Kept for WebhookEndpoint {
    const TABLE: &'static str = "webhook_endpoints";
    const COLUMNS: &'static [&'static str] = &["id", "merchant", "removed"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::id(self.merchant.uuid()),
            Value::Int(i64::from(self.removed_at.is_some())),
        ]
    }
}

/// The merchant whose API key has this digest.
pub fn merchant_by_key(shelf: &mut Shelf<'_>, key: &Digest) -> Result<Option<Merchant>, Fault> {
    shelf.find_one("key = ?1", &[Value::digest(key)])
}

/// The merchant with this number in JPQR codes.
pub fn merchant_by_number(shelf: &mut Shelf<'_>, number: &str) -> Result<Option<Merchant>, Fault> {
    shelf.find_one("number = ?1", &[Value::text(number)])
}

/// The order that a QR code of a merchant refers to.
pub fn order_by_reference(
    shelf: &mut Shelf<'_>,
    merchant: MerchantId,
    reference: &str,
) -> Result<Option<Order>, Fault> {
    let values = [Value::id(merchant.uuid()), Value::text(reference)];
    shelf.find_one("merchant = ?1 AND reference = ?2", &values)
}

/// Where a merchant wants webhooks.
pub fn endpoints_of(shelf: &mut Shelf<'_>, merchant: MerchantId) -> Result<Vec<WebhookEndpoint>, Fault> {
    shelf.find("merchant = ?1 AND removed = 0 ORDER BY id", &[Value::id(merchant.uuid())])
}

/// An endpoint, for the courier that sends to it.
pub fn endpoint(shelf: &mut Shelf<'_>, id: EndpointId) -> Result<Option<WebhookEndpoint>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

/// What a merchant's account holds.
pub fn merchant_balance(shelf: &mut Shelf<'_>, merchant: &Merchant) -> Result<terms::Balance, Fault> {
    let book = shelf.book(&[merchant.account], &[])?;
    Ok(book.account(merchant.account).and_then(::ledger::Account::balance_yen).unwrap_or_default())
}

impl Load for AddMerchant {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<AddMerchantFacts, Fault> {
        let rows = shelf.query("merchants", "SELECT COUNT(*) FROM merchants", &[])?;
        let row = rows.first().ok_or(Fault::Row { table: "merchants", why: "no count".to_owned() })?;
        Ok(AddMerchantFacts { merchants: column("merchants", row, 0, Value::as_int)? })
    }
}

impl Load for PlaceOrder {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<PlaceOrderFacts, Fault> {
        Ok(PlaceOrderFacts { merchant: merchant_by_key(shelf, &self.key)? })
    }
}

impl Load for AddEndpoint {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<AddEndpointFacts, Fault> {
        let merchant = merchant_by_key(shelf, &self.key)?;
        let endpoints = match &merchant {
            Some(merchant) => endpoints_of(shelf, merchant.id)?,
            None => Vec::new(),
        };
        Ok(AddEndpointFacts { merchant, endpoints })
    }
}

impl Load for RemoveEndpoint {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<RemoveEndpointFacts, Fault> {
        let merchant = merchant_by_key(shelf, &self.key)?;
        Ok(RemoveEndpointFacts { merchant, endpoint: endpoint(shelf, self.endpoint)? })
    }
}
