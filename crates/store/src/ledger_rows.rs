//! The book's rows: accounts, transfers, holds and marks, as columns and back.

use crate::{
    Fault,
    cache::ThreadEnd,
    journal::{Entry, Standing},
    sql::{Manner, Row, Shape, Value, column},
};
use ::ledger::{Account, AccountState, Hold, HoldState, Transfer};
use terms::{AccountId, Amount, Currency, HoldId, Net, Time, TransferId};

pub(crate) const HOLD_STATES: [HoldState; 4] =
    [HoldState::Held, HoldState::Captured, HoldState::Released, HoldState::Expired];
pub(crate) const ACCOUNTS: Shape = Shape {
    table: "accounts",
    columns: &[
        "id",
        "currency",
        "floor",
        "state",
        "debits",
        "credits",
        "held",
        "announced",
        "entries",
        "last",
    ],
    has_body: false,
    keys: 1,
    manner: Manner::Insert,
};
/// What of an account changes.
pub(crate) const BALANCES: Shape = Shape {
    table: "accounts",
    columns: &["id", "state", "debits", "credits", "held", "announced", "entries", "last"],
    has_body: false,
    keys: 1,
    manner: Manner::Update,
};
pub(crate) const TRANSFERS: Shape = Shape {
    table: "transfers",
    columns: &[
        "number",
        "id",
        "debit",
        "credit",
        "currency",
        "amount",
        "at",
        "debit_balance",
        "debit_before",
        "credit_balance",
        "credit_before",
        "captures",
        "reverses",
    ],
    has_body: false,
    keys: 1,
    manner: Manner::Insert,
};
pub(crate) const HOLDS: Shape = Shape {
    table: "holds",
    columns: &["id", "debit", "credit", "currency", "amount", "captured", "state", "expires_at", "made_at"],
    has_body: false,
    keys: 1,
    manner: Manner::Upsert,
};
pub(crate) const MARKS: Shape = Shape {
    table: "marks",
    columns: &["account", "number"],
    has_body: false,
    keys: 2,
    manner: Manner::Insert,
};

/// `SELECT` of all columns of a shape, up to where WHERE begins.
pub(crate) fn select(shape: &Shape) -> String {
    format!("SELECT {} FROM {}", shape.columns.join(", "), shape.table)
}

pub(crate) fn code<T: PartialEq>(states: &[T], state: &T) -> Value {
    Value::Int(states.iter().position(|known| known == state).unwrap_or(0) as i64)
}

fn state<T: Copy>(states: &[T], value: &Value) -> Option<T> {
    states.get(usize::try_from(value.as_int()?).ok()?).copied()
}

fn amount(value: &Value) -> Option<Amount> {
    Amount::new(value.as_int()?).ok()
}

/// Most rows are of yen and do not say so.
fn currency(value: &Value) -> Option<Currency> {
    match value {
        Value::Null => Some(Currency::JPY),
        other => Currency::parse(other.as_text()?).ok().filter(|currency| *currency != Currency::JPY),
    }
}

/// A column that may be empty: anything else there must be readable.
fn maybe<T>(value: &Value, read: impl FnOnce(&Value) -> Option<T>) -> Option<Option<T>> {
    if *value == Value::Null { Some(None) } else { read(value).map(Some) }
}

pub(crate) fn currency_value(currency: Currency) -> Value {
    if currency == Currency::JPY { Value::Null } else { Value::text(currency.as_str()) }
}

fn account_id(value: &Value) -> Option<AccountId> {
    value.as_uuid().map(AccountId::new)
}

pub(crate) fn read_account(row: &Row) -> Result<(Account, ThreadEnd), Fault> {
    let table = ACCOUNTS.table;
    let account = Account {
        id: column(table, row, 0, account_id)?,
        currency: column(table, row, 1, currency)?,
        floor: column(table, row, 2, |value| maybe(value, |value| value.as_int().map(Net::new)))?,
        state: column(table, row, 3, |value| state(&AccountState::ALL, value))?,
        debits: column(table, row, 4, amount)?,
        credits: column(table, row, 5, amount)?,
        held: column(table, row, 6, amount)?,
        announced: column(table, row, 7, amount)?,
    };
    let end = ThreadEnd {
        balance: account.balance().get(),
        entries: column(table, row, 8, Value::as_int)?,
        last: column(table, row, 9, Value::as_int)?,
    };
    Ok((account, end))
}

pub(crate) fn read_entry(row: &Row) -> Result<Entry, Fault> {
    let table = TRANSFERS.table;
    let standing = |place: usize| -> Result<Standing, Fault> {
        Ok(Standing {
            balance: column(table, row, place, Value::as_int)?,
            before: column(table, row, place + 1, Value::as_int)?,
        })
    };
    Ok(Entry {
        number: column(table, row, 0, Value::as_int)?,
        transfer: Transfer {
            id: column(table, row, 1, |value| value.as_uuid().map(TransferId::new))?,
            debit: column(table, row, 2, account_id)?,
            credit: column(table, row, 3, account_id)?,
            currency: column(table, row, 4, currency)?,
            amount: column(table, row, 5, amount)?,
            at: column(table, row, 6, |value| value.as_int().map(Time::from_millis))?,
            captures: column(table, row, 11, |value| maybe(value, |value| value.as_uuid().map(HoldId::new)))?,
            reverses: column(table, row, 12, |value| {
                maybe(value, |value| value.as_uuid().map(TransferId::new))
            })?,
        },
        debit: standing(7)?,
        credit: standing(9)?,
    })
}

pub(crate) fn read_hold(row: &Row) -> Result<Hold, Fault> {
    let table = HOLDS.table;
    Ok(Hold {
        id: column(table, row, 0, |value| value.as_uuid().map(HoldId::new))?,
        debit: column(table, row, 1, account_id)?,
        credit: column(table, row, 2, account_id)?,
        currency: column(table, row, 3, currency)?,
        amount: column(table, row, 4, amount)?,
        captured: column(table, row, 5, amount)?,
        state: column(table, row, 6, |value| state(&HOLD_STATES, value))?,
        expires_at: column(table, row, 7, |value| {
            maybe(value, |value| value.as_int().map(Time::from_millis))
        })?,
        made_at: column(table, row, 8, |value| value.as_int().map(Time::from_millis))?,
    })
}

pub(crate) fn read_mark(row: &Row) -> Result<(AccountId, i64), Fault> {
    let table = MARKS.table;
    Ok((column(table, row, 0, account_id)?, column(table, row, 1, Value::as_int)?))
}
