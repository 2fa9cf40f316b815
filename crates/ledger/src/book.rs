//! The book in memory: the accounts, holds and transfers in play, and the one way to change them.

use crate::{
    Account, Applied, BATCH_MAX, Hold, HoldState, Item, Posting, Refusal, Transfer,
    accounts::Accounts,
    change::{Decided, Undo},
};
use std::collections::BTreeMap;
use terms::{AccountId, Amount, HoldId, Time, TransferId};

/// Accounts, holds and transfers. A posting, and a chain of postings, is applied whole or not at all.
///
/// The book knows only what was brought in or applied: whoever loads it brings every row that a posting names (its
/// accounts, hold, own id and original), as far as it exists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    pub(crate) accounts: Accounts,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    pub(crate) transfers: BTreeMap<TransferId, Known>,
    /// What the chain that is being applied has changed; empty between calls.
    pub(crate) undo: Vec<Undo>,
}

/// A transfer, and how much of it was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) transfer: Transfer,
    pub(crate) reversed: Amount,
}

impl Book {
    /// An empty book.
    pub const fn new() -> Self {
        Self {
            accounts: Accounts::new(),
            holds: BTreeMap::new(),
            transfers: BTreeMap::new(),
            undo: Vec::new(),
        }
    }

    /// Brings an account into play.
    pub fn bring_account(&mut self, account: Account) {
        self.accounts.bring(account);
    }

    /// Brings a hold into play.
    pub fn bring_hold(&mut self, hold: Hold) {
        self.holds.insert(hold.id, hold);
    }

    /// Brings an earlier transfer into play, so that it can be reversed or found taken, with the sum of the transfers
    /// that have taken it back so far. One that is in play already stays as it is: the book knows it better.
    pub fn bring_transfer(&mut self, transfer: Transfer, reversed: Amount) {
        self.transfers.entry(transfer.id).or_insert(Known { transfer, reversed });
    }

    /// Forgets holds and transfers, so that the book can live on with its accounts; whoever loads it brings what is
    /// named later.
    pub fn keep_accounts(&mut self) {
        self.holds.clear();
        self.transfers.clear();
    }

    /// How many accounts are in play.
    pub fn accounts_count(&self) -> usize {
        self.accounts.len()
    }

    /// An account in play.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.find(id).map(|(_, account)| account)
    }

    /// A hold in play.
    pub fn hold(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(&id)
    }

    /// A transfer in play.
    pub fn transfer(&self, id: TransferId) -> Option<&Transfer> {
        // A new id is mostly the latest of all: one look at the end is faster than a search.
        let (last, _) = self.transfers.last_key_value()?;
        if *last < id { None } else { self.transfers.get(&id).map(|known| &known.transfer) }
    }

    /// How much of a transfer in play was taken back.
    pub fn reversed(&self, id: TransferId) -> Option<Amount> {
        self.transfers.get(&id).map(|known| known.reversed)
    }

    /// All accounts in play, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter()
    }

    /// All holds in play, by id.
    pub fn holds(&self) -> impl Iterator<Item = &Hold> {
        self.holds.values()
    }

    /// All transfers in play, by id.
    pub fn transfers(&self) -> impl Iterator<Item = &Transfer> {
        self.transfers.values().map(|known| &known.transfer)
    }

    /// Applies one posting.
    ///
    /// # Errors
    /// The first reason that applies; the book is as before.
    pub fn apply(&mut self, posting: &Posting, now: Time) -> Result<Applied, Refusal> {
        let done = self.step(posting, now);
        self.undo.clear();
        done
    }

    /// Applies a batch in order, chain by chain, and gives one outcome per item.
    ///
    /// A refused chain leaves no trace: the item at fault says why, the others [`Refusal::ChainBroken`]; the last item
    /// of a chain that does not end says [`Refusal::ChainOpen`]. Above [`BATCH_MAX`] items none is looked at.
    pub fn apply_all(&mut self, items: &[Item], now: Time) -> Vec<Result<Applied, Refusal>> {
        if items.len() > BATCH_MAX {
            return vec![Err(Refusal::BatchTooLarge); items.len()];
        }
        let mut outcomes = Vec::with_capacity(items.len());
        let mut rest = items;
        while !rest.is_empty() {
            let linked = rest.iter().take_while(|item| item.linked).count();
            let Some((chain, after)) = rest.split_at_checked(linked + 1) else {
                outcomes.resize(items.len() - 1, Err(Refusal::ChainBroken));
                outcomes.push(Err(Refusal::ChainOpen));
                break;
            };
            self.apply_chain(chain, now, &mut outcomes);
            rest = after;
        }
        outcomes
    }

    /// Expires every hold whose time is over, in the order of their ids, at most [`BATCH_MAX`], and gives their ids.
    pub fn expire_due(&mut self, now: Time) -> Vec<HoldId> {
        let is_due = |hold: &&Hold| hold.state == HoldState::Held && hold.is_due(now);
        let due: Vec<HoldId> = self.holds.values().filter(is_due).map(|hold| hold.id).collect();
        let expired = due.into_iter().filter(|id| self.apply(&Posting::Expire(*id), now).is_ok());
        expired.take(BATCH_MAX).collect()
    }

    fn apply_chain(&mut self, chain: &[Item], now: Time, outcomes: &mut Vec<Result<Applied, Refusal>>) {
        let begun = outcomes.len();
        for item in chain {
            let outcome = self.step(&item.posting, now);
            outcomes.push(outcome);
            if outcome.is_err() {
                self.roll_back();
                let (at_fault, end) = (outcomes.len() - 1, begun + chain.len());
                outcomes[begun..at_fault].fill(Err(Refusal::ChainBroken));
                outcomes.resize(end, Err(Refusal::ChainBroken));
                return;
            }
        }
        self.undo.clear();
    }

    /// Applies one posting and leaves in the log how to take it back.
    fn step(&mut self, posting: &Posting, now: Time) -> Result<Applied, Refusal> {
        match self.decide(posting, now)? {
            Some(change) => {
                self.write(change);
                Ok(Applied::Now)
            }
            None => Ok(Applied::Before),
        }
    }

    fn decide(&self, posting: &Posting, now: Time) -> Decided {
        match posting {
            Posting::Open(account) => self.decide_open(account),
            Posting::SetState(id, state) => self.decide_state(*id, *state),
            Posting::Transfer(transfer) => self.decide_transfer(transfer, now),
            Posting::Import(transfer) => self.decide_import(transfer, now),
            Posting::Hold { id, debit, credit, currency, amount, expires_at } => self.decide_hold(Hold {
                id: *id,
                debit: *debit,
                credit: *credit,
                currency: *currency,
                amount: *amount,
                captured: Amount::ZERO,
                state: HoldState::Held,
                expires_at: *expires_at,
                made_at: now,
            }),
            Posting::Capture { hold, transfer, amount } => {
                self.decide_capture(*hold, *transfer, *amount, now)
            }
            Posting::Release(hold) => self.decide_release(*hold),
            Posting::Expire(hold) => self.decide_expire(*hold, now),
        }
    }
}
