//! A customer's life: each thing that a person does with the wallet is one method.

mod money;
mod proving;
mod sign_up;

pub use money::{Link, Payee, Payment};
pub use sign_up::SignUp;

use serde_json::json;

use crate::authenticator::SoftwarePasskey;
use crate::fields;
use crate::sandbox::{Person, Sandbox};
use crate::trouble::Trouble;
use crate::wallet::Wallet;

/// What the customer calls the device.
const DEVICE_NAME: &str = "player";

/// A person with a wallet, a passkey and a session. No `Debug`: it holds keys and tokens.
pub struct Customer {
    /// Who it is outside the wallet.
    pub person: Person,
    /// The wallet's name for the customer.
    pub id: String,
    /// The wallet, signed in.
    pub wallet: Wallet,
    pub(crate) sandbox: Sandbox,
    pub(crate) passkey: SoftwarePasskey,
}

impl Customer {
    /// Signs `person` up: codes from phone and mail, a passkey, a session. `origin` is where the wallet's pages live.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way.
    pub async fn sign_up(
        wallet: &Wallet,
        sandbox: &Sandbox,
        person: Person,
        origin: &str,
    ) -> Result<Self, Trouble> {
        let sign_up = SignUp::begin(wallet, sandbox, person).await?;
        let (phone_code, email_code) = sign_up.read_codes().await?;
        sign_up.enter_codes(&phone_code, &email_code).await?;
        sign_up.finish(origin).await
    }

    /// Signs in by passkey without saying who it is, and continues under the new session.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way.
    pub async fn sign_in(&mut self) -> Result<(), Trouble> {
        let out = self.wallet.signed_out();
        let options = out.post("/v1/sessions/options", &json!({})).await?;
        let at = "POST /v1/sessions";
        let ceremony = fields::id(&options, "ceremony", "POST /v1/sessions/options")?;
        let credential = self.passkey.get(&options["publicKey"])?;
        let body = json!({ "ceremony": ceremony, "credential": credential, "device_name": DEVICE_NAME });
        let answer = out.post("/v1/sessions", &body).await?;
        let customer = fields::id(&answer, "customer", at)?;
        if customer != self.id {
            return Err(Trouble::Unexpected { at: at.to_owned(), expected: self.id.clone(), got: customer });
        }
        self.wallet = out.with_token(&fields::text(&answer["session"], "token", at)?);
        Ok(())
    }

    /// Signs once more with the passkey, so that the session may pay out for a while.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way.
    pub async fn step_up(&mut self) -> Result<(), Trouble> {
        let options = self.wallet.post("/v1/step-ups/options", &json!({})).await?;
        let ceremony = fields::id(&options, "ceremony", "POST /v1/step-ups/options")?;
        let credential = self.passkey.get(&options["publicKey"])?;
        let body = json!({ "ceremony": ceremony, "credential": credential });
        let answer = self.wallet.post("/v1/step-ups", &body).await?;
        fields::text(&answer, "stepped_up_until", "POST /v1/step-ups").map(|_| ())
    }

    /// Takes a name to be paid under.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be had.
    pub async fn take_handle(&self, handle: &str) -> Result<(), Trouble> {
        self.wallet.put("/v1/wallet/handle", &json!({ "handle": handle })).await.map(|_| ())
    }
}
