//! Does outside what errands say: texts, mails and webhooks by the couriers, debits and credits by the banks.
//!
//! Each errand ends in an ask: what came of it is decided by the engine, never here.

use banks::Banks;
use couriers::{Couriers, NotDelivered, WebhookOutcome};
use engine::{
    BankOutcome, Errand, ErrandSettled, Source,
    errand::BankOrder,
    linking::Link,
    payments::{Asking, BankAnswered, Lapse, Mature},
};
use std::sync::Arc;
use store::{DueErrand, Load, look};
use teller::{Runner, Running, Teller};
use terms::{EndpointId, LinkId};

/// The world outside: banks and couriers.
pub struct Outside {
    banks: Arc<Banks>,
    couriers: Arc<Couriers>,
}

/// What came of an errand that has no answer of its own.
enum Came {
    /// It is done.
    Done,
    /// It may be done when tried again.
    Failed,
    /// It cannot be done.
    Hopeless,
}

impl Outside {
    /// Runs errands over these.
    pub const fn new(banks: Arc<Banks>, couriers: Arc<Couriers>) -> Self {
        Self { banks, couriers }
    }
}

impl Runner for Outside {
    fn run(&self, due: DueErrand, teller: Teller) -> Running {
        let (banks, couriers) = (Arc::clone(&self.banks), Arc::clone(&self.couriers));
        Box::pin(async move { Run { banks, couriers, teller }.run(due).await })
    }
}

/// One errand under way.
struct Run {
    banks: Arc<Banks>,
    couriers: Arc<Couriers>,
    teller: Teller,
}

impl Run {
    async fn run(&self, due: DueErrand) {
        let came = match &due.errand {
            Errand::Sms { to, text } => delivered(&self.couriers.sms(due.id, to, text).await),
            Errand::Mail { to, subject, text } => {
                delivered(&self.couriers.mail(due.id, to, subject, text).await)
            }
            Errand::Webhook { endpoint, event, body } => self.webhook(*endpoint, event, body).await,
            Errand::EndLink { link } => self.end_link(*link).await,
            Errand::Revoke { bank, refresh_token } => {
                ended(self.banks.revoke(*bank, refresh_token).await.map_err(|fault| fault.to_string()))
            }
            Errand::Book(order) => return self.ask_bank(&due, order, false).await,
            Errand::Inquire(order) => return self.ask_bank(&due, order, true).await,
            Errand::Mature(parcel) => return self.ask(Mature { errand: due.id, parcel: *parcel }).await,
            Errand::Lapse(payment) => return self.ask(Lapse { errand: due.id, payment: *payment }).await,
        };
        let tries = match came {
            Came::Hopeless => ErrandSettled::TRIES_MAX,
            Came::Done | Came::Failed => due.tries,
        };
        let done = matches!(came, Came::Done);
        self.ask(ErrandSettled { id: due.id, errand: due.errand, tries, done }).await;
    }

    /// Settles an errand. When that fails the errand is still due, and is run again.
    async fn ask<A: Load>(&self, ask: A) {
        if let Err(no) = self.teller.ask(ask, Source::default()).await {
            tracing::warn!(ask = A::NAME, %no, "an errand could not be settled; it is run again");
        }
    }

    async fn ask_bank(&self, due: &DueErrand, order: &BankOrder, inquiry: bool) {
        let Some(link) = self.link(order.link).await else {
            tracing::error!(payment = %order.payment, "the link of a payment cannot be read; it is tried again");
            return;
        };
        let outcome: BankOutcome = if inquiry {
            self.banks.inquire(order, &link.refresh_token).await
        } else {
            self.banks.book(order, &link.account, &link.refresh_token).await
        };
        let asking = Some(Asking { errand: due.id, tries: due.tries, inquiry });
        self.ask(BankAnswered { asking, payment: order.payment, outcome }).await;
    }

    async fn end_link(&self, id: LinkId) -> Came {
        match self.link(id).await {
            Some(link) => {
                let ends = self.banks.end_link(link.bank, link.id, &link.refresh_token).await;
                ended(ends.map_err(|fault| fault.to_string()))
            }
            None => Came::Failed,
        }
    }

    async fn webhook(&self, endpoint: EndpointId, event: &str, body: &str) -> Came {
        match self.teller.look(move |shelf| look::endpoint(shelf, endpoint)).await {
            Ok(Some(endpoint)) if endpoint.removed_at.is_none() => {
                let sent_s = self.teller.now().seconds();
                match self.couriers.webhook(&endpoint.url, &endpoint.secret, event, sent_s, body).await {
                    WebhookOutcome::Delivered => Came::Done,
                    WebhookOutcome::Failed { .. } => Came::Failed,
                }
            }
            // The merchant does not want it any more.
            Ok(_) => Came::Done,
            Err(_) => Came::Failed,
        }
    }

    async fn link(&self, id: LinkId) -> Option<Link> {
        self.teller.look(move |shelf| look::link_of(shelf, id)).await.ok().flatten()
    }
}

fn delivered(outcome: &Result<(), NotDelivered>) -> Came {
    match outcome {
        Ok(()) => Came::Done,
        Err(why) if why.is_lasting() => Came::Hopeless,
        Err(_) => Came::Failed,
    }
}

fn ended(outcome: Result<(), String>) -> Came {
    match outcome {
        Ok(()) => Came::Done,
        Err(fault) => {
            tracing::warn!(fault, "a bank could not be told that a link has ended");
            Came::Failed
        }
    }
}
