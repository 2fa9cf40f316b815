//! A bank's books: every movement stands on a depositor's account and on the client's settlement account.

use super::{
    accounts::{self, Account},
    attestation, list,
};
use crate::{carrier, clock, pages::yen};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};

const DAY_S: i64 = 86_400;
/// How long a link is young, and each debit of it is told to the depositor.
const YOUNG_DAYS: i64 = 30;

/// What the client asks to book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) direction: Direction,
    pub(super) amount: i64,
    pub(super) account_id: String,
    #[serde(default)]
    pub(super) reference: String,
}

/// Which way the money goes, as the depositor's account sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Direction {
    Debit,
    Credit,
}

impl Direction {
    const fn word(self) -> &'static str {
        match self {
            Self::Debit => "debit",
            Self::Credit => "credit",
        }
    }
}

/// What the client was granted.
pub(super) struct Grant {
    id: String,
    pub(super) account_id: String,
    pub(super) per_debit: i64,
    pub(super) per_day: i64,
    pub(super) created_at: i64,
}

/// A payment as the bank keeps it.
pub(super) struct Kept {
    pub(super) order: Order,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) bank_reference: Option<String>,
    pub(super) booked_at: Option<i64>,
    linked_at: i64,
}

/// The grant behind an access token that is still good for this key.
pub(super) fn grant_of(
    connection: &Connection,
    bank: &str,
    access_token: &str,
    jkt: &str,
) -> rusqlite::Result<Option<Grant>> {
    let sql = "SELECT g.account_id, g.per_debit, g.per_day, g.created_at, g.id FROM bank_access a \
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
                id: row.get(4)?,
            })
        })
        .optional()
}

/// The payment with this id.
pub(super) fn kept(connection: &Connection, bank: &str, id: &str) -> rusqlite::Result<Option<Kept>> {
    let sql = "SELECT id, direction, amount, account_id, reference, status, reason, bank_reference, booked_at, \
               linked_at FROM bank_payments WHERE bank = ?1 AND id = ?2";
    connection
        .prepare_cached(sql)?
        .query_row((bank, id), |row| {
            let debit = row.get::<_, String>(1)? == Direction::Debit.word();
            let order = Order {
                id: row.get(0)?,
                direction: if debit { Direction::Debit } else { Direction::Credit },
                amount: row.get(2)?,
                account_id: row.get(3)?,
                reference: row.get(4)?,
            };
            Ok(Kept {
                order,
                status: row.get(5)?,
                reason: row.get(6)?,
                bank_reference: row.get(7)?,
                booked_at: row.get(8)?,
                linked_at: row.get(9)?,
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
    let account = accounts::by_id(tx, &order.account_id)?.filter(|_| !refuse);
    let reason = match &account {
        None => Some("account_closed"),
        Some(account) => why_not(tx, order, grant, account)?,
    };
    let (status, due_at) = match (reason, due_at) {
        (Some(_), _) => ("refused", None),
        (None, at) => ("pending", at),
    };
    let sql = "INSERT INTO bank_payments (bank, id, direction, amount, account_id, reference, status, reason, \
               linked_at, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let (direction, account_id) = (order.direction.word(), &order.account_id);
    tx.execute(
        sql,
        rusqlite::params![
            bank,
            order.id,
            direction,
            order.amount,
            account_id,
            order.reference,
            status,
            reason,
            grant.created_at,
            due_at
        ],
    )?;
    match (reason, due_at) {
        (None, None) => move_money(tx, bank, order, grant.created_at),
        _ => Ok(()),
    }
}

fn why_not(
    tx: &Transaction<'_>,
    order: &Order,
    grant: &Grant,
    account: &Account,
) -> rusqlite::Result<Option<&'static str>> {
    // Looked up here and not with the token: a link may have ended while the bank was slow.
    let ended: bool =
        tx.query_row("SELECT ended FROM bank_grants WHERE id = ?1", [&grant.id], |row| row.get(0))?;
    if ended {
        return Ok(Some("link_ended"));
    }
    if order.direction == Direction::Credit {
        return Ok(None);
    }
    let sum = |sql: &str, values: &[&dyn rusqlite::ToSql]| tx.query_row(sql, values, |row| row.get(0));
    let booked: i64 = sum(
        "SELECT COALESCE(-SUM(amount), 0) FROM bank_movements WHERE account_id = ?1 AND at > ?2 AND amount < 0",
        &[&account.account_id, &(clock::now_s() - DAY_S)],
    )?;
    // What is to be booked later is promised already: it counts for the limit and for what is left.
    let promised: i64 = sum(
        "SELECT COALESCE(SUM(amount), 0) FROM bank_payments \
         WHERE account_id = ?1 AND status = 'pending' AND direction = 'debit'",
        &[&account.account_id],
    )?;
    if order.amount > grant.per_debit || booked + promised + order.amount > grant.per_day {
        return Ok(Some("over_limit"));
    }
    Ok((order.amount > account.balance - promised).then_some("insufficient_funds"))
}

fn move_money(tx: &Transaction<'_>, bank: &str, order: &Order, linked_at: i64) -> rusqlite::Result<()> {
    let now = clock::now_s();
    let debit = order.direction == Direction::Debit;
    let change = if debit { -order.amount } else { order.amount };
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
        "UPDATE bank_payments SET status = 'booked', bank_reference = ?3, booked_at = ?4, due_at = NULL \
         WHERE bank = ?1 AND id = ?2",
        (bank, &order.id, &reference, now),
    )?;
    let young = now < linked_at + YOUNG_DAYS * DAY_S;
    if debit
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
    match kept(tx, bank, id)?.filter(|payment| payment.status == "pending") {
        Some(payment) => move_money(tx, bank, &payment.order, payment.linked_at),
        None => Ok(()),
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
