//! A bank's keyed names: of numbers that it never issued, of traps among them, and of secrets that were tried.

use crate::random;
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::{OptionalExtension, Transaction};

/// One in so many of the numbers that belong to nobody is a trap.
const ONE_IN: u16 = 100;

/// A bank's own key; it leaves the bank never.
pub(super) struct TagKey(hmac::Key);

impl TagKey {
    /// Reads the bank's key, or makes it.
    pub(super) fn of(tx: &Transaction<'_>, bank: &str) -> rusqlite::Result<Self> {
        let find = "SELECT secret FROM bank_tag_secrets WHERE bank = ?1";
        let known: Option<[u8; 32]> = tx.query_row(find, [bank], |row| row.get(0)).optional()?;
        let secret = match known {
            Some(secret) => secret,
            None => {
                let secret = random::secret();
                tx.execute("INSERT INTO bank_tag_secrets (bank, secret) VALUES (?1, ?2)", (bank, secret))?;
                secret
            }
        };
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &secret)))
    }

    fn mac(&self, kind: &str, text: &str) -> hmac::Tag {
        hmac::sign(&self.0, format!("{kind}\n{text}").as_bytes())
    }

    /// The name of a number that belongs to nobody: it looks like the name of any account.
    pub(super) fn unissued(&self, branch: &str, number: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac("unissued", &format!("{branch} {number}")))
    }

    /// Whether a number that belongs to nobody is a trap.
    pub(super) fn is_canary(&self, branch: &str, number: &str) -> bool {
        let mac = self.mac("canary", &format!("{branch} {number}"));
        u16::from_be_bytes([mac.as_ref()[0], mac.as_ref()[1]]).is_multiple_of(ONE_IN)
    }

    /// The name of a secret: the same PIN has the same name, at this bank.
    pub(super) fn secret(&self, secret: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac("secret", secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_one_number_in_a_hundred_is_a_trap() {
        let key = TagKey(hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]));
        let traps = (0..20_000).filter(|number| key.is_canary("001", &format!("{number:07}"))).count();
        assert!((120..=280).contains(&traps), "{traps}");
        assert_eq!(key.unissued("001", "9000000").len(), random::token().len());
        assert_ne!(key.secret("1234"), key.secret("1235"));
    }
}
