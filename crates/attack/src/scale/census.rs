//! Everybody who is not kept: each depositor, bank account, device and address is derived from the seed and a number.
//!
//! The wallet with number w has its main account at one bank and may link a second one at another. No two wallets have
//! the same bank account, because numbers of accounts are a permutation of the wallets' places at a bank.

use super::settings::Settings;
use engine::directory::Directory;
use terms::{BankCode, CustomerId, DeviceId, Digest};
use uuid::Uuid;

/// Wallets that know each other, pay each other and are kept by one shard.
pub(super) const CIRCLE: u32 = 16;
/// Of these in a circle, some share one tablet.
const FAMILY: u32 = 4;
/// Two in a hundred wallets are used on a device of the family's.
const SHARES_DEVICE_PERCENT: u64 = 2;
/// Six in ten are reached through a mobile carrier, the others have an address at home.
const MOBILE_PERCENT: u64 = 60;
/// Customers for each public address of a carrier.
const BEHIND_ONE_ADDRESS: u32 = 256;
/// Carriers' addresses begin here.
const CARRIER: u32 = 10 << 24;
/// Addresses at home lie above those of carriers; those of attackers above all.
const HOME: u32 = 1 << 30;
const AWAY: u32 = 3 << 30;

/// 64 bits that belong to some numbers (SplitMix64's last step, Steele, Lea, Flood 2014).
pub(super) const fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// 64 bits that belong to a seed, a purpose and a number.
pub(super) const fn hash(seed: u64, purpose: u64, number: u64) -> u64 {
    mix(seed
        ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ number.wrapping_add(1).wrapping_mul(0xd129_0d3f_8e4d_9b5b))
}

/// A bank account: the bank's place in the list, and the depositor's number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) bank: u8,
    pub(super) number: u32,
}

impl Account {
    /// One number for it; never 0.
    pub(super) const fn key(self) -> u64 {
        ((self.bank as u64 + 1) << 32) | self.number as u64
    }

    /// Its keyed tag, as the alarms see it.
    pub(super) fn tag(self, seed: u64) -> Digest {
        let mut bytes = [0; 32];
        let tag = hash(seed, 11, self.key());
        bytes.iter_mut().zip(tag.to_be_bytes()).for_each(|(to, from)| *to = from);
        Digest::new(bytes)
    }
}

/// The rules by which everybody is derived.
#[derive(Debug, Clone)]
pub(super) struct Census {
    pub(super) seed: u64,
    pub(super) wallets: u32,
    pub(super) depositors: u64,
    /// The banks and the method that is used at each.
    pub(super) banks: Vec<(BankCode, String)>,
    /// Places become account numbers by `stride * place + start`, modulo the depositors; and back.
    stride: u64,
    back: u64,
    start: u64,
}

impl Census {
    pub(super) fn new(settings: &Settings) -> Self {
        let depositors = settings.depositors.max(1);
        let wanted = hash(settings.seed, 1, 0) % depositors;
        let (stride, back) = (wanted..)
            .take(1_000)
            .find_map(|stride| Some((stride, inverse(stride, depositors)?)))
            .unwrap_or((1, 1));
        let directory = Directory::embedded();
        let banks = directory.banks.values().take(settings.banks.try_into().unwrap_or(0));
        Self {
            seed: settings.seed,
            wallets: settings.wallets,
            depositors,
            banks: banks.filter_map(|bank| Some((bank.code, bank.methods.first()?.clone()))).collect(),
            stride,
            back,
            start: hash(settings.seed, 2, 0) % depositors,
        }
    }

    /// The main account (0) or the second one (1) of a wallet.
    pub(super) fn account(&self, wallet: u32, which: u8) -> Account {
        let banks = self.banks.len() as u32;
        let place = wallet / banks;
        let bank = (wallet % banks + u32::from(which) * shift(place, banks)) % banks;
        let slot = u64::from(place) * 2 + u64::from(which);
        let number = (self.stride * slot + self.start) % self.depositors;
        Account { bank: bank as u8, number: number as u32 }
    }

    /// Whose account it is, if the depositor is one of those who have a wallet or will have one.
    pub(super) fn owner(&self, account: Account) -> Option<(u32, u8)> {
        let banks = self.banks.len() as u64;
        let from_start = u64::from(account.number) + self.depositors - self.start;
        let slot = self.back * (from_start % self.depositors) % self.depositors;
        let (place, which) = (u32::try_from(slot / 2).ok()?, (slot % 2) as u8);
        let shifted = u64::from(which) * u64::from(shift(place, banks as u32));
        let bank = (u64::from(account.bank) + banks - shifted % banks) % banks;
        let wallet = u32::try_from(u64::from(place) * banks + bank).ok()?;
        (wallet < self.wallets).then_some((wallet, which))
    }

    /// The device on which a wallet is used, by how many it had before.
    pub(super) fn device(&self, wallet: u32, had: u8) -> u64 {
        let shares = hash(self.seed, 3, u64::from(wallet)) % 100 < SHARES_DEVICE_PERCENT;
        if shares && had == 0 {
            let family = wallet - wallet % FAMILY;
            return hash(self.seed, 4, u64::from(family) << 8);
        }
        hash(self.seed, 4, (u64::from(wallet) << 8) | u64::from(had))
    }

    /// From where a wallet is used on a day: 256 neighbouring numbers are a network.
    pub(super) fn address(&self, wallet: u32, day: u32) -> u32 {
        let person = u64::from(wallet);
        if hash(self.seed, 5, person) % 100 >= MOBILE_PERCENT {
            // A household is a network of its own kind: scattered over a provider's.
            return HOME | (hash(self.seed, 6, u64::from(wallet / FAMILY)) as u32 >> 2);
        }
        let addresses = (self.wallets / BEHIND_ONE_ADDRESS).max(16);
        CARRIER + (hash(self.seed, 7, (person << 16) | u64::from(day)) % u64::from(addresses)) as u32
    }

    /// An address that nobody used before: an attacker's.
    pub(super) fn fresh_address(&self, number: u64) -> u32 {
        AWAY | (hash(self.seed, 8, number) as u32 >> 2)
    }

    /// The name on the accounts of a wallet's owner, or of a depositor without one.
    pub(super) fn holder(&self, account: Account) -> u64 {
        let of = self.owner(account).map_or(account.key(), |(wallet, _)| u64::from(wallet));
        hash(self.seed, 9, of)
    }

    /// The customer's id.
    pub(super) fn customer(&self, wallet: u32) -> CustomerId {
        let half = |purpose| hash(self.seed, purpose, u64::from(wallet));
        CustomerId::new(Uuid::from_u64_pair(half(12), half(13)))
    }
}

/// The id of a device.
pub(super) fn device_id(device: u64) -> DeviceId {
    DeviceId::new(Uuid::from_u64_pair(hash(0, 14, device), device))
}

/// An address as it is shown.
pub(super) fn shown(address: u32) -> String {
    std::net::Ipv4Addr::from(address).to_string()
}

/// How many banks further the second account is; the same for all wallets of one place, so that none meet.
const fn shift(place: u32, banks: u32) -> u32 {
    if banks < 2 { 0 } else { 1 + place % (banks - 1) }
}

/// What undoes a multiplication modulo `of`; nothing where it cannot be undone (extended Euclid).
fn inverse(number: u64, of: u64) -> Option<u64> {
    let (mut rest, mut next) = (i128::from(of), i128::from(number % of.max(1)));
    let (mut factor, mut next_factor) = (0_i128, 1_i128);
    while next != 0 {
        let whole = rest / next;
        (rest, next) = (next, rest - whole * next);
        (factor, next_factor) = (next_factor, factor - whole * next_factor);
    }
    (rest == 1).then(|| u64::try_from(factor.rem_euclid(i128::from(of))).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_wallets_have_the_same_bank_account_and_each_is_found_from_it() {
        for (banks, depositors, wallets) in [(1, 1_000, 333), (3, 1_001, 1_000), (35, 1_000, 11_000)] {
            let settings = Settings { banks, depositors, wallets, ..Settings::default() };
            settings.check().expect("allowed");
            let census = Census::new(&settings);
            let mut seen = BTreeSet::new();
            for (wallet, which) in (0..wallets).flat_map(|wallet| [(wallet, 0), (wallet, 1)]) {
                let account = census.account(wallet, which);
                assert!(
                    u64::from(account.number) < depositors && usize::from(account.bank) < census.banks.len()
                );
                assert!(seen.insert(account.key()), "{wallet} {which} {account:?}");
                assert_eq!(census.owner(account), Some((wallet, which)));
            }
            let strangers = (0..depositors as u32)
                .filter(|number| census.owner(Account { bank: 0, number: *number }).is_none());
            assert!(strangers.count() > 0);
        }
    }
}
