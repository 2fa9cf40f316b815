//! A bank's books as the control side shows them.

use super::{accounts, books};
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};

/// A bank's books, for inspection.
pub(crate) fn bank_report(connection: &Connection, bank: &str) -> rusqlite::Result<Value> {
    let settlement: Option<i64> = connection
        .query_row("SELECT balance FROM bank_settlement WHERE bank = ?1", [bank], |row| row.get(0))
        .optional()?;
    let payments: i64 =
        connection
            .query_row("SELECT COUNT(*) FROM bank_payments WHERE bank = ?1", [bank], |row| row.get(0))?;
    let accounts: Vec<Value> = accounts::accounts_at(connection, bank)?
        .into_iter()
        .map(|account| {
            json!({
                "account_id": account.account_id, "person": account.person, "branch": account.branch,
                "number": account.number, "balance": account.balance,
            })
        })
        .collect();
    Ok(json!({
        "bank": bank, "settlement_balance": settlement.unwrap_or(0), "accounts": accounts, "payments": payments,
    }))
}

/// A payment as the bank keeps it, for inspection.
pub(crate) fn payment_record(
    connection: &Connection,
    bank: &str,
    id: &str,
) -> rusqlite::Result<Option<Value>> {
    Ok(books::kept(connection, bank, id)?.map(|payment| {
        let mut record = serde_json::to_value(&payment.order).unwrap_or(Value::Null);
        record["bank"] = json!(bank);
        record["status"] = json!(payment.status);
        record["reason"] = json!(payment.reason);
        record["bank_reference"] = json!(payment.bank_reference);
        record["booked_at"] = json!(payment.booked_at);
        record
    }))
}

/// An account with its newest movements, for inspection.
pub(crate) fn account_report(
    connection: &Connection,
    bank: &str,
    branch: &str,
    number: &str,
) -> rusqlite::Result<Option<Value>> {
    let Some(account) = accounts::by_number(connection, bank, branch, number)? else { return Ok(None) };
    let sql =
        "SELECT payment, amount, at FROM bank_movements WHERE account_id = ?1 ORDER BY number DESC LIMIT 200";
    let movements: Vec<Value> = connection
        .prepare_cached(sql)?
        .query_map([&account.account_id], |row| {
            let (payment, amount, at): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(json!({ "payment": payment, "amount": amount, "at": at }))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(json!({
        "account_id": account.account_id, "person": account.person, "balance": account.balance,
        "movements": movements,
    })))
}
