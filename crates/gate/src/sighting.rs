//! A sighting: one try at a bank's check, as the alarms see it.

use serde::{Deserialize, Serialize};
use terms::{BankCode, CustomerId, DeviceId, Digest, Time};

/// One try at a bank's check: seen by us when a person comes back from the bank, or told by the bank's signed word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Its place in the order of all sightings; 0 until the store gives it one.
    pub number: u64,
    /// When it was tried.
    pub at: Time,
    /// At which bank.
    pub bank: BankCode,
    /// By which of its methods.
    pub method: String,
    /// Keyed tag of bank and bank account; nothing where the bank does not share it.
    pub account: Option<Digest>,
    /// Keyed tag of the secret that was tried, only from banks that share it. Never the secret, nor a hash of it (P13).
    pub secret: Option<Digest>,
    /// Whether the number belongs to nobody and was handed out as a trap.
    pub canary: bool,
    /// Whether the bank's check was passed.
    pub worked: bool,
    /// The customer, where it is known.
    pub customer: Option<CustomerId>,
    /// The device, where it is known.
    pub device: Option<DeviceId>,
    /// The network, where it is known: an IPv4 address, or the /64 of an IPv6 address.
    pub address: Option<String>,
}
