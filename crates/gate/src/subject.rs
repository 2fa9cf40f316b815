//! By whom attempts are counted.

use serde::{Deserialize, Serialize};
use terms::{BankCode, CustomerId, DeviceId, Digest};

/// An axis on which attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The customer.
    Customer,
    /// The device.
    Device,
    /// The network address.
    Address,
    /// The bank.
    Bank,
    /// The bank account, by keyed tag.
    BankAccount,
    /// The holder's name, by keyed tag.
    Holder,
}

impl By {
    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Device => "device",
            Self::Address => "address",
            Self::Bank => "bank",
            Self::BankAccount => "bank_account",
            Self::Holder => "holder",
        }
    }
}

/// Who and what an attempt concerns, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subjects {
    /// The customer.
    pub customer: Option<CustomerId>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The network: an IPv4 address, or the /64 of an IPv6 address.
    pub address: Option<String>,
    /// The bank.
    pub bank: Option<BankCode>,
    /// The bank account, by keyed tag.
    pub bank_account: Option<Digest>,
    /// The holder's name, by keyed tag.
    pub holder: Option<Digest>,
}
