//! An account: what was debited, what was credited, what is held, and how low it may go.

use serde::{Deserialize, Serialize};
use terms::{AccountId, Balance, Yen};

/// Whether an account takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Money goes in and out.
    Open,
    /// Money goes in and not out; captures of holds made before are refused too.
    FrozenOut,
    /// Neither in nor out.
    Frozen,
    /// For ever at rest; its balance is zero.
    Closed,
}

/// An account of the book. Its balance is credits less debits: what we owe its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Which account.
    pub id: AccountId,
    /// The lowest balance allowed; nothing means that there is no floor (a clearing account).
    pub floor: Option<Balance>,
    /// Whether it takes part.
    pub state: AccountState,
    /// Sum of all debits, in yen.
    pub debits: Yen,
    /// Sum of all credits, in yen.
    pub credits: Yen,
    /// Reserved by holds to go out, in yen.
    pub held: Yen,
    /// Announced by holds to come in, in yen. It cannot be spent.
    pub announced: Yen,
}

impl Account {
    /// An open account without money.
    pub const fn open(id: AccountId, floor: Option<Balance>) -> Self {
        Self {
            id,
            floor,
            state: AccountState::Open,
            debits: Yen::ZERO,
            credits: Yen::ZERO,
            held: Yen::ZERO,
            announced: Yen::ZERO,
        }
    }

    /// Credits less debits.
    pub const fn balance(&self) -> Balance {
        Balance::new(self.credits.get() - self.debits.get())
    }

    /// What can go out now: the balance less holds, above the floor. Nothing means: without limit.
    pub fn available(&self) -> Option<Yen> {
        let floor = self.floor?;
        Some(Balance::new(self.balance().get() - self.held.get() - floor.get()).spendable())
    }
}
