//! Rows of sessions, and who stands behind a token.

use crate::{Fault, Keys, kept::Kept, shelf::Shelf, sql::Value};
use engine::{
    Standing,
    sessions::{Authenticator, Ceremony, Federation, Recovery, Session},
    sign_up::Customer,
};
use terms::{CustomerId, Digest};

/// The session that a token opens, with its customer; whether it is still open is for the decision to say.
pub fn standing(shelf: &mut Shelf<'_>, token: &Digest) -> Result<Option<Standing>, Fault> {
    let Some(session) = shelf.find_one::<Session>("token = ?1", &[Value::digest(token)])? else {
        return Ok(None);
    };
    let customer = shelf.get::<Customer>(Value::id(session.customer.uuid()))?;
    Ok(customer.map(|customer| Standing { session, customer }))
}

fn flag(set: bool) -> Value {
    Value::Int(i64::from(set))
}

fn customer(id: CustomerId) -> Value {
    Value::id(id.uuid())
}

impl Kept for Session {
    const TABLE: &'static str = "sessions";
    const COLUMNS: &'static [&'static str] = &["id", "token", "customer", "ended"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::digest(&self.token),
            customer(self.customer),
            flag(self.ended_at.is_some()),
        ]
    }
}

impl Kept for Authenticator {
    const TABLE: &'static str = "authenticators";
    const COLUMNS: &'static [&'static str] = &["id", "customer", "credential", "removed"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            customer(self.customer),
            Value::text(self.credential.as_str()),
            flag(self.removed_at.is_some()),
        ]
    }
}

impl Kept for Ceremony {
    const TABLE: &'static str = "ceremonies";
    const COLUMNS: &'static [&'static str] = &["id", "expires_at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id.uuid()), Value::Int(self.expires_at.millis())]
    }
}

impl Kept for Federation {
    const TABLE: &'static str = "federations";
    const COLUMNS: &'static [&'static str] = &["issuer", "subject", "customer", "removed"];
    const KEYS: usize = 2;
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::text(self.issuer.as_str()),
            Value::text(self.subject.as_str()),
            customer(self.customer),
            flag(self.removed_at.is_some()),
        ]
    }
}

impl Kept for Recovery {
    const TABLE: &'static str = "recoveries";
    const COLUMNS: &'static [&'static str] = &["id", "customer"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id.uuid()), Value::maybe(self.customer, customer)]
    }
}
