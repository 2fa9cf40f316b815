//! A merchant gives money back: at most what was paid, and provisional value comes back as such (P9).

use crate::{
    Ask, Code, Context, Decision, Errand, NewErrand, Once, Refusal, Row,
    merchants::{Merchant, WebhookEndpoint},
    payments::{Parcel, Payment, PaymentKind, PaymentState},
    sign_up::{Customer, CustomerState},
};
use gate::{Evidence, Step, Subjects, judge};
use ledger::{Account, Book};
use terms::{AskId, Digest, ErrandId, ParcelId, PaymentId, Yen};

/// The ask.
#[derive(Debug, Clone)]
pub struct Refund {
    /// SHA-256 of the merchant's key.
    pub key: Digest,
    /// The id that the merchant chose for the refund.
    pub id: PaymentId,
    /// The payment to give back.
    pub payment: PaymentId,
    /// How much of it.
    pub amount: Yen,
}

/// What the decision may know.
#[derive(Debug)]
pub struct RefundFacts {
    /// Whose key it is.
    pub merchant: Option<Merchant>,
    /// The payment to give back, with its payer.
    pub original: Option<(Payment, Customer)>,
    /// The accounts of merchant and payer.
    pub book: Book,
    /// Where the merchant wants webhooks.
    pub endpoints: Vec<WebhookEndpoint>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for Refund {
    type Facts = RefundFacts;
    type Answer = Payment;
    const NAME: &'static str = "payments.refund";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(self.id.uuid()), &(Self::NAME, self.payment, self.amount)))
    }

    fn asker(&self, facts: &RefundFacts, _: &Context<'_>) -> Option<String> {
        facts.merchant.as_ref().map(|merchant| merchant.id.to_string())
    }

    fn decide(&self, facts: &RefundFacts, at: &Context<'_>) -> Decision<Payment> {
        let customer = facts.original.as_ref().map(|(_, customer)| customer.id);
        let subjects = Subjects { customer, ..at.source.subjects() };
        let verdict = judge(Step::Refund, &facts.evidence);
        Decision::judged(at, &verdict, subjects, |plan| {
            let merchant = facts.merchant.as_ref().ok_or(Refusal::new(Code::NotSignedIn))?;
            let pass = verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let (original, customer) = facts
                .original
                .as_ref()
                .filter(|(original, _)| {
                    original.merchant == Some(merchant.id) && original.kind == PaymentKind::QrPayment
                })
                .ok_or(Refusal::new(Code::NotFound).field("payment"))?;
            self.check(facts, merchant, original, customer)?;
            let now = at.moment.now;
            // Provisional value goes back first, so that a refund cannot turn it into settled value.
            let young = self.amount.min(original.provisional.less(original.refunded));
            let main = self.amount.less(young);
            let mut transfers = Vec::new();
            for (account, amount) in [(customer.young, young), (customer.main, main)] {
                if !amount.is_zero() {
                    transfers.push(plan.post_transfer(&pass, at, merchant.account, account, amount));
                }
            }
            let refund = Payment {
                merchant: Some(merchant.id),
                original: Some(original.id),
                provisional: young,
                counterpart: merchant.name.clone(),
                transfers,
                ..Payment::new(
                    self.id,
                    PaymentKind::Refund,
                    PaymentState::Completed,
                    self.amount,
                    customer.id,
                    now,
                )
            };
            if !young.is_zero() {
                let parcel = Parcel {
                    id: ParcelId::new(at.moment.uuid()),
                    customer: customer.id,
                    payment: refund.id,
                    remaining: young,
                    matures_at: now.plus(at.policy.value_matures_ms),
                };
                let id = ErrandId::new(at.moment.uuid());
                plan.run(NewErrand { id, due_at: parcel.matures_at, errand: Errand::Mature(parcel.id) });
                plan.put(Row::Parcel(parcel));
            }
            let refunded = original.refunded.plus(self.amount).unwrap_or(original.amount);
            plan.put(Row::Payment(Payment { refunded, updated_at: now, ..original.clone() }));
            plan.put(Row::Payment(refund.clone()));
            plan.tell_customer(at, customer.id, "payment.refunded", &refund);
            plan.tell_merchant(at, merchant.id, &facts.endpoints, "payment.refunded", refund.merchant_body());
            Ok(refund)
        })
    }
}

impl Refund {
    fn check(
        &self,
        facts: &RefundFacts,
        merchant: &Merchant,
        original: &Payment,
        customer: &Customer,
    ) -> Result<(), Refusal> {
        if self.amount.is_zero() {
            return Err(Refusal::new(Code::AmountNotAllowed).field("amount"));
        }
        if customer.state != CustomerState::Active {
            return Err(Code::WalletClosed.into());
        }
        if self.amount > original.amount.less(original.refunded) {
            return Err(Refusal::new(Code::AboveOriginal).field("amount"));
        }
        let available = facts.book.account(merchant.account).map_or(Yen::ZERO, Account::spendable_yen);
        if available < self.amount {
            return Err(Refusal::new(Code::InsufficientFunds).field("amount"));
        }
        Ok(())
    }
}
