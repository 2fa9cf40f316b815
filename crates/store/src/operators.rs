//! Rows of the operator's staff.

use crate::{Fault, Keys, Load, kept::Kept, shelf::Shelf, sql::Value};
use engine::{
    Context,
    operators::{AddOperator, AddOperatorFacts, EndOperator, EndOperatorFacts, Operator},
};
use terms::{Digest, OperatorName};

const LISTED_MAX: u32 = 1_000;

impl Kept for Operator {
    const TABLE: &'static str = "operators";
    const REMEMBERED: bool = true;
    const COLUMNS: &'static [&'static str] = &["name", "token"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::text(self.name.as_str()), Value::digest(&self.token)]
    }
}

/// The person of this name, also one who left.
pub fn operator_of(shelf: &mut Shelf<'_>, name: &OperatorName) -> Result<Option<Operator>, Fault> {
    shelf.get(Value::text(name.as_str()))
}

/// Whose token has this digest, also one who left.
pub fn operator_by_token(shelf: &mut Shelf<'_>, token: &Digest) -> Result<Option<Operator>, Fault> {
    shelf.find_one("token = ?1", &[Value::digest(token)])
}

/// Everybody, in the order of their names, also those who left; at most 1,000.
pub fn operators(shelf: &mut Shelf<'_>) -> Result<Vec<Operator>, Fault> {
    shelf.find("name >= ?1 ORDER BY name LIMIT ?2", &[Value::text(""), Value::Int(i64::from(LISTED_MAX))])
}

impl Load for AddOperator {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<AddOperatorFacts, Fault> {
        Ok(AddOperatorFacts { known: operator_of(shelf, &self.name)?, adder: operator_of(shelf, &self.by)? })
    }
}

impl Load for EndOperator {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<EndOperatorFacts, Fault> {
        Ok(EndOperatorFacts { operator: operator_of(shelf, &self.name)? })
    }
}
