//! Proof over the whole book, streamed from the database.

use crate::{
    Fault, Store,
    ledger::{ACCOUNT_COLUMNS, HOLD_COLUMNS, TRANSFER_COLUMNS, read_account, read_hold, read_transfer},
    shelf::Shelf,
    sql::{Row, Value},
};
use ::ledger::prove::{Proof, Violation};

const PAGE: usize = 5_000;

/// What was proved.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ProofReport {
    /// Accounts checked.
    pub accounts: u64,
    /// Transfers summed.
    pub transfers: u64,
    /// Holds summed.
    pub holds: u64,
    /// The first violation, in words.
    pub violation: Option<String>,
}

/// Proves the whole book in one snapshot; `progress` hears how many rows were read.
///
/// # Errors
/// When the database fails. A violation is no fault: it stands in the report.
pub fn prove(store: &Store, mut progress: impl FnMut(u64)) -> Result<ProofReport, Fault> {
    store.read(|shelf| {
        let mut proof = Proof::new();
        let mut read = 0;
        let mut tick = |read: &mut u64| {
            *read += 1;
            if read.is_multiple_of(100_000) {
                progress(*read);
            }
        };
        pages(shelf, "transfers", TRANSFER_COLUMNS, |row| {
            proof.transfer(&read_transfer(row)?);
            tick(&mut read);
            Ok(())
        })?;
        pages(shelf, "holds", HOLD_COLUMNS, |row| {
            proof.hold(&read_hold(row)?);
            tick(&mut read);
            Ok(())
        })?;
        let mut violation: Option<Violation> = None;
        pages(shelf, "accounts", ACCOUNT_COLUMNS, |row| {
            if let Err(found) = proof.account(&read_account(row)?) {
                violation.get_or_insert(found);
            }
            tick(&mut read);
            Ok(())
        })?;
        let (accounts, transfers, holds) = (proof.accounts, proof.transfers, proof.holds);
        let violation = violation.or_else(|| proof.finish().err()).map(|violation| violation.to_string());
        Ok(ProofReport { accounts, transfers, holds, violation })
    })
}

fn pages(
    shelf: &mut Shelf<'_>,
    table: &'static str,
    columns: &str,
    mut take: impl FnMut(&Row) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let sql = format!("SELECT {columns} FROM {table} WHERE id > ?1 ORDER BY id LIMIT {PAGE}");
    let mut after = Value::Blob(Vec::new());
    loop {
        let rows = shelf.sql.query(&sql, std::slice::from_ref(&after))?;
        rows.iter().try_for_each(&mut take)?;
        match rows.last().and_then(|row| row.first()) {
            Some(last) if rows.len() == PAGE => after = last.clone(),
            _ => return Ok(()),
        }
    }
}
