//! The book in memory: the accounts and holds in play, and the one way to change them.

use crate::{Account, AccountState, Hold, HoldState, Posting, Refusal, Transfer};
use std::collections::BTreeMap;
use terms::{AccountId, HoldId, Time, TransferId, Yen};

/// Accounts, holds and new transfers. A posting is applied whole or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    accounts: BTreeMap<AccountId, Account>,
    holds: BTreeMap<HoldId, Hold>,
    transfers: BTreeMap<TransferId, Transfer>,
}

impl Book {
    /// An empty book.
    pub const fn new() -> Self {
        Self { accounts: BTreeMap::new(), holds: BTreeMap::new(), transfers: BTreeMap::new() }
    }

    /// Brings an account into play.
    pub fn bring_account(&mut self, account: Account) {
        self.accounts.insert(account.id, account);
    }

    /// Brings a hold into play.
    pub fn bring_hold(&mut self, hold: Hold) {
        self.holds.insert(hold.id, hold);
    }

    /// Brings an earlier transfer into play, so that it can be reversed or found taken.
    pub fn bring_transfer(&mut self, transfer: Transfer) {
        self.transfers.insert(transfer.id, transfer);
    }

    /// An account in play.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    /// A hold in play.
    pub fn hold(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(&id)
    }

    /// All accounts in play, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// All holds in play, by id.
    pub fn holds(&self) -> impl Iterator<Item = &Hold> {
        self.holds.values()
    }

    /// Applies all postings or none: an atomic chain.
    ///
    /// # Errors
    /// The place of the first refused posting and why; the book is as before.
    pub fn apply_all(&mut self, postings: &[Posting], now: Time) -> Result<(), (usize, Refusal)> {
        let before = self.clone();
        for (place, posting) in postings.iter().enumerate() {
            if let Err(refusal) = self.apply(posting, now) {
                *self = before;
                return Err((place, refusal));
            }
        }
        Ok(())
    }

    /// Applies one posting.
    ///
    /// # Errors
    /// The first reason that applies; the book is as before.
    pub fn apply(&mut self, posting: &Posting, now: Time) -> Result<(), Refusal> {
        match posting {
            Posting::Open(account) => self.open(account),
            Posting::SetState(id, state) => self.set_state(*id, *state),
            Posting::Transfer(transfer) => self.transfer(transfer),
            Posting::Hold { id, debit, credit, amount, expires_at } => self.make_hold(Hold {
                id: *id,
                debit: *debit,
                credit: *credit,
                amount: *amount,
                captured: Yen::ZERO,
                state: HoldState::Held,
                expires_at: *expires_at,
                made_at: now,
            }),
            Posting::Capture { hold, transfer, amount } => self.capture(*hold, *transfer, *amount, now),
            Posting::Release(hold) => self.give_back(*hold, HoldState::Released),
            Posting::Expire(hold) => {
                let over = self.holds.get(hold).ok_or(Refusal::HoldUnknown)?.expires_at;
                if over.is_none_or(|at| now < at) {
                    return Err(Refusal::HoldNotExpired);
                }
                self.give_back(*hold, HoldState::Expired)
            }
        }
    }

    fn open(&mut self, account: &Account) -> Result<(), Refusal> {
        if self.accounts.contains_key(&account.id) {
            return Err(Refusal::IdTaken);
        }
        self.accounts.insert(account.id, Account::open(account.id, account.floor));
        Ok(())
    }

    fn set_state(&mut self, id: AccountId, state: AccountState) -> Result<(), Refusal> {
        let account = self.accounts.get_mut(&id).ok_or(Refusal::DebitUnknown)?;
        if account.state == AccountState::Closed && state != AccountState::Closed {
            return Err(Refusal::DebitClosed);
        }
        let empty = account.balance().get() == 0 && account.held.is_zero() && account.announced.is_zero();
        if state == AccountState::Closed && !empty {
            return Err(Refusal::NotEmpty);
        }
        account.state = state;
        Ok(())
    }

    fn transfer(&mut self, transfer: &Transfer) -> Result<(), Refusal> {
        if self.transfers.contains_key(&transfer.id) {
            return Err(Refusal::IdTaken);
        }
        self.check_ends(transfer.debit, transfer.credit, transfer.amount)?;
        if let Some(original) = transfer.reverses {
            let fits = self.transfers.get(&original).is_some_and(|original| {
                original.debit == transfer.credit
                    && original.credit == transfer.debit
                    && original.amount >= transfer.amount
            });
            if !fits {
                return Err(Refusal::ReversalUnfit);
            }
        }
        self.check_available(transfer.debit, transfer.amount)?;
        self.move_money(transfer)
    }

    fn make_hold(&mut self, hold: Hold) -> Result<(), Refusal> {
        if self.holds.contains_key(&hold.id) {
            return Err(Refusal::IdTaken);
        }
        self.check_ends(hold.debit, hold.credit, hold.amount)?;
        self.check_available(hold.debit, hold.amount)?;
        let held = self.accounts[&hold.debit].held.plus(hold.amount).ok_or(Refusal::TooMuch)?;
        let announced = self.accounts[&hold.credit].announced.plus(hold.amount).ok_or(Refusal::TooMuch)?;
        if let Some(account) = self.accounts.get_mut(&hold.debit) {
            account.held = held;
        }
        if let Some(account) = self.accounts.get_mut(&hold.credit) {
            account.announced = announced;
        }
        self.holds.insert(hold.id, hold);
        Ok(())
    }

    fn capture(&mut self, id: HoldId, transfer: TransferId, amount: Yen, now: Time) -> Result<(), Refusal> {
        if self.transfers.contains_key(&transfer) {
            return Err(Refusal::IdTaken);
        }
        if amount.is_zero() {
            return Err(Refusal::AmountZero);
        }
        let hold = self.holds.get(&id).ok_or(Refusal::HoldUnknown)?.clone();
        if hold.state != HoldState::Held {
            return Err(Refusal::HoldOver);
        }
        if hold.expires_at.is_some_and(|at| now >= at) {
            return Err(Refusal::HoldExpired);
        }
        if amount > hold.amount {
            return Err(Refusal::AboveHold);
        }
        self.check_ends(hold.debit, hold.credit, amount)?;
        let taken = Transfer {
            id: transfer,
            debit: hold.debit,
            credit: hold.credit,
            amount,
            at: now,
            captures: Some(id),
            reverses: None,
        };
        self.move_money(&taken)?;
        self.give_back(id, HoldState::Captured)?;
        if let Some(hold) = self.holds.get_mut(&id) {
            hold.captured = amount;
        }
        Ok(())
    }

    fn give_back(&mut self, id: HoldId, state: HoldState) -> Result<(), Refusal> {
        let hold = self.holds.get_mut(&id).ok_or(Refusal::HoldUnknown)?;
        if hold.state != HoldState::Held {
            return Err(Refusal::HoldOver);
        }
        let (debit, credit, amount) = (hold.debit, hold.credit, hold.amount);
        let held = self.accounts.get(&debit).ok_or(Refusal::DebitUnknown)?.held.less(amount);
        let announced = self.accounts.get(&credit).ok_or(Refusal::CreditUnknown)?.announced.less(amount);
        hold.state = state;
        if let Some(account) = self.accounts.get_mut(&debit) {
            account.held = held;
        }
        if let Some(account) = self.accounts.get_mut(&credit) {
            account.announced = announced;
        }
        Ok(())
    }

    fn check_ends(&self, debit: AccountId, credit: AccountId, amount: Yen) -> Result<(), Refusal> {
        if amount.is_zero() {
            return Err(Refusal::AmountZero);
        }
        if debit == credit {
            return Err(Refusal::SameAccount);
        }
        let payer = self.accounts.get(&debit).ok_or(Refusal::DebitUnknown)?.state;
        let payee = self.accounts.get(&credit).ok_or(Refusal::CreditUnknown)?.state;
        match (payer, payee) {
            (AccountState::Closed, _) => Err(Refusal::DebitClosed),
            (_, AccountState::Closed) => Err(Refusal::CreditClosed),
            (AccountState::Frozen | AccountState::FrozenOut, _) => Err(Refusal::DebitFrozen),
            (_, AccountState::Frozen) => Err(Refusal::CreditFrozen),
            (AccountState::Open, AccountState::Open | AccountState::FrozenOut) => Ok(()),
        }
    }

    fn check_available(&self, debit: AccountId, amount: Yen) -> Result<(), Refusal> {
        match self.accounts.get(&debit).and_then(Account::available) {
            Some(available) if available < amount => Err(Refusal::BelowFloor),
            _ => Ok(()),
        }
    }

    fn move_money(&mut self, transfer: &Transfer) -> Result<(), Refusal> {
        let payer = self.accounts.get(&transfer.debit).ok_or(Refusal::DebitUnknown)?;
        let payee = self.accounts.get(&transfer.credit).ok_or(Refusal::CreditUnknown)?;
        let debits = payer.debits.plus(transfer.amount).ok_or(Refusal::TooMuch)?;
        let credits = payee.credits.plus(transfer.amount).ok_or(Refusal::TooMuch)?;
        if let Some(account) = self.accounts.get_mut(&transfer.debit) {
            account.debits = debits;
        }
        if let Some(account) = self.accounts.get_mut(&transfer.credit) {
            account.credits = credits;
        }
        self.transfers.insert(transfer.id, transfer.clone());
        Ok(())
    }
}
