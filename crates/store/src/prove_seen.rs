//! What the journal says of accounts, holds and marks, as far as it was read.

use crate::{
    cache::ThreadEnd,
    journal::{Entry, Noted, Standing},
    ledger::MARK_EVERY,
};
use ::ledger::{Account, AccountState, Hold, HoldState, Posting};
use std::collections::{BTreeMap, BTreeSet};
use terms::{AccountId, Amount, Currency, HoldId, Net};

/// Accounts, holds and marks as they must be; what was compared is taken out.
#[derive(Default)]
pub(crate) struct Seen {
    accounts: BTreeMap<AccountId, SeenAccount>,
    holds: BTreeMap<HoldId, SeenHold>,
    marks: BTreeSet<(AccountId, i64)>,
}

#[derive(Default)]
struct SeenAccount {
    end: ThreadEnd,
    opened: Option<(Currency, Option<Net>, AccountState)>,
}

struct SeenHold {
    /// Nothing while its making was not read: a hold made and captured in one commit.
    made: Option<Hold>,
    state: HoldState,
    captured: Amount,
}

type Found = Result<(), String>;

impl Seen {
    /// A transfer, in the order of their numbers.
    pub(crate) fn entry(&mut self, entry: &Entry) -> Found {
        let transfer = &entry.transfer;
        let amount = transfer.amount.get();
        for (account, change, standing) in
            [(transfer.debit, -amount, entry.debit), (transfer.credit, amount, entry.credit)]
        {
            let end = &mut self.accounts.entry(account).or_default().end;
            // What overflows was altered, and the digest says so.
            let balance = end.balance.wrapping_add(change);
            if standing != (Standing { balance, before: end.last }) {
                return Err(format!(
                    "transfer {} (number {}) does not follow from what {account} had before it",
                    transfer.id, entry.number
                ));
            }
            *end = ThreadEnd { balance, entries: end.entries + 1, last: entry.number };
            if end.entries % MARK_EVERY == 0 {
                self.marks.insert((account, entry.number));
            }
        }
        transfer.captures.map_or(Ok(()), |hold| self.over(hold, HoldState::Captured, transfer.amount))
    }

    /// A posting that is no transfer, after the transfers of its commit.
    pub(crate) fn posting(&mut self, noted: Noted) -> Found {
        let (_, at, posting) = noted;
        match posting {
            Posting::Open(account) => {
                let seen = self.accounts.entry(account.id).or_default();
                let opened = (account.currency, account.floor, account.state);
                match seen.opened.replace(opened) {
                    None => Ok(()),
                    Some(_) => Err(format!("account {} was opened twice", account.id)),
                }
            }
            Posting::SetState(id, state) => {
                match self.accounts.get_mut(&id).and_then(|seen| seen.opened.as_mut()) {
                    Some(opened) => {
                        opened.2 = state;
                        Ok(())
                    }
                    None => Err(format!("account {id} changed its state before it was opened")),
                }
            }
            Posting::Hold { id, debit, credit, currency, amount, expires_at } => {
                let (captured, state) = (Amount::ZERO, HoldState::Held);
                let seen = self.holds.entry(id).or_insert(SeenHold { made: None, state, captured });
                let made =
                    Hold { id, debit, credit, currency, amount, captured, state, expires_at, made_at: at };
                match seen.made.replace(made) {
                    None => Ok(()),
                    Some(_) => Err(format!("hold {id} was made twice")),
                }
            }
            Posting::Release(id) => self.over(id, HoldState::Released, Amount::ZERO),
            Posting::Expire(id) => self.over(id, HoldState::Expired, Amount::ZERO),
            Posting::Transfer(_) | Posting::Import(_) | Posting::Capture { .. } => {
                Err("a commit has a transfer among its other postings".to_owned())
            }
        }
    }

    fn over(&mut self, id: HoldId, state: HoldState, captured: Amount) -> Found {
        let open = SeenHold { made: None, state: HoldState::Held, captured: Amount::ZERO };
        let seen = self.holds.entry(id).or_insert(open);
        if seen.state != HoldState::Held {
            return Err(format!("hold {id} was {:?} and later {state:?}", seen.state));
        }
        (seen.state, seen.captured) = (state, captured);
        Ok(())
    }

    /// Compares a hold with what the journal says.
    pub(crate) fn hold(&mut self, hold: &Hold) -> Found {
        let Some(seen) = self.holds.remove(&hold.id) else {
            return Err(format!("hold {} is not in the journal", hold.id));
        };
        let (state, captured) = (seen.state, seen.captured);
        match seen.made.map(|made| Hold { state, captured, ..made }) {
            Some(wanted) if wanted == *hold => Ok(()),
            Some(wanted) => Err(format!("hold {} is {hold:?}, the journal says {wanted:?}", hold.id)),
            None => Err(format!("hold {} was never made in the journal", hold.id)),
        }
    }

    /// Compares an account with what the journal says; its sums are the proof's.
    pub(crate) fn account(&mut self, account: &Account, end: ThreadEnd) -> Found {
        let id = account.id;
        let seen = self.accounts.remove(&id).unwrap_or_default();
        let stated = (account.currency, account.floor, account.state);
        let Some(opened) = seen.opened else {
            return Err(format!("account {id} was never opened in the journal"));
        };
        if stated != opened {
            return Err(format!("account {id} has {stated:?}, the journal says {opened:?}"));
        }
        if end != seen.end {
            return Err(format!(
                "account {id} says {} transfers, the last number {}; the journal says {} and {}",
                end.entries, end.last, seen.end.entries, seen.end.last
            ));
        }
        Ok(())
    }

    /// Compares a mark with what the journal says.
    pub(crate) fn mark(&mut self, account: AccountId, number: i64) -> Found {
        if self.marks.remove(&(account, number)) {
            return Ok(());
        }
        Err(format!("the mark of account {account} at transfer number {number} is at the wrong place"))
    }

    /// Whether everything was there.
    pub(crate) fn all_there(&self) -> Found {
        if let Some(id) = self.holds.keys().next() {
            return Err(format!("hold {id} was made in the journal and is gone"));
        }
        if let Some(id) = self.accounts.keys().next() {
            return Err(format!("account {id} was opened in the journal and is gone"));
        }
        match self.marks.first() {
            Some((id, number)) => {
                Err(format!("the mark of account {id} at transfer number {number} is gone"))
            }
            None => Ok(()),
        }
    }
}
