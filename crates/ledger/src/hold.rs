//! A hold: money reserved on one account for another, until it is captured, released or expires.

use serde::{Deserialize, Serialize};
use terms::{AccountId, Amount, Currency, HoldId, Time};

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// The money is reserved.
    Held,
    /// All or a part was taken, the rest given back.
    Captured,
    /// All was given back.
    Released,
    /// Nobody took it in time.
    Expired,
}

/// A reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Which hold.
    pub id: HoldId,
    /// Where the money is reserved.
    pub debit: AccountId,
    /// Where it would go.
    pub credit: AccountId,
    /// The currency of both accounts.
    pub currency: Currency,
    /// How much is reserved, in minor units, above zero.
    pub amount: Amount,
    /// How much of it was taken.
    pub captured: Amount,
    /// What became of it.
    pub state: HoldState,
    /// From this time on it cannot be captured and may be expired; nothing means: by hand only.
    pub expires_at: Option<Time>,
    /// When it was made.
    pub made_at: Time,
}

impl Hold {
    /// Whether its time is over, whether or not anybody has expired it yet.
    pub fn is_due(&self, now: Time) -> bool {
        self.expires_at.is_some_and(|at| now >= at)
    }
}
