//! The accounts of a book: found by id once per posting, then by place.

use crate::Account;
use std::collections::BTreeMap;
use terms::AccountId;

/// Where an account stands, for as long as the book lives.
pub(crate) type Place = usize;

/// Accounts with their places. Two are equal when they have the same accounts, in whatever places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts {
    places: BTreeMap<AccountId, Place>,
    rows: Vec<Account>,
}

impl Accounts {
    pub(crate) const fn new() -> Self {
        Self { places: BTreeMap::new(), rows: Vec::new() }
    }

    pub(crate) fn find(&self, id: AccountId) -> Option<(Place, &Account)> {
        let place = *self.places.get(&id)?;
        Some((place, self.rows.get(place)?))
    }

    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// All accounts, by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Account> {
        self.places.values().filter_map(|place| self.rows.get(*place))
    }

    /// Adds an account, or puts it in the place of the one with its id.
    pub(crate) fn bring(&mut self, account: Account) {
        match self.places.get(&account.id) {
            Some(place) => drop(self.replace(*place, account)),
            None => self.add(account),
        }
    }

    /// Adds an account whose id is not there yet.
    pub(crate) fn add(&mut self, account: Account) {
        self.places.insert(account.id, self.rows.len());
        self.rows.push(account);
    }

    /// Takes the account away that was added last.
    pub(crate) fn take_last(&mut self) {
        if let Some(last) = self.rows.pop() {
            self.places.remove(&last.id);
        }
    }

    /// Puts an account in its place again and gives what stood there.
    pub(crate) fn replace(&mut self, place: Place, account: Account) -> Option<Account> {
        self.rows.get_mut(place).map(|row| std::mem::replace(row, account))
    }
}

impl PartialEq for Accounts {
    fn eq(&self, other: &Self) -> bool {
        self.places.len() == other.places.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Accounts {}
