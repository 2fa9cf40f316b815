//! A purse: what a customer may use for what, settled and provisional value apart (P9).

use crate::{
    Code, Context, Event, Plan, Refusal, Row,
    event::Audience,
    payments::{Parcel, Payment},
    sign_up::Customer,
};
use ledger::{Account, Book, Posting, Transfer};
use terms::{AccountId, BankCode, CustomerId, HoldId, PaymentId, TransferId, Yen};
use uuid::Uuid;

/// How an amount is taken from the two accounts of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// From value that may be used for everything.
    pub main: Yen,
    /// From provisional value.
    pub young: Yen,
}

/// A customer's two accounts, seen through the book.
#[derive(Debug)]
pub struct Purse<'p> {
    book: &'p Book,
    customer: &'p Customer,
}

impl<'p> Purse<'p> {
    /// The purse of a customer whose accounts are in the book.
    pub const fn new(book: &'p Book, customer: &'p Customer) -> Self {
        Self { book, customer }
    }

    /// What can be used for everything.
    pub fn main(&self) -> Yen {
        self.available(self.customer.main)
    }

    /// What is provisional.
    pub fn young(&self) -> Yen {
        self.available(self.customer.young)
    }

    /// Takes an amount from settled value only.
    ///
    /// # Errors
    /// `value_provisional` where provisional value would be needed, else `insufficient_funds`.
    pub fn settled(&self, amount: Yen) -> Result<Share, Refusal> {
        if amount <= self.main() {
            return Ok(Share { main: amount, young: Yen::ZERO });
        }
        let with_young = self.main().plus(self.young()).unwrap_or(Yen::MAX);
        let code = if amount <= with_young { Code::ValueProvisional } else { Code::InsufficientFunds };
        Err(Refusal::new(code).field("amount"))
    }

    /// Takes an amount from provisional value first, then from settled value.
    ///
    /// # Errors
    /// `insufficient_funds`.
    pub fn any(&self, amount: Yen) -> Result<Share, Refusal> {
        let young = amount.min(self.young());
        let main = amount.less(young);
        if main <= self.main() {
            Ok(Share { main, young })
        } else {
            Err(Refusal::new(Code::InsufficientFunds).field("amount"))
        }
    }

    fn available(&self, id: AccountId) -> Yen {
        self.book.account(id).map_or(Yen::ZERO, Account::spendable_yen)
    }
}

impl Plan {
    /// Tells a customer of a payment.
    pub fn tell_customer(&mut self, at: &Context<'_>, customer: CustomerId, kind: &str, payment: &Payment) {
        self.tell(Event {
            audience: Audience::Customer(customer),
            at: at.moment.now,
            kind: kind.to_owned(),
            body: serde_json::json!({
                "payment": payment.id,
                "kind": payment.kind,
                "state": payment.state,
                "amount": payment.amount,
            }),
        });
    }

    /// Posts one transfer and gives its id.
    pub fn post_transfer(
        &mut self,
        pass: &gate::Pass<'_>,
        at: &Context<'_>,
        debit: AccountId,
        credit: AccountId,
        amount: Yen,
    ) -> TransferId {
        let id = TransferId::new(at.moment.uuid());
        self.post(pass, Posting::Transfer(Transfer::yen(id, debit, credit, amount, at.moment.now)));
        id
    }

    /// Posts a share of a customer's two accounts to one account; gives the ids of the one or two transfers.
    pub fn post_share(
        &mut self,
        pass: &gate::Pass<'_>,
        at: &Context<'_>,
        from: &Customer,
        to: AccountId,
        share: Share,
    ) -> Vec<TransferId> {
        [(from.main, share.main), (from.young, share.young)]
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(debit, amount)| self.post_transfer(pass, at, debit, to, amount))
            .collect()
    }

    /// Takes provisional value from parcels, those first that mature first.
    pub fn use_parcels(&mut self, parcels: &[Parcel], young: Yen) {
        let mut open = young;
        let mut by_age: Vec<&Parcel> = parcels.iter().filter(|parcel| !parcel.remaining.is_zero()).collect();
        by_age.sort_by_key(|parcel| (parcel.matures_at, parcel.id));
        for parcel in by_age {
            let used = open.min(parcel.remaining);
            if used.is_zero() {
                break;
            }
            open = open.less(used);
            self.put(Row::Parcel(Parcel { remaining: parcel.remaining.less(used), ..parcel.clone() }));
        }
    }
}

/// The ledger hold of a payment: one payment has at most one, under the same number.
pub const fn hold_of(payment: PaymentId) -> HoldId {
    HoldId::new(payment.uuid())
}

/// The account that money to a phone goes through when it is accepted; its balance is always zero afterwards.
pub const fn offers_account() -> AccountId {
    AccountId::new(system_account(0x0ffe_0000))
}

/// The clearing account of a bank: what the bank owes us is its balance below zero. It has no floor.
pub fn clearing_account(bank: BankCode) -> AccountId {
    AccountId::new(system_account(0x0ba2_0000 + u128::from(bank.number())))
}

/// Ids of accounts that belong to nobody outside: version 8 (RFC 9562, free use), so that no other id is like it.
const fn system_account(number: u128) -> Uuid {
    Uuid::from_u128((8 << 76) | (2 << 62) | number)
}

/// The key under which a customer's spending is summed.
pub fn spending_key(customer: CustomerId) -> String {
    format!("spending:{customer}")
}
