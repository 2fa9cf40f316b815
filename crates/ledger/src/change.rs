//! What a posting changes, and how a chain that breaks takes it back.

use crate::{Account, Book, Hold, Refusal, Transfer, book::Known};
use terms::{AccountId, Amount, HoldId, TransferId};

/// What was decided: nothing to change because it was applied before, or the new rows. Deciding borrows the book
/// only for reading, so a refused posting cannot have changed it.
pub(crate) type Decided = Result<Option<Change>, Refusal>;

/// The rows that a posting writes.
#[derive(Default)]
pub(crate) struct Change {
    pub(crate) accounts: [Option<Account>; 2],
    pub(crate) hold: Option<Hold>,
    pub(crate) transfer: Option<Transfer>,
    /// An original, and how much of it is taken back now.
    pub(crate) reversed: Option<(TransferId, Amount)>,
}

impl Change {
    pub(crate) fn account(account: Account) -> Self {
        Self { accounts: [Some(account), None], ..Self::default() }
    }
}

/// What stood in a row before it was written; nothing where there was no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Undo {
    Account(AccountId, Option<Account>),
    Hold(HoldId, Option<Hold>),
    Transfer(TransferId),
    Reversed(TransferId, Amount),
}

impl Book {
    pub(crate) fn write(&mut self, change: Change) {
        let Change { accounts, hold, transfer, reversed } = change;
        for account in accounts.into_iter().flatten() {
            let id = account.id;
            self.undo.push(Undo::Account(id, self.accounts.insert(id, account)));
        }
        if let Some(hold) = hold {
            let id = hold.id;
            self.undo.push(Undo::Hold(id, self.holds.insert(id, hold)));
        }
        if let Some((original, reversed)) = reversed
            && let Some(known) = self.transfers.get_mut(&original)
        {
            self.undo.push(Undo::Reversed(original, known.reversed));
            known.reversed = reversed;
        }
        if let Some(transfer) = transfer {
            let id = transfer.id;
            self.undo.push(Undo::Transfer(id));
            self.transfers.insert(id, Known { transfer, reversed: Amount::ZERO });
        }
    }

    /// Takes back everything since the log was last empty, the latest first.
    pub(crate) fn roll_back(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Account(id, Some(before)) => drop(self.accounts.insert(id, before)),
                Undo::Account(id, None) => drop(self.accounts.remove(&id)),
                Undo::Hold(id, Some(before)) => drop(self.holds.insert(id, before)),
                Undo::Hold(id, None) => drop(self.holds.remove(&id)),
                // A transfer is never written over: an id is for ever.
                Undo::Transfer(id) => drop(self.transfers.remove(&id)),
                Undo::Reversed(id, before) => {
                    if let Some(known) = self.transfers.get_mut(&id) {
                        known.reversed = before;
                    }
                }
            }
        }
    }
}
