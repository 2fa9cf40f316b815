//! Depositors' accounts at the pretend banks.

use super::list;
use crate::{people::Person, random};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::Serialize;

/// A bank account with everything that its owner knows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Account {
    #[serde(skip)]
    pub(crate) account_id: String,
    pub(crate) bank: String,
    pub(crate) branch: String,
    pub(crate) number: String,
    pub(crate) kind: &'static str,
    #[serde(skip)]
    pub(crate) person: String,
    pub(crate) balance: i64,
    pub(crate) pin: String,
    pub(crate) login: String,
    pub(crate) password: String,
    #[serde(rename = "registered_phone")]
    pub(crate) phone: String,
    #[serde(skip)]
    pub(crate) pin_failures: i64,
}

const COLUMNS: &str =
    "account_id, bank, branch, number, person, balance, pin, login, password, phone, pin_failures";

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        account_id: row.get(0)?,
        bank: row.get(1)?,
        branch: row.get(2)?,
        number: row.get(3)?,
        kind: "ordinary",
        person: row.get(4)?,
        balance: row.get(5)?,
        pin: row.get(6)?,
        login: row.get(7)?,
        password: row.get(8)?,
        phone: row.get(9)?,
        pin_failures: row.get(10)?,
    })
}

fn one(connection: &Connection, filter: &str, values: &[&str]) -> rusqlite::Result<Option<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM bank_accounts WHERE {filter}");
    connection.prepare_cached(&sql)?.query_row(rusqlite::params_from_iter(values), read).optional()
}

/// An account by the name that the client knows it under.
pub(crate) fn by_id(connection: &Connection, account_id: &str) -> rusqlite::Result<Option<Account>> {
    one(connection, "account_id = ?1", &[account_id])
}

/// An account by branch and number.
pub(crate) fn by_number(
    connection: &Connection,
    bank: &str,
    branch: &str,
    number: &str,
) -> rusqlite::Result<Option<Account>> {
    one(connection, "bank = ?1 AND branch = ?2 AND number = ?3", &[bank, branch, number])
}

/// An account by its online banking login.
pub(crate) fn by_login(
    connection: &Connection,
    bank: &str,
    login: &str,
) -> rusqlite::Result<Option<Account>> {
    one(connection, "bank = ?1 AND login = ?2", &[bank, login])
}

/// A person's account at a bank.
pub(crate) fn account_of_person(
    connection: &Connection,
    bank: &str,
    person: &str,
) -> rusqlite::Result<Option<Account>> {
    one(connection, "bank = ?1 AND person = ?2", &[bank, person])
}

/// A person's accounts.
pub(crate) fn accounts_of(connection: &Connection, person: &str) -> rusqlite::Result<Vec<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM bank_accounts WHERE person = ?1 ORDER BY bank");
    connection.prepare_cached(&sql)?.query_map([person], read)?.collect()
}

/// The accounts of a bank.
pub(crate) fn accounts_at(connection: &Connection, bank: &str) -> rusqlite::Result<Vec<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM bank_accounts WHERE bank = ?1 ORDER BY number LIMIT 10000");
    connection.prepare_cached(&sql)?.query_map([bank], read)?.collect()
}

/// Opens accounts for a person at the first banks of a list that begins elsewhere for each person.
pub(crate) fn open_accounts(tx: &Transaction<'_>, person: &Person, most: usize) -> rusqlite::Result<()> {
    let banks = list::all();
    let first: usize = person.id.bytes().map(usize::from).sum();
    let sql =
        format!("INSERT INTO bank_accounts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)");
    let mut insert = tx.prepare_cached(&sql)?;
    for offset in 0..banks.len().min(most) {
        let bank = &banks[(first + offset) % banks.len()];
        let count: i64 =
            tx.query_row("SELECT COUNT(*) FROM bank_accounts WHERE bank = ?1", [&bank.code], |row| {
                row.get(0)
            })?;
        insert.execute((
            random::token(),
            &bank.code,
            format!("{:03}", 1 + count % 9),
            format!("{:07}", 1_000_001 + count),
            &person.id,
            1_000_000,
            random::digits(4),
            format!("{}{}", person.id, bank.code),
            random::digits(10),
            &person.phone,
        ))?;
    }
    Ok(())
}
