//! What a posting changes, and how a chain that breaks takes it back.

use crate::{Account, Book, Hold, Refusal, Transfer, accounts::Place, book::Known};
use terms::{Amount, HoldId, TransferId};

/// What was decided: nothing to change because it was applied before, or the new rows. Deciding borrows the book
/// only for reading, so a refused posting cannot have changed it.
pub(crate) type Decided = Result<Option<Change>, Refusal>;

/// The rows that a posting writes.
#[derive(Default)]
pub(crate) struct Change {
    /// A new account.
    pub(crate) opened: Option<Account>,
    /// Accounts as they are now, in their places.
    pub(crate) accounts: [Option<(Place, Account)>; 2],
    pub(crate) hold: Option<Hold>,
    pub(crate) transfer: Option<Transfer>,
    /// An original, and how much of it is taken back now.
    pub(crate) reversed: Option<(TransferId, Amount)>,
}

/// What stood in a row before it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Undo {
    Opened,
    Account(Place, Account),
    Hold(HoldId, Option<Hold>),
    Transfer(TransferId),
    Reversed(TransferId, Amount),
}

impl Book {
    pub(crate) fn write(&mut self, change: Change) {
        let Change { opened, accounts, hold, transfer, reversed } = change;
        if let Some(account) = opened {
            self.undo.push(Undo::Opened);
            self.accounts.add(account);
        }
        for (place, account) in accounts.into_iter().flatten() {
            if let Some(before) = self.accounts.replace(place, account) {
                self.undo.push(Undo::Account(place, before));
            }
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
                Undo::Opened => self.accounts.take_last(),
                Undo::Account(place, before) => drop(self.accounts.replace(place, before)),
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
