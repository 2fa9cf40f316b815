//! A customer: a person with a wallet.

use crate::Ial;
use serde::{Deserialize, Serialize};
use terms::{AccountId, CustomerId, Digest, Email, Handle, Phone, Time};

/// Whether the wallet is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerState {
    /// In use.
    Active,
    /// The balance is on its way back to the bank; then it is closed.
    Closing,
    /// Closed for ever.
    Closed,
}

/// The language that a customer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

/// A person with a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Which customer.
    pub id: CustomerId,
    /// Whether the wallet is in use.
    pub state: CustomerState,
    /// The verified phone: one number, one customer.
    pub phone: Phone,
    /// The verified e-mail address.
    pub email: Email,
    /// The language.
    pub locale: Locale,
    /// The name given out to be paid.
    pub handle: Option<Handle>,
    /// How well it is known who this is.
    pub ial: Ial,
    /// The account of value that may be used for everything.
    pub main: AccountId,
    /// The account of provisional value (P9).
    pub young: AccountId,
    /// SHA-256 of the recovery code, bound before it is needed (H10).
    pub recovery_code: Option<Digest>,
    /// When the wallet was opened.
    pub created_at: Time,
    /// When it was closed.
    pub closed_at: Option<Time>,
}
