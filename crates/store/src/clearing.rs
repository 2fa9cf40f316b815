//! What stands open between each bank and us, for an operator.

use crate::{
    Fault,
    shelf::Shelf,
    sql::{Value, column},
};
use engine::payments::clearing_account;
use terms::{Balance, BankCode};

/// What stands open with one bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clearing {
    /// The balance of the bank's clearing account: below zero by what the bank owes us.
    pub balance: Balance,
    /// Payments that the bank was asked for and has not answered yet.
    pub in_progress: i64,
    /// Payments of which it is not known whether the bank booked them (P8).
    pub in_doubt: i64,
}

/// What stands open with a bank.
pub fn clearing_with(shelf: &mut Shelf<'_>, bank: BankCode) -> Result<Clearing, Fault> {
    let account = clearing_account(bank);
    let book = shelf.book(&[account], &[])?;
    let balance = book.account(account).map(::ledger::Account::balance).unwrap_or_default();
    let mut count = |state: &str| {
        // The state stands in the text, so that the index of open payments is used.
        let sql = format!("SELECT COUNT(*) FROM payments WHERE bank = ?1 AND state = '{state}'");
        let rows = shelf.sql.query(&sql, &[Value::text(bank.as_str())])?;
        let row = rows.first().ok_or(Fault::Row { table: "payments", why: "no count".to_owned() })?;
        column("payments", row, 0, Value::as_int)
    };
    Ok(Clearing { balance, in_progress: count("in_progress")?, in_doubt: count("in_doubt")? })
}
