//! What can be done to a book.

use crate::{Account, AccountState};
use serde::{Deserialize, Serialize};
use terms::{AccountId, HoldId, Time, TransferId, Yen};

/// One debit and one credit of the same amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its id, for ever.
    pub id: TransferId,
    /// Whose balance falls.
    pub debit: AccountId,
    /// Whose balance rises.
    pub credit: AccountId,
    /// How much, in yen, above zero.
    pub amount: Yen,
    /// When it was decided.
    pub at: Time,
    /// The hold that it captures, if it does.
    pub captures: Option<HoldId>,
    /// The transfer that it takes back, if it does.
    pub reverses: Option<TransferId>,
}

/// One change of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posting {
    /// Opens an account, without money.
    Open(Account),
    /// Freezes, thaws or closes an account.
    SetState(AccountId, AccountState),
    /// Moves money.
    Transfer(Transfer),
    /// Reserves money.
    Hold {
        /// The new hold.
        id: HoldId,
        /// Where the money is reserved.
        debit: AccountId,
        /// Where it would go.
        credit: AccountId,
        /// How much, above zero.
        amount: Yen,
        /// From when on it may be expired.
        expires_at: Option<Time>,
    },
    /// Takes all or a part of a hold by a transfer and gives the rest back.
    Capture {
        /// Which hold.
        hold: HoldId,
        /// The transfer that moves the money.
        transfer: TransferId,
        /// How much, above zero, at most what is held.
        amount: Yen,
    },
    /// Gives a hold back.
    Release(HoldId),
    /// Gives a hold back because its time is over.
    Expire(HoldId),
}
