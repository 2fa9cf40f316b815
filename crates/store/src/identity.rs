//! Rows of identity.

use crate::{Fault, Keys, kept::Kept, shelf::Shelf, sql::Value};
use engine::identity::{Identity, Proofing};
use terms::CustomerId;

impl Kept for Proofing {
    const TABLE: &'static str = "proofings";
    const COLUMNS: &'static [&'static str] = &["id", "customer"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id.uuid()), Value::id(self.customer.uuid())]
    }
}

impl Kept for Identity {
    const TABLE: &'static str = "identities";
    const COLUMNS: &'static [&'static str] = &["customer", "person"];
    fn columns(&self, keys: &Keys) -> Vec<Value> {
        let person = keys.tag("person", &format!("{}\n{}", self.issuer, self.subject));
        let person = if self.ended_at.is_none() { Value::digest(&person) } else { Value::Null };
        vec![Value::id(self.customer.uuid()), person]
    }
}

impl Shelf<'_> {
    /// The identity of a customer.
    pub(crate) fn identity(&mut self, customer: CustomerId) -> Result<Option<Identity>, Fault> {
        self.get(Value::id(customer.uuid()))
    }

    /// A customer's name as other customers see it; nothing without a proved identity.
    pub(crate) fn masked_name(&mut self, customer: CustomerId) -> Result<Option<String>, Fault> {
        Ok(self.identity(customer)?.map(|identity| identity.kana.masked()))
    }
}
