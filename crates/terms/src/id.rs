//! All kinds of ids, in one list: a UUID with a prefix that says whose it is.

use crate::Invalid;
use std::fmt;
use uuid::Uuid;

/// Crockford's base 32, lower case: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 26;

/// What each byte stands for; [`NO_DIGIT`] where it is no digit.
const VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < ALPHABET.len() {
        values[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
};
const NO_DIGIT: u8 = 255;

/// Digits are written at every row and event, so they go through no heap and no search.
fn encode(uuid: Uuid, to: &mut fmt::Formatter<'_>) -> fmt::Result {
    let bits = uuid.as_u128();
    let mut digits = [0; DIGITS];
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        *digit = ALPHABET[((bits >> (place * 5)) & 31) as usize];
    }
    // All digits are ASCII, so the other arm is never taken.
    to.write_str(std::str::from_utf8(&digits).unwrap_or_default())
}

fn decode(text: &str) -> Option<Uuid> {
    if text.len() != DIGITS {
        return None;
    }
    text.bytes()
        .try_fold(0u128, |bits, byte| {
            let digit = VALUES[usize::from(byte)];
            (digit != NO_DIGIT && bits >> 123 == 0).then_some((bits << 5) | u128::from(digit))
        })
        .map(Uuid::from_u128)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(Uuid);

        impl Ord for $name {
            /// As bytes, compared as one number: maps of ids are walked at every posting.
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.0.as_u128().cmp(&other.0.as_u128())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $name {
            /// The letters before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Takes any UUID; ours are version 7, an asker's may be of any version.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID within.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// Reads the prefixed text.
            ///
            /// # Errors
            /// Another prefix, or not 26 digits of Crockford's base 32.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(Invalid::new(
                        concat!($prefix, " id"),
                        concat!($prefix, "_ and 26 digits of Crockford's base 32, lower case"),
                    ))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                encode(self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An account in our ledger.
    AccountId "acc";
    /// The id that an asker chose for an ask (P3).
    AskId "ask";
    /// A passkey bound to a customer.
    AuthenticatorId "key";
    /// One round of a passkey or redirect ceremony.
    CeremonyId "cer";
    /// One authorisation at a bank by redirect.
    ConsentId "con";
    /// A person with a wallet.
    CustomerId "cus";
    /// A browser or phone, known by a long-lived cookie or the app's own id.
    DeviceId "dev";
    /// Where a merchant wants webhooks sent.
    EndpointId "end";
    /// Something to do outside.
    ErrandId "err";
    /// A reservation of money in our ledger.
    HoldId "hld";
    /// The standing right to debit a bank account.
    LinkId "lnk";
    /// A shop that is paid.
    MerchantId "mer";
    /// A merchant's order, shown as a dynamic QR code.
    OrderId "ord";
    /// A parcel of provisional value.
    ParcelId "par";
    /// What a customer started: top-up, p2p, qr payment, payout, refund.
    PaymentId "pay";
    /// One proof of identity.
    ProofingId "prf";
    /// One recovery of a lost sign-in.
    RecoveryId "rec";
    /// One sign-in on one device.
    SessionId "ses";
    /// One sign-up that is not yet a customer.
    SignUpId "sup";
    /// One debit and one credit in our ledger.
    TransferId "trf";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_refuses_other_kinds() {
        for bits in [0, 1, u128::MAX, 0x0192_5d3e_7c00_7abc_8def_0123_4567_89ab] {
            let id = CustomerId::new(Uuid::from_u128(bits));
            let text = id.to_string();
            assert_eq!(CustomerId::parse(&text), Ok(id));
            assert!(LinkId::parse(&text).is_err());
            assert!(CustomerId::parse(&text.to_uppercase()).is_err());
        }
        assert!(CustomerId::parse("cus_zzzzzzzzzzzzzzzzzzzzzzzzzz").is_err(), "over 128 bits");
        assert!(CustomerId::parse("cus_").is_err());
    }
}
