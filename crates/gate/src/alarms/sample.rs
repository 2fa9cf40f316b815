//! Sightings for tests.

use crate::Sighting;
use terms::{BankCode, Digest, Time};

/// A number as a tag.
pub(super) fn digest(number: u64) -> Digest {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Digest::new(bytes)
}

/// A failure on an account, at the beginning of time.
pub(super) fn failure(number: u64, account: u64) -> Sighting {
    Sighting {
        number,
        at: Time::from_millis(0),
        bank: BankCode::parse("0001").expect("four digits"),
        method: "web".to_owned(),
        account: Some(digest(account)),
        secret: None,
        canary: false,
        worked: false,
        customer: None,
        device: None,
        address: None,
    }
}

/// A success on an account.
pub(super) fn success(number: u64, account: u64) -> Sighting {
    Sighting { worked: true, ..failure(number, account) }
}
