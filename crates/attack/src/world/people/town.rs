//! What everybody in the street can see: names to be paid under, shops and their codes.

use engine::merchants::Merchant;
use std::collections::{BTreeMap, BTreeSet};
use terms::{CustomerId, Handle, MerchantId, Phone};

/// The street.
#[derive(Debug, Default)]
pub struct Town {
    /// Names to be paid under.
    pub handles: Vec<Handle>,
    /// Numbers that people give to each other.
    pub phones: Vec<Phone>,
    /// Printed codes of shops.
    pub printed: Vec<String>,
    /// Codes that shops show for one order, the newest last.
    pub shown: Vec<String>,
    /// The shops.
    pub shops: BTreeMap<MerchantId, Merchant>,
    /// Who may have a wallet, and who that really is by the verifier's subject. Only the rules look here.
    pub wallets: BTreeMap<CustomerId, String>,
    /// Customers that were answered that they have a wallet. Only the rules look here.
    pub opened: BTreeSet<CustomerId>,
}
