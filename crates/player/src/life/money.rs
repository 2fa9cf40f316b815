//! Money in, across and out: top-up, transfer, payment by code, payout, closing; and waiting until it is settled.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Customer;
use crate::fields;
use crate::trouble::Trouble;
use crate::wallet::Wallet;

/// How often a payment is looked at while it is not settled.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A linked bank account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The wallet's name for the link.
    pub id: String,
    /// The bank's code.
    pub bank: String,
}

/// A payment as the wallet shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The wallet's name for it.
    pub id: String,
    /// `in_progress`, `in_doubt`, `waiting`, `completed`, `refused`, `returned`.
    pub state: String,
    /// Whole yen.
    pub amount: i64,
    /// The whole answer, for comparing.
    pub answer: Value,
}

/// Who is paid by a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payee<'a> {
    /// By the name that they gave out.
    Handle(&'a str),
    /// By mobile number; they have to accept.
    Phone(&'a str),
}

impl Payment {
    /// Reads `{payment: {…}}` or the payment itself.
    pub(crate) fn of(answer: Value, at: &str) -> Result<Self, Trouble> {
        let inner = if answer["payment"].is_object() { &answer["payment"] } else { &answer };
        let name = if inner["id"].is_string() { "id" } else { "payment" };
        Ok(Self {
            id: fields::id(inner, name, at)?,
            state: fields::text(inner, "state", at)?,
            amount: fields::yen(inner, "amount", at)?,
            answer,
        })
    }

    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self.state.as_str(), "completed" | "refused" | "returned")
    }
}

impl Customer {
    /// Moves `amount` yen from the linked bank account into the wallet. `id` is the asker's own.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the wallet does not begin it.
    pub async fn top_up(&self, id: Uuid, link: &Link, amount: i64) -> Result<Payment, Trouble> {
        let body = json!({ "id": id, "link": link.id, "amount": amount });
        self.pay(&self.wallet, "/v1/top-ups", &body).await
    }

    /// Moves `amount` yen from the wallet to the linked bank account. Needs a fresh step-up.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the wallet does not begin it.
    pub async fn payout(&self, id: Uuid, link: &Link, amount: i64) -> Result<Payment, Trouble> {
        let body = json!({ "id": id, "link": link.id, "amount": amount });
        self.pay(&self.wallet, "/v1/payouts", &body).await
    }

    /// Sends `amount` yen to another customer.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the wallet does not do it.
    pub async fn transfer(&self, id: Uuid, to: Payee<'_>, amount: i64) -> Result<Payment, Trouble> {
        let to = match to {
            Payee::Handle(handle) => json!({ "handle": handle }),
            Payee::Phone(phone) => json!({ "phone": phone }),
        };
        let body = json!({ "id": id, "to": to, "amount": amount });
        self.pay(&self.wallet, "/v1/transfers", &body).await
    }

    /// Takes a payment that waits for this customer.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where it does not wait for this customer.
    pub async fn accept(&self, payment: &str) -> Result<Payment, Trouble> {
        self.pay(&self.wallet, &format!("/v1/payments/{payment}/accept"), &json!({})).await
    }

    /// Pays a code read at a shop; a static code needs an amount, a dynamic one carries it.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the wallet does not do it.
    pub async fn pay_qr(&self, id: Uuid, payload: &str, amount: Option<i64>) -> Result<Payment, Trouble> {
        let mut body = json!({ "id": id, "payload": payload });
        if let Some(amount) = amount {
            body["amount"] = json!(amount);
        }
        self.pay(&self.wallet, "/v1/qr-payments", &body).await
    }

    /// A one-time code to show at a till: its digits.
    ///
    /// # Errors
    /// [`Trouble`] when none is given.
    pub async fn show_code(&self) -> Result<String, Trouble> {
        let answer = self.wallet.post("/v1/codes", &json!({})).await?;
        fields::text(&answer["code"], "digits", "POST /v1/codes")
    }

    /// Has the balance sent back to `link` and the wallet closed. Needs a fresh step-up.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the wallet does not begin it.
    pub async fn close(&self, id: Uuid, link: Option<&Link>) -> Result<Value, Trouble> {
        let mut body = json!({ "id": id });
        if let Some(link) = link {
            body["link"] = json!(link.id);
        }
        self.wallet.post("/v1/closings", &body).await
    }

    /// Waits until nothing more will happen to a payment, at most `limit_s` seconds.
    ///
    /// # Errors
    /// [`Trouble::TookTooLong`] with the last state seen.
    pub async fn settled(&self, payment: Payment, limit_s: u64) -> Result<Payment, Trouble> {
        let end = tokio::time::Instant::now() + Duration::from_secs(limit_s);
        let mut seen = payment;
        while !seen.is_final() {
            if tokio::time::Instant::now() >= end {
                let awaited = format!("payment {} to settle", seen.id);
                return Err(Trouble::TookTooLong { awaited, limit_s, last: seen.state });
            }
            tokio::time::sleep(LOOK_EVERY).await;
            let path = format!("/v1/payments/{}", seen.id);
            seen = Payment::of(self.wallet.get(&path).await?, &format!("GET {path}"))?;
        }
        Ok(seen)
    }

    /// Waits until at least `amount` yen can be used for anything, at most `limit_s` seconds.
    ///
    /// # Errors
    /// [`Trouble::TookTooLong`] with what the wallet last said.
    pub async fn matured(&self, amount: i64, limit_s: u64) -> Result<(), Trouble> {
        let end = tokio::time::Instant::now() + Duration::from_secs(limit_s);
        loop {
            let balances = self.wallet.balances().await?;
            if balances.available >= amount {
                return Ok(());
            }
            if tokio::time::Instant::now() >= end {
                let (now, young) = (fields::money(balances.available), fields::money(balances.provisional));
                return Err(Trouble::TookTooLong {
                    awaited: format!("{} to become available", fields::money(amount)),
                    limit_s,
                    last: format!("{now} available, {young} provisional"),
                });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn pay(&self, wallet: &Wallet, path: &str, body: &Value) -> Result<Payment, Trouble> {
        Payment::of(wallet.post(path, body).await?, &format!("POST {path}"))
    }
}
