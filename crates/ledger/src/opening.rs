//! Decides what becomes of accounts: opened, frozen, thawed, closed.

use crate::{
    Account, AccountState, Book, Refusal,
    change::{Change, Decided},
};
use terms::AccountId;

impl Book {
    pub(crate) fn decide_open(&self, account: &Account) -> Decided {
        if let Some(known) = self.account(account.id) {
            let same = (known.currency, known.floor) == (account.currency, account.floor);
            return if same { Ok(None) } else { Err(Refusal::IdTaken) };
        }
        let opened = Account::open_in(account.id, account.currency, account.floor);
        Ok(Some(Change { opened: Some(opened), ..Change::default() }))
    }

    pub(crate) fn decide_state(&self, id: AccountId, state: AccountState) -> Decided {
        let (place, account) = self.accounts.find(id).ok_or(Refusal::AccountUnknown)?;
        if account.state == state {
            return Ok(None);
        }
        if account.state == AccountState::Closed {
            return Err(Refusal::AccountClosed);
        }
        let empty = account.balance().get() == 0 && account.held.is_zero() && account.announced.is_zero();
        if state == AccountState::Closed && !empty {
            return Err(Refusal::AccountNotEmpty);
        }
        let changed = (place, Account { state, ..account.clone() });
        Ok(Some(Change { accounts: [Some(changed), None], ..Change::default() }))
    }
}
