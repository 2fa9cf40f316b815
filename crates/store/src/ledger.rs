//! The book's rows: accounts, transfers, holds.

use crate::{
    Fault,
    cache::AccountRow,
    journal::{Entry, Standing},
    shelf::Shelf,
    sql::{Row, Shape, Value, column},
};
use ::ledger::{Account, AccountState, Applied, Book, Hold, HoldState, Posting, Transfer};
use std::collections::BTreeSet;
use terms::{AccountId, Amount, Currency, HoldId, Net, Time, TransferId};

const HOLD_STATES: [HoldState; 4] =
    [HoldState::Held, HoldState::Captured, HoldState::Released, HoldState::Expired];
/// How often an account's transfers get a mark.
const MARK_EVERY: i64 = 128;

const ACCOUNTS: Shape = Shape {
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
    again: true,
};
const TRANSFERS: Shape = Shape {
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
    again: false,
};
const HOLDS: Shape = Shape {
    table: "holds",
    columns: &["id", "debit", "credit", "currency", "amount", "captured", "state", "expires_at", "made_at"],
    has_body: false,
    keys: 1,
    again: true,
};
const MARKS: Shape =
    Shape { table: "marks", columns: &["account", "number"], has_body: false, keys: 2, again: false };

/// `SELECT` of all columns of a shape, up to where WHERE begins.
pub(crate) fn select(shape: &Shape) -> String {
    format!("SELECT {} FROM {}", shape.columns.join(", "), shape.table)
}

pub(crate) const fn accounts_shape() -> &'static Shape {
    &ACCOUNTS
}

pub(crate) const fn transfers_shape() -> &'static Shape {
    &TRANSFERS
}

pub(crate) const fn holds_shape() -> &'static Shape {
    &HOLDS
}

fn code<T: PartialEq>(states: &[T], state: &T) -> Value {
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
        other => Currency::parse(other.as_text()?).ok(),
    }
}

fn currency_value(currency: Currency) -> Value {
    if currency == Currency::JPY { Value::Null } else { Value::text(currency.as_str()) }
}

fn account_id(value: &Value) -> Option<AccountId> {
    value.as_uuid().map(AccountId::new)
}

pub(crate) fn read_account(row: &Row) -> Result<AccountRow, Fault> {
    let table = ACCOUNTS.table;
    let account = Account {
        id: column(table, row, 0, account_id)?,
        currency: column(table, row, 1, currency)?,
        floor: column(table, row, 2, |value| Some(value.as_int().map(Net::new)))?,
        state: column(table, row, 3, |value| state(&AccountState::ALL, value))?,
        debits: column(table, row, 4, amount)?,
        credits: column(table, row, 5, amount)?,
        held: column(table, row, 6, amount)?,
        announced: column(table, row, 7, amount)?,
    };
    Ok(AccountRow {
        balance: account.balance().get(),
        account,
        entries: column(table, row, 8, Value::as_int)?,
        last: column(table, row, 9, Value::as_int)?,
    })
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
            captures: column(table, row, 11, |value| Some(value.as_uuid().map(HoldId::new)))?,
            reverses: column(table, row, 12, |value| Some(value.as_uuid().map(TransferId::new)))?,
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
        expires_at: column(table, row, 7, |value| Some(value.as_int().map(Time::from_millis)))?,
        made_at: column(table, row, 8, |value| value.as_int().map(Time::from_millis))?,
    })
}

impl Shelf<'_> {
    /// A book of these accounts and holds, and the accounts of the holds.
    pub(crate) fn book(&mut self, accounts: &[AccountId], holds: &[HoldId]) -> Result<Book, Fault> {
        let mut book = Book::new();
        for id in holds {
            self.bring_hold(*id)?;
            if let Some(hold) = self.book.hold(*id).cloned() {
                for end in [hold.debit, hold.credit] {
                    self.bring_account(end)?;
                    self.book
                        .account(end)
                        .cloned()
                        .into_iter()
                        .for_each(|account| book.bring_account(account));
                }
                book.bring_hold(hold);
            }
        }
        for id in accounts {
            self.bring_account(*id)?;
            self.book.account(*id).cloned().into_iter().for_each(|account| book.bring_account(account));
        }
        Ok(book)
    }

    pub(crate) fn bring_account(&mut self, id: AccountId) -> Result<(), Fault> {
        if self.book.account(id).is_some() {
            return Ok(());
        }
        if !self.cache.accounts.contains_key(&id) {
            let sql = format!("{} WHERE id = ?1", select(&ACCOUNTS));
            let rows = self.sql.query(&sql, &[Value::id(id.uuid())])?;
            let Some(row) = rows.first() else { return Ok(()) };
            self.cache.accounts.insert(id, read_account(row)?);
        }
        if let Some(row) = self.cache.accounts.get(&id) {
            self.book.bring_account(row.account.clone());
        }
        Ok(())
    }

    /// Brings many accounts with as few questions as the database allows.
    pub(crate) fn bring_accounts(&mut self, ids: &BTreeSet<AccountId>) -> Result<(), Fault> {
        let unknown: Vec<Value> = ids
            .iter()
            .filter(|id| !self.cache.accounts.contains_key(id))
            .map(|id| Value::id(id.uuid()))
            .collect();
        if !unknown.is_empty() {
            for row in self.sql.query_keys(&select(&ACCOUNTS), "id", &unknown)? {
                let row = read_account(&row)?;
                self.cache.accounts.insert(row.account.id, row);
            }
        }
        for id in ids {
            if let (None, Some(row)) = (self.book.account(*id), self.cache.accounts.get(id)) {
                self.book.bring_account(row.account.clone());
            }
        }
        Ok(())
    }

    pub(crate) fn bring_hold(&mut self, id: HoldId) -> Result<(), Fault> {
        if self.book.hold(id).is_none() {
            let sql = format!("{} WHERE id = ?1", select(&HOLDS));
            if let Some(row) = self.sql.query(&sql, &[Value::id(id.uuid())])?.first() {
                self.book.bring_hold(read_hold(row)?);
            }
        }
        Ok(())
    }

    /// Applies a planned posting to the book; balances are written later, once.
    pub(crate) fn post(&mut self, ask: &'static str, posting: &Posting, now: Time) -> Result<(), Fault> {
        for id in self.touched(posting)? {
            self.bring_account(id)?;
            self.changed.insert(id);
        }
        let applied = self
            .book
            .apply(posting, now)
            .map_err(|refusal| Fault::Bug { ask, why: format!("{refusal:?} in {posting:?}") })?;
        if applied == Applied::Before {
            return Ok(());
        }
        self.write_down(ask, posting)
    }

    /// Writes down what the book has taken: the transfer or hold, and its place in the journal.
    pub(crate) fn write_down(&mut self, ask: &'static str, posting: &Posting) -> Result<(), Fault> {
        match posting {
            Posting::Transfer(transfer) | Posting::Import(transfer) => {
                self.write_transfer(transfer.clone());
                return Ok(());
            }
            Posting::Capture { hold, transfer, .. } => {
                self.write_hold(*hold);
                let taken = self.book.transfer(*transfer).cloned();
                self.write_transfer(taken.ok_or(Fault::Bug { ask, why: "the transfer is lost".to_owned() })?);
                return Ok(());
            }
            Posting::Hold { id, .. } | Posting::Release(id) | Posting::Expire(id) => self.write_hold(*id),
            Posting::Open(_) | Posting::SetState(..) => {}
        }
        self.journal.posting(self.pen.transfers, posting);
        Ok(())
    }

    fn touched(&mut self, posting: &Posting) -> Result<Vec<AccountId>, Fault> {
        Ok(match posting {
            Posting::Open(account) => vec![account.id],
            Posting::SetState(id, _) => vec![*id],
            Posting::Transfer(transfer) | Posting::Import(transfer) => vec![transfer.debit, transfer.credit],
            Posting::Hold { debit, credit, .. } => vec![*debit, *credit],
            Posting::Capture { hold, .. } | Posting::Release(hold) | Posting::Expire(hold) => {
                self.bring_hold(*hold)?;
                self.book.hold(*hold).map(|hold| vec![hold.debit, hold.credit]).unwrap_or_default()
            }
        })
    }

    /// Writes every changed balance, once.
    pub(crate) fn write_balances(&mut self) -> Result<(), Fault> {
        for id in std::mem::take(&mut self.changed) {
            let Some(account) = self.book.account(id).cloned() else { continue };
            let row = self.cache.accounts.entry(id).or_insert_with(|| AccountRow::new(account.clone()));
            row.account = account;
            let account = &row.account;
            if account.balance().get() != row.balance {
                let why = format!(
                    "account {id} stands at {}, its thread at {}",
                    account.balance().get(),
                    row.balance
                );
                return Err(Fault::Bug { ask: "book", why });
            }
            let values = vec![
                Value::id(account.id.uuid()),
                currency_value(account.currency),
                Value::maybe(account.floor, |floor| Value::Int(floor.get())),
                code(&AccountState::ALL, &account.state),
                Value::Int(account.debits.get()),
                Value::Int(account.credits.get()),
                Value::Int(account.held.get()),
                Value::Int(account.announced.get()),
                Value::Int(row.entries),
                Value::Int(row.last),
            ];
            self.pending.add(&ACCOUNTS, values);
        }
        Ok(())
    }

    fn write_transfer(&mut self, transfer: Transfer) {
        self.pen.transfers += 1;
        let number = self.pen.transfers;
        if let Some(newest) = &mut self.cache.newest_transfer {
            *newest = (*newest).max(transfer.id.uuid().into_bytes());
        }
        let debit = self.thread(transfer.debit, number, -transfer.amount.get());
        let credit = self.thread(transfer.credit, number, transfer.amount.get());
        let entry = Entry { number, transfer, debit, credit };
        self.journal.entry(&entry);
        let transfer = &entry.transfer;
        let values = vec![
            Value::Int(number),
            Value::id(transfer.id.uuid()),
            Value::id(transfer.debit.uuid()),
            Value::id(transfer.credit.uuid()),
            currency_value(transfer.currency),
            Value::Int(transfer.amount.get()),
            Value::Int(transfer.at.millis()),
            Value::Int(debit.balance),
            Value::Int(debit.before),
            Value::Int(credit.balance),
            Value::Int(credit.before),
            Value::maybe(transfer.captures, |hold| Value::id(hold.uuid())),
            Value::maybe(transfer.reverses, |original| Value::id(original.uuid())),
        ];
        self.pending.add(&TRANSFERS, values);
    }

    /// Draws an account's thread on to a new transfer, which changes its balance by so much.
    fn thread(&mut self, id: AccountId, number: i64, change: i64) -> Standing {
        let row = self.cache.accounts.entry(id).or_insert_with(|| AccountRow::new(Account::open(id, None)));
        row.balance += change;
        let standing = Standing { balance: row.balance, before: row.last };
        row.entries += 1;
        row.last = number;
        if row.entries % MARK_EVERY == 0 {
            self.pending.add(&MARKS, vec![Value::id(id.uuid()), Value::Int(number)]);
        }
        standing
    }

    fn write_hold(&mut self, id: HoldId) {
        let Some(hold) = self.book.hold(id).cloned() else { return };
        let values = vec![
            Value::id(hold.id.uuid()),
            Value::id(hold.debit.uuid()),
            Value::id(hold.credit.uuid()),
            currency_value(hold.currency),
            Value::Int(hold.amount.get()),
            Value::Int(hold.captured.get()),
            code(&HOLD_STATES, &hold.state),
            Value::maybe(hold.expires_at, |at| Value::Int(at.millis())),
            Value::Int(hold.made_at.millis()),
        ];
        self.pending.put(&HOLDS, values);
    }
}
