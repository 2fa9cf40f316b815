//! Proof of a whole book: every balance again from the transfers, every hold against its account.

use crate::{Account, Hold, HoldState, Transfer};
use std::collections::BTreeMap;
use terms::{AccountId, Amount, Currency};

/// The first thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// The sum over all balances of a currency is not zero (P1).
    NotConserved {
        /// Which currency.
        currency: Currency,
        /// What the sum is, in minor units.
        sum: i128,
    },
    /// An account's totals are not those of its transfers.
    Totals {
        /// Which account.
        account: AccountId,
        /// Its currency.
        currency: Currency,
        /// Debits and credits that it states.
        stated: (Amount, Amount),
        /// Debits and credits of its transfers.
        derived: (i128, i128),
    },
    /// An account stands below its floor.
    BelowFloor(AccountId),
    /// An account's held or announced sum is not that of its open holds.
    Holds {
        /// Which account.
        account: AccountId,
        /// Its currency.
        currency: Currency,
        /// Held and announced, as it states.
        stated: (Amount, Amount),
        /// Held and announced, as its holds say.
        derived: (i128, i128),
    },
    /// A transfer or hold is in another currency than its account.
    WrongCurrency {
        /// Which account.
        account: AccountId,
        /// Its currency.
        currency: Currency,
        /// The other currency.
        found: Currency,
    },
    /// A transfer or hold names an account that is not there.
    AccountMissing(AccountId),
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |currency: &Currency, amount: Amount| currency.show(i128::from(amount.get()));
        match self {
            Self::NotConserved { currency, sum } => {
                write!(f, "the sum over all balances in {currency} is {}, not zero", currency.show(*sum))
            }
            Self::Totals { account, currency, stated, derived } => write!(
                f,
                "account {account} states debits {} and credits {}, its transfers say {} and {}",
                shown(currency, stated.0),
                shown(currency, stated.1),
                currency.show(derived.0),
                currency.show(derived.1)
            ),
            Self::BelowFloor(account) => write!(f, "account {account} stands below its floor"),
            Self::Holds { account, currency, stated, derived } => write!(
                f,
                "account {account} states {} held and {} announced, its holds say {} and {}",
                shown(currency, stated.0),
                shown(currency, stated.1),
                currency.show(derived.0),
                currency.show(derived.1)
            ),
            Self::WrongCurrency { account, currency, found } => {
                write!(f, "account {account} is in {currency} and a transfer or hold of it in {found}")
            }
            Self::AccountMissing(account) => write!(f, "account {account} is named and not there"),
        }
    }
}

/// What was seen of one account in one currency.
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
    sums: BTreeMap<(AccountId, Currency), Sums>,
    /// Transfers seen.
    pub transfers: u64,
    /// Holds seen.
    pub holds: u64,
    /// Accounts seen.
    pub accounts: u64,
    balances: BTreeMap<Currency, i128>,
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
        self.sums.entry((transfer.debit, transfer.currency)).or_default().debits += amount;
        self.sums.entry((transfer.credit, transfer.currency)).or_default().credits += amount;
    }

    /// Adds a hold.
    pub fn hold(&mut self, hold: &Hold) {
        self.holds += 1;
        let amount = if hold.state == HoldState::Held { i128::from(hold.amount.get()) } else { 0 };
        self.sums.entry((hold.debit, hold.currency)).or_default().held += amount;
        self.sums.entry((hold.credit, hold.currency)).or_default().announced += amount;
    }

    /// Checks an account against what was seen of it.
    ///
    /// # Errors
    /// What does not hold.
    pub fn account(&mut self, account: &Account) -> Result<(), Violation> {
        self.accounts += 1;
        let (id, currency) = (account.id, account.currency);
        *self.balances.entry(currency).or_default() += i128::from(account.balance().get());
        let seen = self.sums.remove(&(id, currency)).unwrap_or_default();
        let is = |stated: Amount, derived: i128| i128::from(stated.get()) == derived;
        if !is(account.debits, seen.debits) || !is(account.credits, seen.credits) {
            let (stated, derived) = ((account.debits, account.credits), (seen.debits, seen.credits));
            return Err(Violation::Totals { account: id, currency, stated, derived });
        }
        if !is(account.held, seen.held) || !is(account.announced, seen.announced) {
            let (stated, derived) = ((account.held, account.announced), (seen.held, seen.announced));
            return Err(Violation::Holds { account: id, currency, stated, derived });
        }
        let others = self.sums.range((id, Currency::FIRST)..);
        if let Some((&(_, found), _)) = others.take_while(|((of, _), _)| *of == id).next() {
            return Err(Violation::WrongCurrency { account: id, currency, found });
        }
        if account.keeps_floor() { Ok(()) } else { Err(Violation::BelowFloor(id)) }
    }

    /// After the last account: nothing may be left over, and each currency's sum is zero.
    ///
    /// # Errors
    /// What does not hold.
    pub fn finish(self) -> Result<(), Violation> {
        if let Some((missing, _)) = self.sums.keys().next() {
            return Err(Violation::AccountMissing(*missing));
        }
        match self.balances.into_iter().find(|(_, sum)| *sum != 0) {
            Some((currency, sum)) => Err(Violation::NotConserved { currency, sum }),
            None => Ok(()),
        }
    }
}
