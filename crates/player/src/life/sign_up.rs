//! From a stranger to a customer: codes to phone and mail, then a passkey.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Customer, DEVICE_NAME};
use crate::authenticator::SoftwarePasskey;
use crate::fields;
use crate::sandbox::{Message, Person, Sandbox, code_in};
use crate::trouble::Trouble;
use crate::wallet::Wallet;

/// How long a code may take to arrive, in seconds.
const CODE_LIMIT_S: u64 = 20;

/// A sign-up under way.
pub struct SignUp {
    /// The wallet's name for the sign-up.
    pub id: String,
    wallet: Wallet,
    sandbox: Sandbox,
    person: Person,
    seen: BTreeSet<String>,
}

impl SignUp {
    /// Asks for a wallet with the person's phone and mail address.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way.
    pub async fn begin(wallet: &Wallet, sandbox: &Sandbox, person: Person) -> Result<Self, Trouble> {
        // What lies in the mailboxes already is not the answer to this.
        let phone = sandbox.phone(&person.phone).await?;
        let mail = sandbox.mailbox(&person.mail).await?;
        let seen = phone.into_iter().chain(mail).map(|message| message.id).collect();
        let wallet = wallet.signed_out();
        let body = json!({ "email": person.mail, "phone": person.phone, "locale": "ja" });
        let answer = wallet.post("/v1/sign-ups", &body).await?;
        let id = fields::id(&answer, "sign_up", "POST /v1/sign-ups")?;
        Ok(Self { id, wallet, sandbox: sandbox.clone(), person, seen })
    }

    /// Reads the two codes, phone's first, as they arrive.
    ///
    /// # Errors
    /// [`Trouble::TookTooLong`] when one does not arrive within 20 seconds.
    pub async fn read_codes(&self) -> Result<(String, String), Trouble> {
        let code = |message: &Message| code_in(&message.text);
        let phone = self.sandbox.await_on_phone(&self.person.phone, &self.seen, CODE_LIMIT_S, code).await?;
        let mail = self.sandbox.await_in_mailbox(&self.person.mail, &self.seen, CODE_LIMIT_S, code).await?;
        Ok((phone, mail))
    }

    /// Enters the two codes.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when one is wrong.
    pub async fn enter_codes(&self, phone_code: &str, email_code: &str) -> Result<(), Trouble> {
        let body = json!({ "phone_code": phone_code, "email_code": email_code });
        self.wallet.post(&format!("/v1/sign-ups/{}/codes", self.id), &body).await.map(|_| ())
    }

    /// Makes a passkey on a page at `origin` and becomes a customer.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way.
    pub async fn finish(self, origin: &str) -> Result<Customer, Trouble> {
        let path = format!("/v1/sign-ups/{}/passkey", self.id);
        let options = self.wallet.post(&format!("{path}/options"), &json!({})).await?;
        let mut passkey = SoftwarePasskey::new(origin);
        let credential = passkey.create(&options["publicKey"])?;
        let body = json!({ "credential": credential, "device_name": DEVICE_NAME });
        let answer = self.wallet.post(&path, &body).await?;
        let at = format!("POST {path}");
        let token = fields::text(&answer["session"], "token", &at)?;
        let id = fields::id(&answer, "customer", &at)?;
        let wallet = self.wallet.with_token(&token);
        Ok(Customer { person: self.person, id, wallet, sandbox: self.sandbox, passkey })
    }
}
