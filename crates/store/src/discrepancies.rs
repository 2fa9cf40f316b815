//! Rows of discrepancies, the newest first for finance.

use crate::{Fault, Keys, kept::Kept, shelf::Shelf, sql::Value};
use engine::payments::Discrepancy;
use terms::PaymentId;

impl Kept for Discrepancy {
    const TABLE: &'static str = "discrepancies";
    const COLUMNS: &'static [&'static str] = &["payment", "bank", "at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.payment.uuid()),
            Value::text(self.bank.as_str()),
            Value::Int(self.found_at.millis()),
        ]
    }
}

/// The newest discrepancies, the newest first.
pub fn discrepancies(shelf: &mut Shelf<'_>, most: u32) -> Result<Vec<Discrepancy>, Fault> {
    // A condition that always holds, so that the index of times is read backwards.
    shelf.find(
        "at >= ?1 ORDER BY at DESC, payment DESC LIMIT ?2",
        &[Value::Int(0), Value::Int(i64::from(most))],
    )
}

/// The discrepancy of a payment.
pub fn discrepancy_of(shelf: &mut Shelf<'_>, id: PaymentId) -> Result<Option<Discrepancy>, Fault> {
    shelf.get(Value::id(id.uuid()))
}
