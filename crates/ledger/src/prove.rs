//! Proof of a whole book: every balance again from the transfers, every hold against its account.

use crate::{Account, Hold, HoldState, Transfer};
use std::collections::BTreeMap;
use terms::{AccountId, Yen};

/// The first thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// The sum over all balances is not zero (P1).
    NotConserved {
        /// What the sum is, in yen.
        sum: i128,
    },
    /// An account's totals are not those of its transfers.
    Totals {
        /// Which account.
        account: AccountId,
        /// Debits and credits that it states.
        stated: (Yen, Yen),
        /// Debits and credits of its transfers.
        derived: (i128, i128),
    },
    /// An account stands below its floor.
    BelowFloor(AccountId),
    /// An account's held or announced sum is not that of its open holds.
    Holds {
        /// Which account.
        account: AccountId,
        /// Held and announced, as it states.
        stated: (Yen, Yen),
        /// Held and announced, as its holds say.
        derived: (i128, i128),
    },
    /// A transfer or hold names an account that is not there.
    AccountMissing(AccountId),
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotConserved { sum } => write!(f, "the sum over all balances is {sum} yen, not zero"),
            Self::Totals { account, stated, derived } => write!(
                f,
                "account {account} states debits {} and credits {}, its transfers say {} and {} yen",
                stated.0, stated.1, derived.0, derived.1
            ),
            Self::BelowFloor(account) => write!(f, "account {account} stands below its floor"),
            Self::Holds { account, stated, derived } => write!(
                f,
                "account {account} states {} held and {} announced, its holds say {} and {} yen",
                stated.0, stated.1, derived.0, derived.1
            ),
            Self::AccountMissing(account) => write!(f, "account {account} is named and not there"),
        }
    }
}

#[derive(Default)]
struct Sums {
    debits: i128,
    credits: i128,
    held: i128,
    announced: i128,
}

/// Takes transfers, holds and accounts one by one and keeps four sums per account.
#[derive(Default)]
pub struct Proof {
    sums: BTreeMap<AccountId, Sums>,
    /// Transfers seen.
    pub transfers: u64,
    /// Holds seen.
    pub holds: u64,
    /// Accounts seen.
    pub accounts: u64,
    sum: i128,
}

impl Proof {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a transfer; all transfers and holds come before the first account.
    pub fn transfer(&mut self, transfer: &Transfer) {
        self.transfers += 1;
        let amount = i128::from(transfer.amount.get());
        self.sums.entry(transfer.debit).or_default().debits += amount;
        self.sums.entry(transfer.credit).or_default().credits += amount;
    }

    /// Adds a hold.
    pub fn hold(&mut self, hold: &Hold) {
        self.holds += 1;
        let amount = if hold.state == HoldState::Held { i128::from(hold.amount.get()) } else { 0 };
        self.sums.entry(hold.debit).or_default().held += amount;
        self.sums.entry(hold.credit).or_default().announced += amount;
    }

    /// Checks an account against what was seen of it.
    ///
    /// # Errors
    /// What does not hold.
    pub fn account(&mut self, account: &Account) -> Result<(), Violation> {
        self.accounts += 1;
        self.sum += i128::from(account.balance().get());
        let seen = self.sums.remove(&account.id).unwrap_or_default();
        let is = |stated: Yen, derived: i128| i128::from(stated.get()) == derived;
        if !is(account.debits, seen.debits) || !is(account.credits, seen.credits) {
            return Err(Violation::Totals {
                account: account.id,
                stated: (account.debits, account.credits),
                derived: (seen.debits, seen.credits),
            });
        }
        if !is(account.held, seen.held) || !is(account.announced, seen.announced) {
            return Err(Violation::Holds {
                account: account.id,
                stated: (account.held, account.announced),
                derived: (seen.held, seen.announced),
            });
        }
        match account.floor {
            Some(floor) if account.balance().get() - account.held.get() < floor.get() => {
                Err(Violation::BelowFloor(account.id))
            }
            _ => Ok(()),
        }
    }

    /// After the last account: nothing may be left over, and the sum is zero.
    ///
    /// # Errors
    /// What does not hold.
    pub fn finish(self) -> Result<(), Violation> {
        if let Some(missing) = self.sums.keys().next() {
            return Err(Violation::AccountMissing(*missing));
        }
        if self.sum == 0 { Ok(()) } else { Err(Violation::NotConserved { sum: self.sum }) }
    }
}
