//! Postings against the database's book: what they name is brought into play, what they change is written down.

use crate::{
    Fault,
    cache::ThreadEnd,
    journal::{Entry, Standing},
    ledger_rows::{
        ACCOUNTS, BALANCES, HOLD_STATES, HOLDS, MARKS, TRANSFERS, code, currency_value, read_account,
        read_hold, select,
    },
    shelf::Shelf,
    sql::{Row, Value},
};
use ::ledger::{AccountState, Applied, Book, Posting, Transfer};
use terms::{AccountId, HoldId, Time};

/// How often an account's transfers get a mark.
pub(crate) const MARK_EVERY: i64 = 128;

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
        if self.book.account(id).is_none() {
            let sql = format!("{} WHERE id = ?1", select(&ACCOUNTS));
            let rows = self.sql.query(&sql, &[Value::id(id.uuid())])?;
            rows.first().map_or(Ok(()), |row| self.bring_account_row(row))?;
        }
        Ok(())
    }

    /// Brings many accounts with as few questions as the database allows.
    pub(crate) fn bring_accounts(&mut self, ids: &[AccountId]) -> Result<(), Fault> {
        let unknown = ids.iter().filter(|id| self.book.account(**id).is_none());
        let unknown: Vec<Value> = unknown.map(|id| Value::id(id.uuid())).collect();
        if !unknown.is_empty() {
            for row in self.sql.query_keys(&select(&ACCOUNTS), "id", &unknown)? {
                self.bring_account_row(&row)?;
            }
        }
        Ok(())
    }

    fn bring_account_row(&mut self, row: &Row) -> Result<(), Fault> {
        let (account, end) = read_account(row)?;
        self.cache.threads.insert(account.id, end);
        self.book.bring_account(account);
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
            self.changed.push(id);
        }
        let applied = self
            .book
            .apply(posting, now)
            .map_err(|refusal| Fault::Bug { ask, why: format!("{refusal:?} in {posting:?}") })?;
        if applied == Applied::Before {
            return Ok(());
        }
        self.write_down(ask, posting, now)
    }

    /// Writes down what the book has taken: the transfer or hold, and its place in the journal.
    pub(crate) fn write_down(
        &mut self,
        ask: &'static str,
        posting: &Posting,
        now: Time,
    ) -> Result<(), Fault> {
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
            Posting::Open(account) => {
                self.opened.insert(account.id);
            }
            Posting::SetState(..) => {}
        }
        self.journal.posting(self.pen.transfers, now, posting);
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

    /// Writes every balance that was changed since it was written.
    pub(crate) fn write_balances(&mut self) -> Result<(), Fault> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        let (mut opened, mut moved) = (Vec::new(), Vec::new());
        for id in changed {
            let Some(account) = self.book.account(id) else { continue };
            let end = self.cache.threads.get(&id).copied().unwrap_or_default();
            if account.balance().get() != end.balance {
                let why = format!(
                    "account {id} stands at {}, its thread at {}",
                    account.balance().get(),
                    end.balance
                );
                return Err(Fault::Bug { ask: "book", why });
            }
            let mut values = vec![
                code(&AccountState::ALL, &account.state),
                Value::Int(account.debits.get()),
                Value::Int(account.credits.get()),
                Value::Int(account.held.get()),
                Value::Int(account.announced.get()),
                Value::Int(end.entries),
                Value::Int(end.last),
            ];
            if self.opened.remove(&id) {
                let floor = Value::maybe(account.floor, |floor| Value::Int(floor.get()));
                values.splice(0..0, [Value::id(id.uuid()), currency_value(account.currency), floor]);
                opened.push(values);
            } else {
                values.insert(0, Value::id(id.uuid()));
                moved.push(values);
            }
        }
        if !opened.is_empty() {
            self.sql.put(&ACCOUNTS, &opened)?;
        }
        if !moved.is_empty() {
            self.sql.put(&BALANCES, &moved)?;
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
        let end = self.cache.threads.entry(id).or_default();
        let standing = Standing { balance: end.balance + change, before: end.last };
        *end = ThreadEnd { balance: standing.balance, entries: end.entries + 1, last: number };
        if end.entries % MARK_EVERY == 0 {
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
