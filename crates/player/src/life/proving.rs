//! Redirects: proving one's identity, linking a bank account, signing in through an outside provider.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Customer, Link};
use crate::fields;
use crate::trouble::Trouble;
use crate::wallet::Wallet;

/// What a person signs at the bank, whole yen.
const PER_DEBIT_LIMIT: i64 = 100_000;
const PER_DAY_LIMIT: i64 = 300_000;

/// How the sandbox's people can prove who they are: with cards that lie around there.
const CARD_METHODS: [&str; 2] = ["jpki_signature", "ic_chip_licence"];

impl Customer {
    /// Proves the identity with the customer's own card, by the first method for cards that the wallet offers.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way.
    pub async fn prove_identity(&self) -> Result<(), Trouble> {
        let at = "GET /v1/proofing-methods";
        let methods = self.wallet.get("/v1/proofing-methods").await?;
        let offered = fields::list(&methods, "methods", at)?;
        let names = offered.iter().filter_map(|method| {
            [&method["method"], &method["code"], method].into_iter().find_map(Value::as_str)
        });
        let Some(method) = names.into_iter().find(|name| CARD_METHODS.contains(name)) else {
            let expected = format!("one of {}", CARD_METHODS.join(", "));
            return Err(Trouble::Unexpected { at: at.to_owned(), expected, got: fields::shown(&methods) });
        };
        let flow = self.wallet.post("/v1/proofings", &json!({ "method": method })).await?;
        let at = "POST /v1/proofings";
        let proofing = fields::id(&flow, "proofing", at)?;
        let returned =
            self.sandbox.walk(&fields::text(&flow, "start_url", at)?, &self.person.id, true).await?;
        let body = returned.finish_body(&fields::text(&flow, "flow_secret", at)?);
        self.wallet.post(&format!("/v1/proofings/{proofing}/finish"), &body).await.map(|_| ())
    }

    /// Links the customer's own account at `bank` by `method`.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way; [`Trouble::Refused`] carries the wallet's reason.
    pub async fn link(&self, bank: &str, method: &str) -> Result<Link, Trouble> {
        self.link_walked_by(bank, method, &self.person.id, true).await
    }

    /// Links at `bank`, where the sandbox's `person` sits before the bank's pages and says yes or no.
    ///
    /// # Errors
    /// As [`Customer::link`].
    pub async fn link_walked_by(
        &self,
        bank: &str,
        method: &str,
        person: &str,
        yes: bool,
    ) -> Result<Link, Trouble> {
        let at = "POST /v1/consents";
        let flow = self.ask_consent(bank, method).await?;
        let consent = fields::id(&flow, "consent", at)?;
        let returned = self.sandbox.walk(&fields::text(&flow, "authorize_url", at)?, person, yes).await?;
        let body = returned.finish_body(&fields::text(&flow, "flow_secret", at)?);
        let path = format!("/v1/consents/{consent}/finish");
        let answer = self.wallet.post(&path, &body).await?;
        let id = fields::id(&answer, "link", &format!("POST {path}"))?;
        Ok(Link { id, bank: bank.to_owned() })
    }

    /// Asks for a consent and does not go to the bank.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the wallet does not even begin.
    pub async fn ask_consent(&self, bank: &str, method: &str) -> Result<Value, Trouble> {
        let body = json!({
            "id": Uuid::now_v7(), "bank": bank, "method": method,
            "per_debit_limit": PER_DEBIT_LIMIT, "per_day_limit": PER_DAY_LIMIT,
        });
        self.wallet.post("/v1/consents", &body).await
    }

    /// Ends a link.
    ///
    /// # Errors
    /// [`Trouble`] when it does not end.
    pub async fn unlink(&self, link: &Link) -> Result<(), Trouble> {
        self.wallet.delete(&format!("/v1/links/{}", link.id)).await.map(|_| ())
    }

    /// Binds the first outside provider to this wallet.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way.
    pub async fn bind_provider(&self) -> Result<(), Trouble> {
        self.federated(&self.wallet, "bind").await.map(|_| ())
    }

    /// A session opened through the outside provider: enough to look, never to link or move money.
    ///
    /// # Errors
    /// The first [`Trouble`] on the way.
    pub async fn sign_in_by_provider(&self) -> Result<Wallet, Trouble> {
        let out = self.wallet.signed_out();
        let answer = self.federated(&out, "sign_in").await?;
        let token = fields::text(&answer["session"], "token", "POST /v1/federated/…/finish")?;
        Ok(out.with_token(&token))
    }

    async fn federated(&self, wallet: &Wallet, purpose: &str) -> Result<Value, Trouble> {
        let at = "GET /v1/federated-providers";
        let providers = wallet.get("/v1/federated-providers").await?;
        let provider = match fields::list(&providers, "providers", at)?.first() {
            Some(Value::String(provider)) => provider.clone(),
            Some(object) if object["id"].is_string() => fields::id(object, "id", at)?,
            Some(object) => fields::id(object, "provider", at)?,
            None => {
                let (expected, got) = ("at least one provider".to_owned(), "none".to_owned());
                return Err(Trouble::Unexpected { at: at.to_owned(), expected, got });
            }
        };
        let body = json!({ "provider": provider, "purpose": purpose });
        let flow = wallet.post("/v1/federated", &body).await?;
        let at = "POST /v1/federated";
        let id = fields::id(&flow, "flow", at)?;
        let returned =
            self.sandbox.walk(&fields::text(&flow, "authorize_url", at)?, &self.person.id, true).await?;
        let body = returned.finish_body(&fields::text(&flow, "flow_secret", at)?);
        wallet.post(&format!("/v1/federated/{id}/finish"), &body).await
    }
}
