//! Asks a bank to book, and asks what became of it; the order's id is the payment's, so asking twice books once.

use crate::access;
use crate::discovery::Endpoints;
use crate::payment_answer::{of_inquiry, of_order};
use crate::{BankFault, Banks, clock};
use engine::BankOutcome;
use engine::errand::{BankOrder, BankReason, Direction};
use jose::{Answer, Body, Exchange, ExchangeFault, Method, Possession};
use serde_json::json;
use std::sync::Arc;
use terms::Secret;

impl Banks {
    /// Asks the bank to book `order` on its bank account `account` (the bank's opaque name of it).
    ///
    /// [`BankOutcome::NotSent`] means that the bank certainly did nothing; [`BankOutcome::NoAnswer`] that it may have.
    pub async fn book(&self, order: &BankOrder, account: &str, refresh_token: &Secret) -> BankOutcome {
        let outcome = self.try_to_book(order, account, refresh_token).await;
        tracing::info!(payment = %order.payment, bank = %order.bank, ?outcome, "asked the bank to book");
        outcome
    }

    /// Asks the bank what became of `order`.
    ///
    /// Whatever keeps the question from being answered, an ended link among it, leaves the doubt:
    /// [`BankOutcome::NoAnswer`], or [`BankOutcome::NotSent`] when it was not even asked.
    pub async fn inquire(&self, order: &BankOrder, refresh_token: &Secret) -> BankOutcome {
        let outcome = self.try_to_inquire(order, refresh_token).await;
        tracing::info!(payment = %order.payment, bank = %order.bank, ?outcome, "asked the bank about a payment");
        outcome
    }

    async fn try_to_book(&self, order: &BankOrder, account: &str, refresh_token: &Secret) -> BankOutcome {
        let (endpoints, token) = match self.prepared(order, refresh_token).await {
            Ok(prepared) => prepared,
            // Nothing was sent yet; but a grant that the bank does not know any more is its last word.
            Err(fault) if is_ended_grant(&fault) => {
                return BankOutcome::Refused { reason: BankReason::LinkEnded };
            }
            Err(fault) => {
                tracing::warn!(payment = %order.payment, %fault, "the order was not sent");
                return BankOutcome::NotSent;
            }
        };
        let id = order.payment.uuid();
        let digits = id.simple().to_string();
        let body = json!({
            "id": id.to_string(),
            "direction": match order.direction { Direction::Debit => "debit", Direction::Credit => "credit" },
            "amount": order.amount.get(),
            "account_id": account,
            // What the depositor reads on the statement, at most 20 letters; the last digits are the random ones.
            "reference": format!("TSUGIME {}", &digits[20..]),
        });
        let url = format!("{}/api/payments", endpoints.issuer);
        match self.ask(Method::Post, &url, Body::Json(&body), &token).await {
            Ok(answer) => {
                self.forget_refused_token(order, &answer);
                of_order(id, answer.status, &answer.body)
            }
            Err(fault) if fault.had_no_effect() => BankOutcome::NotSent,
            Err(_) => BankOutcome::NoAnswer,
        }
    }

    async fn try_to_inquire(&self, order: &BankOrder, refresh_token: &Secret) -> BankOutcome {
        let (endpoints, token) = match self.prepared(order, refresh_token).await {
            Ok(prepared) => prepared,
            // The order may have been booked before the link ended: only a statement tells now.
            Err(fault) if is_ended_grant(&fault) => return BankOutcome::NoAnswer,
            Err(fault) => {
                tracing::warn!(payment = %order.payment, %fault, "the inquiry was not sent");
                return BankOutcome::NotSent;
            }
        };
        let id = order.payment.uuid();
        let url = format!("{}/api/payments/{id}", endpoints.issuer);
        match self.ask(Method::Get, &url, Body::Empty, &token).await {
            Ok(answer) => {
                self.forget_refused_token(order, &answer);
                of_inquiry(id, answer.status, &answer.body)
            }
            Err(fault) if fault.had_no_effect() => BankOutcome::NotSent,
            Err(_) => BankOutcome::NoAnswer,
        }
    }

    async fn prepared(
        &self,
        order: &BankOrder,
        refresh_token: &Secret,
    ) -> Result<(Arc<Endpoints>, Secret), BankFault> {
        let endpoints = self.endpoints(order.bank).await?;
        let token = self.access_token(order.bank, &endpoints, order.link, refresh_token).await?;
        Ok((endpoints, token))
    }

    async fn ask(
        &self,
        method: Method,
        url: &str,
        body: Body<'_>,
        access_token: &Secret,
    ) -> Result<Answer, ExchangeFault> {
        let possession = Possession { key: &self.dpop_key, access_token: Some(access_token.expose()) };
        let now_s = clock::now_s();
        let exchange = Exchange { method, url, body, client_auth: None, possession: Some(possession), now_s };
        let answer = self.http.send(&exchange).await;
        if let Err(fault) = &answer {
            tracing::warn!(%fault, "no whole answer from the bank");
        }
        answer
    }

    /// The next try fetches another token.
    fn forget_refused_token(&self, order: &BankOrder, answer: &Answer) {
        if answer.status == 401 {
            self.access.forget(order.link);
        }
    }
}

fn is_ended_grant(fault: &BankFault) -> bool {
    matches!(fault, BankFault::Refused { step: access::STEP, error, .. } if error == "invalid_grant")
}
