//! Many postings at once, for operators: loaded, decided and written as arrays.

use crate::{
    Fault,
    ledger_rows::{TRANSFERS, read_entry, select},
    shelf::Shelf,
    sql::{Value, column},
};
use ::ledger::{Applied, Item, Posting, Refusal};
use std::collections::BTreeSet;
use terms::{AccountId, Amount, HoldId, Time, TransferId};

/// One outcome per item.
pub type Outcomes = Vec<Result<Applied, Refusal>>;

impl Shelf<'_> {
    /// Applies a batch of postings in order, chain by chain: each is applied, was applied before, or is refused.
    ///
    /// # Errors
    /// When the database fails; then none is applied.
    pub fn apply_all(&mut self, items: &[Item], now: Time) -> Result<Outcomes, Fault> {
        self.happens_at(now);
        let named = Named::of(items);
        for hold in &named.holds {
            self.bring_hold(*hold)?;
        }
        let mut accounts = named.accounts;
        for hold in named.holds.iter().filter_map(|id| self.book.hold(*id)) {
            accounts.extend([hold.debit, hold.credit]);
        }
        accounts.sort_unstable();
        accounts.dedup();
        self.bring_accounts(&accounts)?;
        self.bring_transfers(&named.transfers)?;
        let outcomes = self.book.apply_all(items, now);
        for (item, outcome) in items.iter().zip(&outcomes) {
            if *outcome == Ok(Applied::Now) {
                self.write_down("ledger.bulk", &item.posting, now)?;
            }
        }
        self.changed.extend(accounts);
        Ok(outcomes)
    }

    /// Brings the transfers with these ids that are there, with what of them was reversed.
    fn bring_transfers(&mut self, ids: &[TransferId]) -> Result<(), Fault> {
        // Ids are ordered by time for most askers: above the newest known there is nothing to look for.
        let newest = self.newest_transfer()?;
        let old: Vec<Value> = ids
            .iter()
            .filter(|id| newest.is_some_and(|newest| id.uuid().as_bytes() <= &newest))
            .map(|id| Value::id(id.uuid()))
            .collect();
        if let Some(last) = ids.iter().max() {
            let last = *last.uuid().as_bytes();
            self.cache.newest_transfer = Some(newest.map_or(last, |newest| newest.max(last)));
        }
        if old.is_empty() {
            return Ok(());
        }
        self.pending.flush(TRANSFERS.table, self.sql)?;
        for row in self.sql.query_keys(&select(&TRANSFERS), "id", &old)? {
            let transfer = read_entry(&row)?.transfer;
            let reversed = self.reversed(transfer.id)?;
            self.book.bring_transfer(transfer, reversed);
        }
        Ok(())
    }

    fn newest_transfer(&mut self) -> Result<Option<[u8; 16]>, Fault> {
        if self.cache.newest_transfer.is_none() {
            let sql = "SELECT id FROM transfers ORDER BY id DESC LIMIT 1";
            let rows = self.query(TRANSFERS.table, sql, &[])?;
            let id = rows.first().and_then(|row| row.first()).and_then(Value::as_uuid);
            self.cache.newest_transfer = id.map(uuid::Uuid::into_bytes);
        }
        Ok(self.cache.newest_transfer)
    }

    fn reversed(&mut self, original: TransferId) -> Result<Amount, Fault> {
        let table = TRANSFERS.table;
        let sql = "SELECT amount FROM transfers WHERE reverses = ?1";
        let rows = self.sql.query(sql, &[Value::id(original.uuid())])?;
        rows.iter().try_fold(Amount::ZERO, |sum, row| {
            let amount = column(table, row, 0, |value| Amount::new(value.as_int()?).ok())?;
            sum.plus(amount).ok_or(Fault::Row { table, why: "reversals above the largest amount".to_owned() })
        })
    }
}

/// Everything that a batch names.
#[derive(Default)]
struct Named {
    accounts: Vec<AccountId>,
    holds: BTreeSet<HoldId>,
    transfers: Vec<TransferId>,
}

impl Named {
    fn of(items: &[Item]) -> Self {
        let mut named = Self::default();
        for item in items {
            match &item.posting {
                Posting::Open(account) => {
                    named.accounts.push(account.id);
                }
                Posting::SetState(id, _) => {
                    named.accounts.push(*id);
                }
                Posting::Transfer(transfer) | Posting::Import(transfer) => {
                    named.accounts.extend([transfer.debit, transfer.credit]);
                    named.transfers.push(transfer.id);
                    named.transfers.extend(transfer.reverses);
                }
                Posting::Hold { id, debit, credit, .. } => {
                    named.accounts.extend([*debit, *credit]);
                    named.holds.insert(*id);
                }
                Posting::Capture { hold, transfer, .. } => {
                    named.holds.insert(*hold);
                    named.transfers.push(*transfer);
                }
                Posting::Release(hold) | Posting::Expire(hold) => {
                    named.holds.insert(*hold);
                }
            }
        }
        named
    }
}
