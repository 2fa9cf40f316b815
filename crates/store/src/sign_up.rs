//! Rows of sign-up: customers and sign-ups on their way.

use crate::{Keys, kept::Kept, sql::Value};
use engine::sign_up::{Customer, CustomerState, SignUp};

impl Kept for SignUp {
    const TABLE: &'static str = "sign_ups";
    const COLUMNS: &'static [&'static str] = &["id", "phone", "expires_at"];
    fn columns(&self, keys: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::digest(&keys.tag("phone", self.phone.as_str())),
            Value::Int(self.expires_at.millis()),
        ]
    }
}

impl Kept for Customer {
    const TABLE: &'static str = "customers";
    const COLUMNS: &'static [&'static str] = &["id", "phone", "email", "handle", "recovery_code"];
    fn columns(&self, keys: &Keys) -> Vec<Value> {
        let open = self.state != CustomerState::Closed;
        let tag =
            |kind: &str, text: &str| if open { Value::digest(&keys.tag(kind, text)) } else { Value::Null };
        vec![
            Value::id(self.id.uuid()),
            tag("phone", self.phone.as_str()),
            tag("email", self.email.as_str()),
            Value::maybe(self.handle.as_ref().filter(|_| open), |handle| Value::text(handle.as_str())),
            Value::maybe(self.recovery_code.as_ref().filter(|_| open), Value::digest),
        ]
    }
}
