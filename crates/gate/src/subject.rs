//! By whom attempts are counted.

use crate::network_around;
use serde::{Deserialize, Serialize};
use terms::{BankCode, CustomerId, DeviceId, Digest, Yen};

/// An axis on which attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The customer.
    Customer,
    /// The device.
    Device,
    /// The network address: an IPv4 address, or the /64 of an IPv6 address.
    Address,
    /// The network around it: the /24 of an IPv4 address, or the /48 of an IPv6 address.
    Network,
    /// The bank.
    Bank,
    /// The bank account, by keyed tag.
    BankAccount,
    /// The holder's name, by keyed tag.
    Holder,
    /// The customer who is paid.
    Payee,
    /// The customer who asks, where that one was paid by others.
    AsPayee,
}

impl By {
    /// All axes.
    pub const ALL: &'static [Self] = &[
        Self::Customer,
        Self::Device,
        Self::Address,
        Self::Network,
        Self::Bank,
        Self::BankAccount,
        Self::Holder,
        Self::Payee,
        Self::AsPayee,
    ];

    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Device => "device",
            Self::Address => "address",
            Self::Network => "network",
            Self::Bank => "bank",
            Self::BankAccount => "bank_account",
            Self::Holder => "holder",
            Self::Payee => "payee",
            Self::AsPayee => "as_payee",
        }
    }

    /// Whether many people share one: from where, at which bank, under which name. Money that moves is not counted by
    /// these, so that each movement costs the store fewer orders to keep.
    pub const fn is_place(self) -> bool {
        matches!(self, Self::Device | Self::Address | Self::Network | Self::Bank | Self::Holder)
    }
}

/// Who and what an attempt concerns, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subjects {
    /// The customer.
    pub customer: Option<CustomerId>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The network address: an IPv4 address, or the /64 of an IPv6 address.
    pub address: Option<String>,
    /// The network around it: the /24 of an IPv4 address, or the /48 of an IPv6 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// The bank.
    pub bank: Option<BankCode>,
    /// The bank account, by keyed tag.
    pub bank_account: Option<Digest>,
    /// The holder's name, by keyed tag.
    pub holder: Option<Digest>,
    /// The customer who is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<CustomerId>,
    /// How much is to move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Yen>,
}

impl Subjects {
    /// What is known from the place alone: the device, and the address with the network around it.
    pub fn at(device: Option<DeviceId>, address: Option<String>) -> Self {
        let network = address.as_deref().and_then(network_around);
        Self { device, address, network, ..Self::default() }
    }
}
