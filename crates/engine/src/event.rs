//! What customers, merchants and the operator's staff are told as it happens: the streams of events and the webhooks.

use serde::{Deserialize, Serialize};
use terms::{CustomerId, MerchantId, Time};

/// Whom an event is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// A customer.
    Customer(CustomerId),
    /// A merchant.
    Merchant(MerchantId),
    /// Everybody of the operator's staff.
    Operators,
}

impl Audience {
    /// As stored text.
    pub fn key(&self) -> String {
        match self {
            Self::Customer(id) => id.to_string(),
            Self::Merchant(id) => id.to_string(),
            Self::Operators => "operators".to_owned(),
        }
    }
}

/// One event. The store numbers events in the order of their commits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Whom it is for.
    pub audience: Audience,
    /// When.
    pub at: Time,
    /// Its kind, `thing.happening`, such as `payment.completed`.
    pub kind: String,
    /// What happened, as the API shows it.
    pub body: serde_json::Value,
}
