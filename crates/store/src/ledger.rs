//! The book's rows: accounts, transfers, holds.

use crate::{
    Fault,
    shelf::Shelf,
    sql::{Row, Value, column},
};
use ::ledger::{Account, AccountState, Applied, Book, Hold, HoldState, Posting, Transfer};
use terms::{AccountId, Amount, Currency, HoldId, Net, Time, TransferId};

const HOLD_STATES: [HoldState; 4] =
    [HoldState::Held, HoldState::Captured, HoldState::Released, HoldState::Expired];
pub(crate) const ACCOUNT_COLUMNS: &str = "id, floor, state, debits, credits, held, announced";
pub(crate) const TRANSFER_COLUMNS: &str = "id, debit, credit, amount, at, captures, reverses";
pub(crate) const HOLD_COLUMNS: &str = "id, debit, credit, amount, captured, state, expires_at, made_at";

fn code<T: PartialEq>(states: &[T], state: &T) -> Value {
    Value::Int(states.iter().position(|known| known == state).unwrap_or(0) as i64)
}

fn state<T: Copy>(states: &[T], value: &Value) -> Option<T> {
    states.get(usize::try_from(value.as_int()?).ok()?).copied()
}

fn amount(value: &Value) -> Option<Amount> {
    Amount::new(value.as_int()?).ok()
}

fn account_id(value: &Value) -> Option<AccountId> {
    value.as_uuid().map(AccountId::new)
}

pub(crate) fn read_account(row: &Row) -> Result<Account, Fault> {
    let table = "accounts";
    Ok(Account {
        id: column(table, row, 0, account_id)?,
        currency: Currency::JPY,
        floor: column(table, row, 1, |value| Some(value.as_int().map(Net::new)))?,
        state: column(table, row, 2, |value| state(&AccountState::ALL, value))?,
        debits: column(table, row, 3, amount)?,
        credits: column(table, row, 4, amount)?,
        held: column(table, row, 5, amount)?,
        announced: column(table, row, 6, amount)?,
    })
}

pub(crate) fn read_transfer(row: &Row) -> Result<Transfer, Fault> {
    let table = "transfers";
    Ok(Transfer {
        id: column(table, row, 0, |value| value.as_uuid().map(TransferId::new))?,
        debit: column(table, row, 1, account_id)?,
        credit: column(table, row, 2, account_id)?,
        currency: Currency::JPY,
        amount: column(table, row, 3, amount)?,
        at: column(table, row, 4, |value| value.as_int().map(Time::from_millis))?,
        captures: column(table, row, 5, |value| Some(value.as_uuid().map(HoldId::new)))?,
        reverses: column(table, row, 6, |value| Some(value.as_uuid().map(TransferId::new)))?,
    })
}

pub(crate) fn read_hold(row: &Row) -> Result<Hold, Fault> {
    let table = "holds";
    Ok(Hold {
        id: column(table, row, 0, |value| value.as_uuid().map(HoldId::new))?,
        debit: column(table, row, 1, account_id)?,
        credit: column(table, row, 2, account_id)?,
        currency: Currency::JPY,
        amount: column(table, row, 3, amount)?,
        captured: column(table, row, 4, amount)?,
        state: column(table, row, 5, |value| state(&HOLD_STATES, value))?,
        expires_at: column(table, row, 6, |value| Some(value.as_int().map(Time::from_millis)))?,
        made_at: column(table, row, 7, |value| value.as_int().map(Time::from_millis))?,
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

    fn bring_account(&mut self, id: AccountId) -> Result<(), Fault> {
        if self.book.account(id).is_none() {
            let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE id = ?1");
            if let Some(row) = self.sql.query(&sql, &[Value::id(id.uuid())])?.first() {
                self.book.bring_account(read_account(row)?);
            }
        }
        Ok(())
    }

    fn bring_hold(&mut self, id: HoldId) -> Result<(), Fault> {
        if self.book.hold(id).is_none() {
            let sql = format!("SELECT {HOLD_COLUMNS} FROM holds WHERE id = ?1");
            if let Some(row) = self.sql.query(&sql, &[Value::id(id.uuid())])?.first() {
                self.book.bring_hold(read_hold(row)?);
            }
        }
        Ok(())
    }

    /// Applies a planned posting to the book and writes its transfer or hold; balances are written later, once.
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
        match posting {
            Posting::Open(_) | Posting::SetState(..) => Ok(()),
            Posting::Transfer(transfer) | Posting::Import(transfer) => self.write_transfer(transfer),
            Posting::Hold { id, .. } | Posting::Release(id) | Posting::Expire(id) => self.write_hold(*id),
            Posting::Capture { hold, transfer, amount } => {
                self.write_hold(*hold)?;
                let ends = self.book.hold(*hold).map(|hold| (hold.debit, hold.credit));
                let (debit, credit) = ends.ok_or(Fault::Bug { ask, why: "hold lost".to_owned() })?;
                self.write_transfer(&Transfer {
                    id: *transfer,
                    debit,
                    credit,
                    currency: Currency::JPY,
                    amount: *amount,
                    at: now,
                    captures: Some(*hold),
                    reverses: None,
                })
            }
        }
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

    pub(crate) fn write_account(&mut self, account: &Account) -> Result<(), Fault> {
        let sql = "INSERT INTO accounts (id, floor, state, debits, credits, held, announced) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
                   debits = excluded.debits, credits = excluded.credits, held = excluded.held, \
                   announced = excluded.announced";
        let values = [
            Value::id(account.id.uuid()),
            Value::maybe(account.floor, |floor| Value::Int(floor.get())),
            code(&AccountState::ALL, &account.state),
            Value::Int(account.debits.get()),
            Value::Int(account.credits.get()),
            Value::Int(account.held.get()),
            Value::Int(account.announced.get()),
        ];
        self.sql.change(sql, &values).map(|_| ())
    }

    fn write_transfer(&mut self, transfer: &Transfer) -> Result<(), Fault> {
        let sql = format!("INSERT INTO transfers ({TRANSFER_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        let values = [
            Value::id(transfer.id.uuid()),
            Value::id(transfer.debit.uuid()),
            Value::id(transfer.credit.uuid()),
            Value::Int(transfer.amount.get()),
            Value::Int(transfer.at.millis()),
            Value::maybe(transfer.captures, |hold| Value::id(hold.uuid())),
            Value::maybe(transfer.reverses, |original| Value::id(original.uuid())),
        ];
        self.sql.change(&sql, &values).map(|_| ())
    }

    fn write_hold(&mut self, id: HoldId) -> Result<(), Fault> {
        let Some(hold) = self.book.hold(id).cloned() else { return Ok(()) };
        let sql = format!(
            "INSERT INTO holds ({HOLD_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (id) DO UPDATE SET captured = excluded.captured, state = excluded.state"
        );
        let values = [
            Value::id(hold.id.uuid()),
            Value::id(hold.debit.uuid()),
            Value::id(hold.credit.uuid()),
            Value::Int(hold.amount.get()),
            Value::Int(hold.captured.get()),
            code(&HOLD_STATES, &hold.state),
            Value::maybe(hold.expires_at, |at| Value::Int(at.millis())),
            Value::Int(hold.made_at.millis()),
        ];
        self.sql.change(&sql, &values).map(|_| ())
    }
}
