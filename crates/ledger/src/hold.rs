//! A hold: money reserved on one account for another, until it is captured, released or expires.

use serde::{Deserialize, Serialize};
use terms::{AccountId, HoldId, Time, Yen};

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
    /// How much is reserved, in yen, above zero.
    pub amount: Yen,
    /// How much of it was taken.
    pub captured: Yen,
    /// What became of it.
    pub state: HoldState,
    /// From this time on it cannot be captured and may be expired; nothing means: by hand only.
    pub expires_at: Option<Time>,
    /// When it was made.
    pub made_at: Time,
}
