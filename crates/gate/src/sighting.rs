//! A sighting: one try at a bank's check, as alarms see it.

use serde::{Deserialize, Serialize};
use terms::{BankCode, CustomerId, DeviceId, Digest, Time};

/// One try at a bank's check of who holds an account: seen by us at the end of a consent, or told by the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Its place in the store's order, from 1 and growing.
    pub number: u64,
    /// When it happened. Banks may say when, so it need not grow.
    pub at: Time,
    /// The bank that checked.
    pub bank: BankCode,
    /// The verification method's code.
    pub method: String,
    /// Keyed tag of bank and bank account; nothing where the bank does not say which account.
    pub account: Option<Digest>,
    /// Keyed tag of the secret that was tried; only from banks that share it.
    pub secret: Option<Digest>,
    /// True when the account is a canary: a number that the bank never gave out.
    pub canary: bool,
    /// True when the check was passed.
    pub worked: bool,
    /// Who tried, where known.
    pub customer: Option<CustomerId>,
    /// The device, where known.
    pub device: Option<DeviceId>,
    /// The network address, where known.
    pub address: Option<String>,
}
