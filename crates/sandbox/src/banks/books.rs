//! A bank's books: every movement stands on a depositor's account and on the client's settlement account.

use super::{
    accounts::{self, Account},
    attestation, list,
};
use crate::{carrier, clock, pages::yen};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the client asks to book.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) direction: String,
    pub(super) amount: i64,
    pub(super) account_id: String,
    #[serde(default)]
    pub(super) reference: String,
}

/// What the client was granted.
pub(super) struct Grant {
    pub(super) account_id: String,
    pub(super) per_debit: i64,
    pub(super) per_day: i64,
    pub(super) created_at: i64,
    pub(super) ended: bool,
}

/// A payment as the bank keeps it.
pub(super) struct Kept {
    pub(super) content: String,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) bank_reference: Option<String>,
}

/// The grant behind an access token that is still good for this key.
pub(super) fn grant_of(
    connection: &Connection,
    bank: &str,
    access_token: &str,
    jkt: &str,
) -> rusqlite::Result<Option<Grant>> {
    let sql = "SELECT g.account_id, g.per_debit, g.per_day, g.created_at, g.ended FROM bank_access a \
               JOIN bank_grants g ON g.id = a.grant_id \
               WHERE a.token = ?1 AND a.bank = ?2 AND a.jkt = ?3 AND a.expires_at > ?4";
    connection
        .prepare_cached(sql)?
        .query_row((access_token, bank, jkt, clock::now_s()), |row| {
            Ok(Grant {
                account_id: row.get(0)?,
                per_debit: row.get(1)?,
                per_day: row.get(2)?,
                created_at: row.get(3)?,
                ended: row.get(4)?,
            })
        })
        .optional()
}

/// The payment with this id.
pub(super) fn kept(connection: &Connection, bank: &str, id: &str) -> rusqlite::Result<Option<Kept>> {
    let sql = "SELECT content, status, reason, bank_reference FROM bank_payments WHERE bank = ?1 AND id = ?2";
    connection
        .prepare_cached(sql)?
        .query_row((bank, id), |row| {
            Ok(Kept {
                content: row.get(0)?,
                status: row.get(1)?,
                reason: row.get(2)?,
                bank_reference: row.get(3)?,
            })
        })
        .optional()
}

/// Keeps an order under its id: booked, refused, or to be booked at `due_at`.
pub(super) fn keep(
    tx: &Transaction<'_>,
    bank: &str,
    order: &Order,
    grant: &Grant,
    refuse: bool,
    due_at: Option<i64>,
) -> rusqlite::Result<()> {
    let account = accounts::by_id(tx, &order.account_id)?;
    let reason = match (&account, refuse) {
        (_, true) => Some("account_closed"),
        (None, false) => Some("account_closed"),
        (Some(account), false) => why_not(tx, order, grant, account)?,
    };
    let (status, due_at) = match (reason, due_at) {
        (Some(_), _) => ("refused", None),
        (None, Some(at)) => ("pending", Some(at)),
        (None, None) => ("booked", None),
    };
    let content = serde_json::to_string(order).unwrap_or_default();
    tx.execute(
        "INSERT INTO bank_payments (bank, id, content, status, reason, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (bank, &order.id, &content, status, reason, due_at),
    )?;
    if status == "booked" {
        move_money(tx, bank, order, grant.created_at)?;
    }
    Ok(())
}

fn why_not(
    tx: &Transaction<'_>,
    order: &Order,
    grant: &Grant,
    account: &Account,
) -> rusqlite::Result<Option<&'static str>> {
    if grant.ended {
        return Ok(Some("link_ended"));
    }
    if order.direction == "credit" {
        return Ok(None);
    }
    let since = clock::now_s() - 86_400;
    let sql = "SELECT COALESCE(-SUM(amount), 0) FROM bank_movements WHERE account_id = ?1 AND at > ?2 AND amount < 0";
    let today: i64 = tx.query_row(sql, (&account.account_id, since), |row| row.get(0))?;
    if order.amount > grant.per_debit || today + order.amount > grant.per_day {
        return Ok(Some("over_limit"));
    }
    Ok((order.amount > account.balance).then_some("insufficient_funds"))
}

fn move_money(tx: &Transaction<'_>, bank: &str, order: &Order, linked_at: i64) -> rusqlite::Result<()> {
    let now = clock::now_s();
    let change = if order.direction == "debit" { -order.amount } else { order.amount };
    tx.execute(
        "UPDATE bank_accounts SET balance = balance + ?2 WHERE account_id = ?1",
        (&order.account_id, change),
    )?;
    tx.execute(
        "INSERT INTO bank_settlement VALUES (?1, ?2) ON CONFLICT (bank) DO UPDATE SET balance = balance + excluded.balance",
        (bank, -change),
    )?;
    tx.execute(
        "INSERT INTO bank_movements (bank, account_id, payment, amount, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (bank, &order.account_id, &order.id, change, now),
    )?;
    let reference = format!("{bank}-{:08}", tx.last_insert_rowid());
    tx.execute(
        "UPDATE bank_payments SET status = 'booked', bank_reference = ?3, due_at = NULL WHERE bank = ?1 AND id = ?2",
        (bank, &order.id, &reference),
    )?;
    let young = now < linked_at + 30 * 86_400;
    if order.direction == "debit"
        && young
        && let Some(account) = accounts::by_id(tx, &order.account_id)?
    {
        let name = list::bank(bank).map_or("", |bank| bank.name.as_str());
        let text = format!(
            "{name}です。{} から {} がウォレット（Tsugime）へ引き落とされました。心当たりがなければ、すぐに当行へご連絡ください。",
            attestation::masked(&account),
            yen(order.amount)
        );
        carrier::deliver_sms(tx, name, &account.phone, &text)?;
    }
    Ok(())
}

/// Books a payment that was to be booked later, if it still is.
pub(super) fn book_late(tx: &Transaction<'_>, bank: &str, id: &str) -> rusqlite::Result<()> {
    let Some(payment) = kept(tx, bank, id)?.filter(|payment| payment.status == "pending") else {
        return Ok(());
    };
    match serde_json::from_str::<Order>(&payment.content) {
        Ok(order) => move_money(tx, bank, &order, clock::now_s()),
        Err(_) => Ok(()),
    }
}

/// Pending payments with the times when they are to be booked: what a restart must not forget.
pub(super) fn pending(connection: &Connection) -> rusqlite::Result<Vec<(String, String, i64)>> {
    connection
        .prepare_cached(
            "SELECT bank, id, due_at FROM bank_payments WHERE status = 'pending' AND due_at IS NOT NULL",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

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
    Ok(kept(connection, bank, id)?.map(|payment| {
        let order: Value = serde_json::from_str(&payment.content).unwrap_or(Value::Null);
        json!({
            "id": id, "bank": bank, "status": payment.status, "reason": payment.reason,
            "bank_reference": payment.bank_reference, "direction": order["direction"], "amount": order["amount"],
            "account_id": order["account_id"], "reference": order["reference"],
        })
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
