//! A bank's later word that does not fit what we booked: kept for finance, and no money moves by it.

use crate::{
    errand::BankOutcome,
    payments::{Payment, PaymentState},
};
use serde::{Deserialize, Serialize};
use terms::{BankCode, PaymentId, Time, Yen};

/// What a bank says, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankWord {
    /// It is booked.
    Booked,
    /// It is refused.
    Refused,
}

/// Where a bank and we do not agree about a payment; the bank's latest word on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// Which payment.
    pub payment: PaymentId,
    /// Whose word it is.
    pub bank: BankCode,
    /// How much it is about.
    pub amount: Yen,
    /// Where the payment stands with us; it stays there.
    pub ours: PaymentState,
    /// What the bank says.
    pub theirs: BankWord,
    /// The bank's own reference, where it gave one.
    pub bank_reference: Option<String>,
    /// When the bank said so.
    pub found_at: Time,
}

impl Discrepancy {
    /// What a bank's word about a payment that is final comes to: nothing where both agree.
    pub fn of(payment: &Payment, bank: BankCode, outcome: &BankOutcome, now: Time) -> Option<Self> {
        let (theirs, bank_reference) = match (payment.state, outcome) {
            (PaymentState::Refused | PaymentState::Returned, BankOutcome::Booked { bank_reference }) => {
                (BankWord::Booked, Some(bank_reference.clone()))
            }
            (PaymentState::Completed, BankOutcome::Refused { .. }) => (BankWord::Refused, None),
            _ => return None,
        };
        let (amount, ours) = (payment.amount, payment.state);
        Some(Self { payment: payment.id, bank, amount, ours, theirs, bank_reference, found_at: now })
    }
}
