//! A client of the wallet's API, asked by one customer, merchant or operator, or by nobody yet.

use serde_json::Value;

use crate::fields;
use crate::http::Http;
use crate::trouble::Trouble;

/// The wallet's API at one address, under one bearer token or none. No `Debug`: it carries the token.
#[derive(Clone)]
pub struct Wallet(Http);

/// What `GET /v1/wallet` says, in whole yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Balances {
    /// Everything that is the customer's.
    pub balance: i64,
    /// What can be used for anything.
    pub available: i64,
    /// What is too young for transfers and payouts.
    pub provisional: i64,
    /// What waits for a payment to end.
    pub held: i64,
}

impl Wallet {
    /// The wallet at `url` (`http://host:port`), without a token.
    ///
    /// # Errors
    /// [`Trouble::Option`] when `url` is not usable.
    pub fn at(url: &str) -> Result<Self, Trouble> {
        Http::new(url).map(Self)
    }

    /// The same wallet under a bearer token: a session, a merchant's key or an operator's token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self(self.0.with_bearer(token))
    }

    /// The same wallet, not signed in.
    #[must_use]
    pub fn signed_out(&self) -> Self {
        Self(self.0.without_bearer())
    }

    /// The address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.base()
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.0.bearer()
    }

    /// The answer to a GET.
    ///
    /// # Errors
    /// [`Trouble::Refused`] with the code for a status of 400 or more; other [`Trouble`] when no usable answer came.
    pub async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.0.ask("GET", path, None).await
    }

    /// The answer to a POST of JSON.
    ///
    /// # Errors
    /// As [`Wallet::get`].
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Trouble> {
        self.0.ask("POST", path, Some(body)).await
    }

    /// The answer to a PUT of JSON.
    ///
    /// # Errors
    /// As [`Wallet::get`].
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value, Trouble> {
        self.0.ask("PUT", path, Some(body)).await
    }

    /// The answer to a DELETE.
    ///
    /// # Errors
    /// As [`Wallet::get`].
    pub async fn delete(&self, path: &str) -> Result<Value, Trouble> {
        self.0.ask("DELETE", path, None).await
    }

    /// The signed-in customer's money.
    ///
    /// # Errors
    /// As [`Wallet::get`].
    pub async fn balances(&self) -> Result<Balances, Trouble> {
        let at = "GET /v1/wallet";
        let wallet = self.get("/v1/wallet").await?;
        Ok(Balances {
            balance: fields::yen(&wallet, "balance", at)?,
            available: fields::yen(&wallet, "available", at)?,
            provisional: fields::yen(&wallet, "provisional", at)?,
            held: fields::yen(&wallet, "held", at)?,
        })
    }
}
