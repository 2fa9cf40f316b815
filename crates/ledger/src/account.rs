//! An account: what was debited, what was credited, what is held, and how low it may go.

use serde::{Deserialize, Serialize};
use terms::{AccountId, Amount, Balance, Currency, Net, Yen};

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
    /// For ever at rest; its balance is zero and no hold names it.
    Closed,
    /// Money goes out and not in.
    FrozenIn,
}

impl AccountState {
    /// Every state; new ones are added at the end, so that a place in this list can be stored.
    pub const ALL: [Self; 5] = [Self::Open, Self::FrozenOut, Self::Frozen, Self::Closed, Self::FrozenIn];

    /// Whether money may go out.
    pub const fn pays(self) -> bool {
        matches!(self, Self::Open | Self::FrozenIn)
    }

    /// Whether money may come in.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Open | Self::FrozenOut)
    }
}

/// An account of the book. Its balance is credits less debits: what we owe its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Which account.
    pub id: AccountId,
    /// The currency of everything in it, for ever.
    pub currency: Currency,
    /// The lowest balance allowed, in minor units; nothing means that there is no floor (a clearing account).
    pub floor: Option<Net>,
    /// Whether it takes part.
    pub state: AccountState,
    /// Sum of all debits, in minor units.
    pub debits: Amount,
    /// Sum of all credits, in minor units.
    pub credits: Amount,
    /// Reserved by holds to go out, in minor units.
    pub held: Amount,
    /// Announced by holds to come in, in minor units. It cannot be spent.
    pub announced: Amount,
}

impl Account {
    /// An open account of yen without money.
    pub fn open(id: AccountId, floor: Option<Balance>) -> Self {
        Self::open_in(id, Currency::JPY, floor.map(Net::from))
    }

    /// An open account of a currency without money.
    pub const fn open_in(id: AccountId, currency: Currency, floor: Option<Net>) -> Self {
        Self {
            id,
            currency,
            floor,
            state: AccountState::Open,
            debits: Amount::ZERO,
            credits: Amount::ZERO,
            held: Amount::ZERO,
            announced: Amount::ZERO,
        }
    }

    /// Credits less debits.
    pub const fn balance(&self) -> Net {
        Net::new(self.credits.get() - self.debits.get())
    }

    /// The balance of an account of yen; nothing for other currencies.
    pub fn balance_yen(&self) -> Option<Balance> {
        (self.currency == Currency::JPY).then(|| Balance::new(self.balance().get()))
    }

    /// What can go out now: the balance less holds, above the floor. Nothing means: without limit.
    pub fn available(&self) -> Option<Amount> {
        let above = self.above_floor()?.clamp(0, i128::from(Amount::MAX.get()));
        i64::try_from(above).ok().and_then(|above| Amount::new(above).ok())
    }

    /// What the owner of an account of yen can spend now: nothing where there is no floor or another currency,
    /// because such an account is nobody's purse.
    pub fn spendable_yen(&self) -> Yen {
        match self.available() {
            Some(most) if self.currency == Currency::JPY => most.yen().unwrap_or(Yen::MAX),
            _ => Yen::ZERO,
        }
    }

    /// Whether the balance less holds is at its floor or above.
    pub fn keeps_floor(&self) -> bool {
        self.above_floor().is_none_or(|above| above >= 0)
    }

    fn above_floor(&self) -> Option<i128> {
        // Wider than the parts, since a floor may be any number.
        let floor = i128::from(self.floor?.get());
        Some(i128::from(self.balance().get()) - i128::from(self.held.get()) - floor)
    }
}
