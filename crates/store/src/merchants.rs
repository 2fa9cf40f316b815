//! Rows of merchants: shops, orders, webhook endpoints.

use crate::{Keys, kept::Kept, sql::Value};
use engine::merchants::{Merchant, Order, WebhookEndpoint};

impl Kept for Merchant {
    const TABLE: &'static str = "merchants";
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
