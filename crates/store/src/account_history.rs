//! An account's past: its transfers from the newest back, and its balance at any time, along its thread.

use crate::{
    Fault,
    journal::Entry,
    ledger_rows::{ACCOUNTS, TRANSFERS, read_account, read_entry, select},
    shelf::Shelf,
    sql::{Value, column},
};
use ::ledger::{Account, Transfer};
use terms::{AccountId, Net, Time, TransferId};

/// At most so many transfers on one page.
pub const PAGE_MAX: u32 = 1_000;

/// A transfer as one of its accounts sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its number: the cursor for what came before it.
    pub number: i64,
    /// The transfer.
    pub transfer: Transfer,
    /// The account's balance after it.
    pub balance: Net,
}

/// An account as it is now.
pub fn account_of(shelf: &mut Shelf<'_>, id: AccountId) -> Result<Option<Account>, Fault> {
    shelf.write_balances()?;
    let sql = format!("{} WHERE id = ?1", select(&ACCOUNTS));
    let rows = shelf.query("accounts", &sql, &[Value::id(id.uuid())])?;
    rows.first().map(|row| read_account(row).map(|(account, _)| account)).transpose()
}

/// A transfer by its id.
pub fn transfer_of(shelf: &mut Shelf<'_>, id: TransferId) -> Result<Option<Transfer>, Fault> {
    let sql = format!("{} WHERE id = ?1", select(&TRANSFERS));
    let rows = shelf.query("transfers", &sql, &[Value::id(id.uuid())])?;
    rows.first().map(|row| read_entry(row).map(|entry| entry.transfer)).transpose()
}

/// An account's transfers, the newest first, before a cursor (the number of the last one seen).
///
/// # Errors
/// When the database fails.
pub fn history_of(
    shelf: &mut Shelf<'_>,
    id: AccountId,
    before: Option<i64>,
    most: u32,
) -> Result<Vec<HistoryEntry>, Fault> {
    let mut next = match before {
        None => last_of(shelf, id)?,
        Some(cursor) => match entry(shelf, cursor)? {
            Some(seen) => side(&seen, id).map_or(0, |(_, before)| before),
            None => 0,
        },
    };
    let mut found = Vec::new();
    while next != 0 && found.len() < most.min(PAGE_MAX) as usize {
        let Some(entry) = entry(shelf, next)? else { break };
        let Some((balance, before)) = side(&entry, id) else { break };
        found.push(HistoryEntry { number: entry.number, transfer: entry.transfer, balance });
        next = before;
    }
    Ok(found)
}

/// An account's balance at a time: after the last commit that was not later. Nothing when there is no such account.
///
/// # Errors
/// When the database fails.
pub fn balance_at(shelf: &mut Shelf<'_>, id: AccountId, at: Time) -> Result<Option<Net>, Fault> {
    if account_of(shelf, id)?.is_none() {
        return Ok(None);
    }
    let sql = "SELECT transfers FROM commits WHERE at <= ?1 ORDER BY at DESC, number DESC LIMIT 1";
    let rows = shelf.query("commits", sql, &[Value::Int(at.millis())])?;
    let bound = rows.first().map_or(Ok(0), |row| column("commits", row, 0, Value::as_int))?;
    // The first mark behind the bound is at most 128 transfers of this account away from it.
    let sql = "SELECT number FROM marks WHERE account = ?1 AND number > ?2 ORDER BY number LIMIT 1";
    let marks = shelf.query("marks", sql, &[Value::id(id.uuid()), Value::Int(bound)])?;
    let mut next = match marks.first() {
        Some(row) => column("marks", row, 0, Value::as_int)?,
        None => last_of(shelf, id)?,
    };
    while next != 0 {
        let Some(entry) = entry(shelf, next)? else { break };
        let Some((balance, before)) = side(&entry, id) else { break };
        if entry.number <= bound {
            return Ok(Some(balance));
        }
        next = before;
    }
    Ok(Some(Net::ZERO))
}

fn side(entry: &Entry, id: AccountId) -> Option<(Net, i64)> {
    let standing = if entry.transfer.debit == id {
        entry.debit
    } else if entry.transfer.credit == id {
        entry.credit
    } else {
        return None;
    };
    Some((Net::new(standing.balance), standing.before))
}

fn last_of(shelf: &mut Shelf<'_>, id: AccountId) -> Result<i64, Fault> {
    shelf.write_balances()?;
    let rows = shelf.query("accounts", "SELECT last FROM accounts WHERE id = ?1", &[Value::id(id.uuid())])?;
    rows.first().map_or(Ok(0), |row| column("accounts", row, 0, Value::as_int))
}

fn entry(shelf: &mut Shelf<'_>, number: i64) -> Result<Option<Entry>, Fault> {
    let sql = format!("{} WHERE number = ?1", select(&TRANSFERS));
    let rows = shelf.query("transfers", &sql, &[Value::Int(number)])?;
    rows.first().map(read_entry).transpose()
}
