//! Runs errands outside: carrier, webhooks, banks, the clock; and asks the teller with what came of them.

use banks::Banks;
use couriers::{Couriers, WebhookOutcome};
use engine::{
    BankOutcome, Errand, ErrandSettled, Source,
    errand::{BankOrder, BankReason},
    payments::{Asking, BankAnswered, Lapse, Mature},
    stops::is_stopped,
};
use std::sync::Arc;
use store::{DueErrand, Load, Shelf, look};
use teller::{Runner, Running, Teller};
use terms::{EndpointId, LinkId};

/// Everything that errands need.
pub(crate) struct Outside {
    /// The banks.
    pub(crate) banks: Arc<Banks>,
    /// The carriers of notices and webhooks.
    pub(crate) couriers: Arc<Couriers>,
}

impl Runner for Outside {
    fn run(&self, due: DueErrand, teller: Teller) -> Running {
        let (banks, couriers) = (Arc::clone(&self.banks), Arc::clone(&self.couriers));
        Box::pin(async move { Round { banks, couriers, teller, due }.run().await })
    }
}

struct Round {
    banks: Arc<Banks>,
    couriers: Arc<Couriers>,
    teller: Teller,
    due: DueErrand,
}

impl Round {
    async fn run(self) {
        let id = self.due.id;
        match self.due.errand.clone() {
            Errand::Sms { to, text } => {
                let sent = self.couriers.sms(id, &to, &text).await;
                self.settle(sent.map_err(|why| why.to_string())).await;
            }
            Errand::Mail { to, subject, text } => {
                let sent = self.couriers.mail(id, &to, &subject, &text).await;
                self.settle(sent.map_err(|why| why.to_string())).await;
            }
            Errand::Webhook { endpoint, event, body } => {
                let sent = self.webhook(endpoint, &event, &body).await;
                self.settle(sent).await;
            }
            Errand::Book(order) => self.ask_bank(order, false).await,
            Errand::Inquire(order) => self.ask_bank(order, true).await,
            Errand::EndLink { link } => {
                let ended = self.end_link(link).await;
                self.settle(ended).await;
            }
            Errand::Revoke { bank, refresh_token } => {
                let revoked = self.banks.revoke(bank, &refresh_token).await;
                self.settle(revoked.map_err(|why| why.to_string())).await;
            }
            Errand::Mature(parcel) => self.ask(Mature { errand: id, parcel }).await,
            Errand::Lapse(payment) => self.ask(Lapse { errand: id, payment }).await,
        }
    }

    async fn ask<A: Load>(&self, ask: A) {
        // A fault leaves the errand due: it is run again.
        if let Err(no) = self.teller.ask(ask, Source::default()).await {
            tracing::warn!(%no, errand = %self.due.id, "an errand could not be settled");
        }
    }

    async fn settle(&self, outcome: Result<(), String>) {
        if let Err(why) = &outcome {
            tracing::warn!(why, errand = %self.due.id, tries = self.due.tries, "an errand failed");
        }
        self.ask(ErrandSettled {
            id: self.due.id,
            errand: self.due.errand.clone(),
            tries: self.due.tries,
            done: outcome.is_ok(),
        })
        .await;
    }

    async fn webhook(&self, endpoint: EndpointId, event: &str, body: &str) -> Result<(), String> {
        let found = self.teller.look(move |shelf| look::endpoint(shelf, endpoint)).await;
        let Some(endpoint) = found.map_err(|no| no.to_string())?.filter(|e| e.removed_at.is_none()) else {
            return Ok(());
        };
        let now_s = self.teller.now().seconds();
        match self.couriers.webhook(&endpoint.url, &endpoint.secret, event, now_s, body).await {
            WebhookOutcome::Delivered => Ok(()),
            WebhookOutcome::Failed { why } => Err(why),
        }
    }

    async fn ask_bank(&self, order: BankOrder, inquiry: bool) {
        let link = order.link;
        let look = move |shelf: &mut Shelf<'_>| Ok((look::link_of(shelf, link)?, look::stops(shelf)?));
        let outcome = match self.teller.look(look).await {
            Ok((Some(link), _)) if inquiry => self.banks.inquire(&order, &link.refresh_token).await,
            Ok((Some(link), stops)) if is_stopped(&stops, &order, &link, self.teller.now()) => {
                // Asked before all the same: perhaps this is a second try, and the first one arrived.
                match self.banks.inquire(&order, &link.refresh_token).await {
                    BankOutcome::Unknown => BankOutcome::Refused { reason: BankReason::Stopped },
                    known => known,
                }
            }
            Ok((Some(link), _)) => self.banks.book(&order, &link.account, &link.refresh_token).await,
            Ok((None, _)) | Err(_) => BankOutcome::NotSent,
        };
        let asking = Asking { errand: self.due.id, tries: self.due.tries, inquiry };
        let BankOrder { bank, payment, .. } = order;
        self.ask(BankAnswered { asking: Some(asking), bank, payment, outcome }).await;
    }

    async fn end_link(&self, id: LinkId) -> Result<(), String> {
        let found = self.teller.look(move |shelf| look::link_of(shelf, id)).await;
        match found.map_err(|no| no.to_string())? {
            Some(link) => {
                let ended = self.banks.end_link(link.bank, id, &link.refresh_token).await;
                ended.map_err(|why| why.to_string())
            }
            None => Ok(()),
        }
    }
}
