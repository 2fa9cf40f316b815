//! What is kept about merchants.

use serde::{Deserialize, Serialize};
use terms::{AccountId, Digest, EndpointId, MerchantId, OrderId, PaymentId, Secret, Time, Yen, exposed};

/// A shop that is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// Which merchant.
    pub id: MerchantId,
    /// Its name.
    pub name: String,
    /// Its name in Latin letters, at most 25 as EMVCo allows.
    pub name_en: String,
    /// Its category (ISO 18245), four digits.
    pub category: String,
    /// Its city in Latin letters.
    pub city: String,
    /// Its number in JPQR codes, 13 digits.
    pub number: String,
    /// SHA-256 of its API key.
    pub key: Digest,
    /// Its account in our ledger.
    pub account: AccountId,
    /// When it joined.
    pub created_at: Time,
}

/// A merchant's order, shown as a dynamic QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The id that the merchant chose.
    pub id: OrderId,
    /// Whose.
    pub merchant: MerchantId,
    /// How much.
    pub amount: Yen,
    /// The merchant's words.
    pub memo: Option<String>,
    /// The reference label within the QR code.
    pub reference: String,
    /// When it can no longer be paid.
    pub expires_at: Time,
    /// The payment that paid it.
    pub paid_by: Option<PaymentId>,
}

/// Where a merchant wants webhooks sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    /// Which endpoint.
    pub id: EndpointId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where to.
    pub url: String,
    /// The key that signs, as Standard Webhooks writes it: `whsec_…`.
    #[serde(with = "exposed")]
    pub secret: Secret,
    /// When it was added.
    pub created_at: Time,
    /// When it was removed.
    pub removed_at: Option<Time>,
}
