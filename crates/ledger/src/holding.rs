//! Decides holds: made, captured, released, expired.

use crate::{
    Account, Book, Hold, HoldState, Refusal, Transfer,
    accounts::Place,
    change::{Change, Decided},
    moving::check_amount,
};
use terms::{Amount, HoldId, Time, TransferId};

impl Book {
    pub(crate) fn decide_hold(&self, hold: Hold) -> Decided {
        if let Some(known) = self.holds.get(&hold.id) {
            // What became of it since is no content: who asks again wants the hold that was made.
            let made = Hold { captured: known.captured, state: known.state, made_at: known.made_at, ..hold };
            return if *known == made { Ok(None) } else { Err(Refusal::IdTaken) };
        }
        check_amount(hold.amount)?;
        if hold.debit == hold.credit {
            return Err(Refusal::SameAccount);
        }
        let [(from, payer), (to, payee)] = self.ends(hold.debit, hold.credit, hold.currency)?;
        if payer.available().is_some_and(|available| available < hold.amount) {
            return Err(Refusal::BelowFloor);
        }
        let held = payer.held.plus(hold.amount).ok_or(Refusal::TotalTooLarge)?;
        let announced = payee.announced.plus(hold.amount).ok_or(Refusal::TotalTooLarge)?;
        let payer = Account { held, ..payer.clone() };
        let payee = Account { announced, ..payee.clone() };
        let accounts = [Some((from, payer)), Some((to, payee))];
        Ok(Some(Change { accounts, hold: Some(hold), ..Change::default() }))
    }

    pub(crate) fn decide_capture(
        &self,
        id: HoldId,
        transfer: TransferId,
        amount: Amount,
        now: Time,
    ) -> Decided {
        if let Some(known) = self.transfer(transfer) {
            let same = (known.captures, known.amount) == (Some(id), amount);
            return if same { Ok(None) } else { Err(Refusal::IdTaken) };
        }
        check_amount(amount)?;
        let hold = self.holds.get(&id).ok_or(Refusal::HoldUnknown)?;
        check_held(hold)?;
        if hold.is_due(now) {
            return Err(Refusal::HoldExpired);
        }
        if amount > hold.amount {
            return Err(Refusal::AboveHold);
        }
        self.ends(hold.debit, hold.credit, hold.currency)?;
        let [(from, payer), (to, payee)] = self.given_back(hold)?;
        let debits = payer.debits.plus(amount).ok_or(Refusal::TotalTooLarge)?;
        let credits = payee.credits.plus(amount).ok_or(Refusal::TotalTooLarge)?;
        let taken = Transfer {
            id: transfer,
            debit: hold.debit,
            credit: hold.credit,
            currency: hold.currency,
            amount,
            at: now,
            captures: Some(id),
            reverses: None,
        };
        Ok(Some(Change {
            accounts: [Some((from, Account { debits, ..payer })), Some((to, Account { credits, ..payee }))],
            hold: Some(Hold { state: HoldState::Captured, captured: amount, ..hold.clone() }),
            transfer: Some(taken),
            ..Change::default()
        }))
    }

    pub(crate) fn decide_release(&self, id: HoldId) -> Decided {
        let hold = self.holds.get(&id).ok_or(Refusal::HoldUnknown)?;
        if hold.state == HoldState::Released { Ok(None) } else { self.over(hold, HoldState::Released) }
    }

    pub(crate) fn decide_expire(&self, id: HoldId, now: Time) -> Decided {
        let hold = self.holds.get(&id).ok_or(Refusal::HoldUnknown)?;
        if hold.state == HoldState::Expired {
            return Ok(None);
        }
        check_held(hold)?;
        if hold.is_due(now) { self.over(hold, HoldState::Expired) } else { Err(Refusal::HoldNotDue) }
    }

    /// All of a hold goes back, whatever the state of its accounts: that moves no money.
    fn over(&self, hold: &Hold, state: HoldState) -> Decided {
        check_held(hold)?;
        let accounts = self.given_back(hold)?.map(Some);
        Ok(Some(Change { accounts, hold: Some(Hold { state, ..hold.clone() }), ..Change::default() }))
    }

    /// The two accounts of a hold without it.
    fn given_back(&self, hold: &Hold) -> Result<[(Place, Account); 2], Refusal> {
        let (from, payer) = self.accounts.find(hold.debit).ok_or(Refusal::DebitUnknown)?;
        let (to, payee) = self.accounts.find(hold.credit).ok_or(Refusal::CreditUnknown)?;
        let held = payer.held.minus(hold.amount).ok_or(Refusal::HoldNotCovered)?;
        let announced = payee.announced.minus(hold.amount).ok_or(Refusal::HoldNotCovered)?;
        Ok([(from, Account { held, ..payer.clone() }), (to, Account { announced, ..payee.clone() })])
    }
}

const fn check_held(hold: &Hold) -> Result<(), Refusal> {
    match hold.state {
        HoldState::Held => Ok(()),
        HoldState::Captured => Err(Refusal::HoldCaptured),
        HoldState::Released => Err(Refusal::HoldReleased),
        HoldState::Expired => Err(Refusal::HoldExpired),
    }
}
