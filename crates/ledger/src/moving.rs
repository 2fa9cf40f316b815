//! Decides transfers: now, from the past, and back.

use crate::{
    AMOUNT_CAP, Account, AccountState, Book, Refusal, Transfer,
    accounts::Place,
    change::{Change, Decided},
};
use terms::{AccountId, Amount, Currency, Time, TransferId};

impl Book {
    /// The time of a transfer is its decider's, so one asked again under another time is the same transfer.
    pub(crate) fn decide_transfer(&self, transfer: &Transfer, now: Time) -> Decided {
        match self.transfer(transfer.id) {
            Some(known) if *known == (Transfer { at: known.at, ..transfer.clone() }) => Ok(None),
            Some(_) => Err(Refusal::IdTaken),
            None => self.decide_new(transfer, now),
        }
    }

    pub(crate) fn decide_import(&self, transfer: &Transfer, now: Time) -> Decided {
        match self.transfer(transfer.id) {
            Some(known) if known == transfer => Ok(None),
            Some(_) => Err(Refusal::IdTaken),
            None => self.decide_new(transfer, now),
        }
    }

    fn decide_new(&self, transfer: &Transfer, now: Time) -> Decided {
        check_amount(transfer.amount)?;
        if transfer.at > now {
            return Err(Refusal::TimeInFuture);
        }
        if transfer.debit == transfer.credit {
            return Err(Refusal::SameAccount);
        }
        if transfer.captures.is_some() {
            return Err(Refusal::CaptureStated);
        }
        let reversed = match transfer.reverses {
            Some(original) => Some((original, self.taken_back(original, transfer)?)),
            None => None,
        };
        let [(from, payer), (to, payee)] = self.ends(transfer.debit, transfer.credit, transfer.currency)?;
        if payer.available().is_some_and(|available| available < transfer.amount) {
            return Err(Refusal::BelowFloor);
        }
        let debits = payer.debits.plus(transfer.amount).ok_or(Refusal::TotalTooLarge)?;
        let credits = payee.credits.plus(transfer.amount).ok_or(Refusal::TotalTooLarge)?;
        let payer = Account { debits, ..payer.clone() };
        let payee = Account { credits, ..payee.clone() };
        Ok(Some(Change {
            accounts: [Some((from, payer)), Some((to, payee))],
            transfer: Some(transfer.clone()),
            reversed,
            ..Change::default()
        }))
    }

    /// How much of the original is taken back with this reversal.
    fn taken_back(&self, original: TransferId, back: &Transfer) -> Result<Amount, Refusal> {
        let known = self.transfers.get(&original).ok_or(Refusal::OriginalUnknown)?;
        let first = &known.transfer;
        if first.reverses.is_some() {
            return Err(Refusal::OriginalIsReversal);
        }
        if (first.credit, first.debit, first.currency) != (back.debit, back.credit, back.currency) {
            return Err(Refusal::NotTheOriginalsAccounts);
        }
        let sum = known.reversed.plus(back.amount).ok_or(Refusal::AboveOriginal)?;
        if sum > first.amount { Err(Refusal::AboveOriginal) } else { Ok(sum) }
    }

    /// The two accounts of a posting, if both take part in it.
    pub(crate) fn ends(
        &self,
        debit: AccountId,
        credit: AccountId,
        currency: Currency,
    ) -> Result<[(Place, &Account); 2], Refusal> {
        let (from, payer) = self.accounts.find(debit).ok_or(Refusal::DebitUnknown)?;
        let (to, payee) = self.accounts.find(credit).ok_or(Refusal::CreditUnknown)?;
        if (payer.currency, payee.currency) != (currency, currency) {
            return Err(Refusal::WrongCurrency);
        }
        if payer.state == AccountState::Closed {
            return Err(Refusal::DebitClosed);
        }
        if payee.state == AccountState::Closed {
            return Err(Refusal::CreditClosed);
        }
        if !payer.state.pays() {
            return Err(Refusal::DebitFrozen);
        }
        if !payee.state.receives() {
            return Err(Refusal::CreditFrozen);
        }
        Ok([(from, payer), (to, payee)])
    }
}

pub(crate) fn check_amount(amount: Amount) -> Result<(), Refusal> {
    match amount {
        Amount::ZERO => Err(Refusal::AmountZero),
        amount if amount > AMOUNT_CAP => Err(Refusal::AmountAboveCap),
        _ => Ok(()),
    }
}
