//! What can be done to a book.

use crate::{Account, AccountState};
use serde::{Deserialize, Serialize};
use terms::{AccountId, Amount, Currency, HoldId, Time, TransferId, Yen};

/// The largest amount of one posting: 10^15 minor units, as [`Yen::MAX`].
pub const AMOUNT_CAP: Amount = Amount::of(Yen::MAX.get());

/// The most items of one batch, and the most holds that one call expires.
pub const BATCH_MAX: usize = 8_190;

/// One debit and one credit of the same amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its id, for ever.
    pub id: TransferId,
    /// Whose balance falls.
    pub debit: AccountId,
    /// Whose balance rises.
    pub credit: AccountId,
    /// The currency of both accounts.
    pub currency: Currency,
    /// How much, in minor units, above zero, at most [`AMOUNT_CAP`].
    pub amount: Amount,
    /// When it was decided; for an import, when it took place.
    pub at: Time,
    /// The hold that it captures, if it does. Only [`Posting::Capture`] writes it.
    pub captures: Option<HoldId>,
    /// The transfer that it takes back, all or in part, if it does.
    pub reverses: Option<TransferId>,
}

impl Transfer {
    /// A plain transfer of yen.
    pub fn yen(id: TransferId, debit: AccountId, credit: AccountId, yen: Yen, at: Time) -> Self {
        let (currency, amount) = (Currency::JPY, yen.into());
        Self { id, debit, credit, currency, amount, at, captures: None, reverses: None }
    }
}

/// One change of the book.
///
/// A posting that was applied before, under the same ids and with the same content, is answered as the first time
/// and changes nothing ([`Applied::Before`]); the same id with other content is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posting {
    /// Opens an account, without money. Its content is id, currency and floor.
    Open(Account),
    /// Freezes, thaws or closes an account.
    SetState(AccountId, AccountState),
    /// Moves money now. Its time is when it was decided and no content: who asks again does so later.
    Transfer(Transfer),
    /// Enters a transfer of the past. Its time is a part of its content.
    Import(Transfer),
    /// Reserves money.
    Hold {
        /// The new hold.
        id: HoldId,
        /// Where the money is reserved.
        debit: AccountId,
        /// Where it would go.
        credit: AccountId,
        /// The currency of both accounts.
        currency: Currency,
        /// How much, above zero, at most [`AMOUNT_CAP`].
        amount: Amount,
        /// From when on it may be expired.
        expires_at: Option<Time>,
    },
    /// Takes all or a part of a hold by a transfer and gives the rest back.
    Capture {
        /// Which hold.
        hold: HoldId,
        /// The transfer that moves the money.
        transfer: TransferId,
        /// How much of the hold's currency, above zero, at most what is held.
        amount: Amount,
    },
    /// Gives a hold back.
    Release(HoldId),
    /// Gives a hold back because its time is over.
    Expire(HoldId),
}

impl Posting {
    /// Reserves yen.
    pub fn hold_yen(
        id: HoldId,
        debit: AccountId,
        credit: AccountId,
        yen: Yen,
        expires_at: Option<Time>,
    ) -> Self {
        Self::Hold { id, debit, credit, currency: Currency::JPY, amount: yen.into(), expires_at }
    }
}

/// What became of a posting that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It changed the book.
    Now,
    /// It had been applied before; nothing changed.
    Before,
}

/// One posting of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What to do.
    pub posting: Posting,
    /// Tied to the next item: a chain, from its first linked item to the first that is not, is applied whole or not
    /// at all.
    pub linked: bool,
}

impl Item {
    /// An item that is not tied to the next.
    pub const fn alone(posting: Posting) -> Self {
        Self { posting, linked: false }
    }

    /// An item that is tied to the next.
    pub const fn linked(posting: Posting) -> Self {
        Self { posting, linked: true }
    }
}
