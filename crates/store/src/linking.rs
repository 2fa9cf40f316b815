//! Rows of linking: consents and links.

use crate::{Keys, kept::Kept, sql::Value};
use engine::linking::{Consent, Link};

impl Kept for Consent {
    const TABLE: &'static str = "consents";
    const COLUMNS: &'static [&'static str] = &["id", "customer", "bank"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id.uuid()), Value::id(self.customer.uuid()), Value::text(self.bank.as_str())]
    }
}

impl Kept for Link {
    const TABLE: &'static str = "links";
    const COLUMNS: &'static [&'static str] = &["id", "customer", "bank", "account_tag", "ended"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::id(self.customer.uuid()),
            Value::text(self.bank.as_str()),
            Value::digest(&self.account_tag),
            Value::Int(i64::from(self.ended_at.is_some())),
        ]
    }
}
