//! A sign-up on its way: codes are out, a passkey is still to be made.

use crate::sign_up::Locale;
use serde::{Deserialize, Serialize};
use terms::{CustomerId, Email, Phone, Secret, SignUpId, Time, exposed};

/// A sign-up that is not yet a customer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignUp {
    /// Which sign-up.
    pub id: SignUpId,
    /// The phone to be verified.
    pub phone: Phone,
    /// The address to be verified.
    pub email: Email,
    /// The language for codes and notices.
    pub locale: Locale,
    /// The code that went to the phone.
    #[serde(with = "exposed")]
    pub phone_code: Secret,
    /// The code that went to the mailbox.
    #[serde(with = "exposed")]
    pub email_code: Secret,
    /// The phone has a wallet already: no code was sent, and none will ever fit. The asker sees no difference.
    pub decoy: bool,
    /// Wrong tries.
    pub tries: u32,
    /// When both codes were right.
    pub confirmed_at: Option<Time>,
    /// The customer that it will become: the passkey's user handle (WebAuthn §5.4.3).
    pub customer: Option<CustomerId>,
    /// The passkey ceremony's state, as the server wrote it.
    pub ceremony: Option<String>,
    /// When it is over.
    pub expires_at: Time,
    /// When it became a customer.
    pub done_at: Option<Time>,
}

impl SignUp {
    /// Whether nothing more can be done with it.
    pub fn is_over(&self, now: Time) -> bool {
        self.done_at.is_some() || now >= self.expires_at
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A sign-up under way.
    pub(crate) fn sign_up() -> SignUp {
        SignUp {
            id: SignUpId::new(uuid::Uuid::from_u128(1)),
            phone: Phone::parse("09012345678").unwrap(),
            email: Email::parse("hanako@example.jp").unwrap(),
            locale: Locale::Ja,
            phone_code: Secret::new("123456"),
            email_code: Secret::new("654321"),
            decoy: false,
            tries: 0,
            confirmed_at: None,
            customer: None,
            ceremony: None,
            expires_at: Time::from_millis(600_000),
            done_at: None,
        }
    }
}
