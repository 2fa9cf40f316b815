//! What to do outside, after the commit: each errand is kept until it is done, and comes back as an ask.

use serde::{Deserialize, Serialize};
use terms::{
    BankCode, Email, EndpointId, ErrandId, LinkId, ParcelId, PaymentId, Phone, Secret, Span, Time, Yen,
    exposed,
};

/// What to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// A text to a phone.
    Sms {
        /// Whom to.
        to: Phone,
        /// What it says; it may hold a one-time code.
        #[serde(with = "exposed")]
        text: Secret,
    },
    /// A text to a mailbox.
    Mail {
        /// Whom to.
        to: Email,
        /// The subject line.
        subject: String,
        /// What it says; it may hold a one-time code.
        #[serde(with = "exposed")]
        text: Secret,
    },
    /// Ask a bank to book a debit or credit under the payment's id.
    Book(BankOrder),
    /// Ask a bank what became of a payment (P8).
    Inquire(BankOrder),
    /// Tell a bank that a link has ended.
    EndLink {
        /// Which link.
        link: LinkId,
    },
    /// Give back a grant of a bank that led to no link.
    Revoke {
        /// Which bank.
        bank: BankCode,
        /// The grant's refresh token.
        #[serde(with = "exposed")]
        refresh_token: Secret,
    },
    /// Send a webhook.
    Webhook {
        /// Where to.
        endpoint: EndpointId,
        /// The event's id: the webhook's id too.
        event: String,
        /// The body as it is sent and signed.
        body: String,
    },
    /// A parcel of provisional value has aged.
    Mature(ParcelId),
    /// A payment that waits for its payee has waited long enough.
    Lapse(PaymentId),
}

impl Errand {
    /// The lane that it runs in: errands of one lane wait for each other, and a slow one holds up no other lane.
    pub fn lane(&self) -> String {
        match self {
            Self::Sms { .. } | Self::Mail { .. } => "notice".to_owned(),
            Self::Book(order) | Self::Inquire(order) => format!("bank {}", order.bank),
            Self::Revoke { bank, .. } => format!("bank {bank}"),
            Self::EndLink { .. } => "bank".to_owned(),
            Self::Webhook { endpoint, .. } => format!("webhook {endpoint}"),
            Self::Mature(_) | Self::Lapse(_) => "clock".to_owned(),
        }
    }
}

/// What a bank is asked to book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankOrder {
    /// Our id of the payment, and the bank's id of the order.
    pub payment: PaymentId,
    /// Over which link.
    pub link: LinkId,
    /// At which bank.
    pub bank: BankCode,
    /// From the bank account to us, or back.
    pub direction: Direction,
    /// How much.
    pub amount: Yen,
}

/// Which way money moves at the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the bank account to us.
    Debit,
    /// From us to the bank account.
    Credit,
}

/// What a bank says of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankOutcome {
    /// It is booked.
    Booked {
        /// The bank's own reference.
        bank_reference: String,
    },
    /// It is refused, and nothing was booked.
    Refused {
        /// Why, in the bank's word.
        reason: BankReason,
    },
    /// The bank will book it later.
    Pending,
    /// The bank never saw this id (an answer to an inquiry only).
    Unknown,
    /// No answer came, or none that can be understood: whether it is booked is not known (P8).
    NoAnswer,
    /// The bank was not reached at all: nothing was sent.
    NotSent,
}

/// Why a bank refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankReason {
    /// Not enough money in the bank account.
    InsufficientFunds,
    /// Above what the depositor allowed, or the bank allows.
    OverLimit,
    /// The bank account is closed.
    AccountClosed,
    /// The depositor or the bank ended the link.
    LinkEnded,
    /// We stopped before the bank was asked (P7); not the bank's word but ours.
    Stopped,
    /// Another reason.
    Other,
}

/// An errand that a plan adds: its id, what to do and from when on.
#[derive(Debug, Clone)]
pub struct NewErrand {
    /// Its id, ordered by time.
    pub id: ErrandId,
    /// From when on.
    pub due_at: Time,
    /// What to do.
    pub errand: Errand,
}

/// When an errand that failed is tried again: after 1 s, 2 s, 4 s … at most an hour.
pub fn try_again_at(now: Time, tries: u32) -> Time {
    now.plus(Span::millis((1_000_i64 << tries.min(12)).min(3_600_000)))
}
