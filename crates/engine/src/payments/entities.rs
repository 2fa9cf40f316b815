//! What is kept about payments.

use crate::errand::BankReason;
use serde::{Deserialize, Serialize};
use terms::{
    BankCode, CustomerId, Digest, HoldId, LinkId, MerchantId, OrderId, ParcelId, PaymentId, Phone, SessionId,
    Time, TransferId, Yen,
};

/// What kind of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// From a bank account into the wallet.
    TopUp,
    /// To another customer.
    P2p,
    /// To a merchant.
    QrPayment,
    /// Back from a merchant.
    Refund,
    /// From the wallet to a bank account.
    Payout,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Money is held, the bank is asked.
    InProgress,
    /// The bank was asked and did not answer: it is asked again under the same id (P8).
    InDoubt,
    /// Money is held, the payee has not accepted yet.
    Waiting,
    /// Done.
    Completed,
    /// Refused by the bank; the money was given back.
    Refused,
    /// Declined or lapsed; the money was given back.
    Returned,
}

impl PaymentState {
    /// Whether nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Refused | Self::Returned)
    }
}

/// What a customer or merchant started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The id that the asker chose.
    pub id: PaymentId,
    /// What kind.
    pub kind: PaymentKind,
    /// Where it stands.
    pub state: PaymentState,
    /// How much.
    pub amount: Yen,
    /// The customer whose wallet it is about: payer, or for top-up and refund the receiver.
    pub customer: CustomerId,
    /// The customer at the other end of a p2p payment, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<CustomerId>,
    /// The phone that a p2p payment waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee_phone: Option<Phone>,
    /// The link, of a top-up or payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkId>,
    /// The bank, of a top-up or payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<BankCode>,
    /// The merchant, of a qr payment or refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
    /// The order that it pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The payment that a refund gives back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<PaymentId>,
    /// The hold on its money, while it is not final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldId>,
    /// The ledger transfers that moved its money.
    pub transfers: Vec<TransferId>,
    /// How much of it was provisional value (P9).
    pub provisional: Yen,
    /// What was given back of it.
    pub refunded: Yen,
    /// What its counterpart is called, masked where it is a person.
    pub counterpart: String,
    /// What the payer is called, as a payee sees it, masked.
    pub payer_name: String,
    /// The payer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Why the bank refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_reason: Option<BankReason>,
    /// The bank's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_reference: Option<String>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Payment {
    /// A payment of which no more is known than this.
    pub const fn new(
        id: PaymentId,
        kind: PaymentKind,
        state: PaymentState,
        amount: Yen,
        customer: CustomerId,
        now: Time,
    ) -> Self {
        Self {
            id,
            kind,
            state,
            amount,
            customer,
            payee: None,
            payee_phone: None,
            link: None,
            bank: None,
            merchant: None,
            order: None,
            original: None,
            hold: None,
            transfers: Vec::new(),
            provisional: Yen::ZERO,
            refunded: Yen::ZERO,
            counterpart: String::new(),
            payer_name: String::new(),
            message: None,
            bank_reason: None,
            bank_reference: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// What a merchant is told of it: nothing about the customer.
    pub fn merchant_body(&self) -> serde_json::Value {
        serde_json::json!({
            "payment": self.id,
            "kind": self.kind,
            "state": self.state,
            "amount": self.amount,
            "order": self.order,
            "original": self.original,
            "created_at": self.created_at.to_string(),
        })
    }
}

/// Provisional value from one top-up: how much is left of it, and when it matures (P9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Which parcel.
    pub id: ParcelId,
    /// Whose.
    pub customer: CustomerId,
    /// The payment that brought it.
    pub payment: PaymentId,
    /// How much is still provisional.
    pub remaining: Yen,
    /// When it becomes value like any other.
    pub matures_at: Time,
}

/// What was used of a rolling limit within one hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageEntry {
    /// What is limited, such as `top_up:lnk_…`.
    pub key: String,
    /// Hours since 1970.
    pub hour: i64,
    /// How much within it.
    pub sum: Yen,
}

/// A one-time code that a customer shows to a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentedCode {
    /// SHA-256 of its digits.
    pub code: Digest,
    /// Whose.
    pub customer: CustomerId,
    /// The session that it was made in: it is good only as long as that is open.
    pub session: SessionId,
    /// When it is over.
    pub expires_at: Time,
    /// The payment that used it.
    pub used_by: Option<PaymentId>,
}
