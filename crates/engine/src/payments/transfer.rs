//! Pay another customer by handle: at once, from settled value, within the rolling limits.

use crate::{
    Ask, Code, Context, Decision, Need, Once, Plan, Refusal, Row, Standing,
    payments::{
        Payment, PaymentKind, PaymentState, Purse, Usage, check_limit, offer::check_message, spending_key,
    },
    sign_up::{Customer, CustomerState},
};
use gate::{Evidence, Step, Subjects, judge};
use ledger::Book;
use terms::{AskId, Digest, Handle, PaymentId, Yen};

/// What a payer may know of a payee.
#[derive(Debug, Clone)]
pub struct Payee {
    /// The customer.
    pub customer: Customer,
    /// The name as others see it; nothing without a proved identity.
    pub masked_name: Option<String>,
}

/// The ask.
#[derive(Debug, Clone)]
pub struct TransferToHandle {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The id that the customer chose.
    pub id: PaymentId,
    /// To whom.
    pub to: Handle,
    /// How much.
    pub amount: Yen,
    /// The payer's words, at most 100 characters.
    pub message: Option<String>,
}

/// Everything that the decision may know.
#[derive(Debug)]
pub struct TransferFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The payer's name as others see it.
    pub payer_name: String,
    /// Who has the handle.
    pub payee: Option<Payee>,
    /// The accounts of both.
    pub book: Book,
    /// What the payer sent in the last 30 days.
    pub usage: Usage,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for TransferToHandle {
    type Facts = TransferFacts;
    type Answer = Payment;
    const NAME: &'static str = "payments.transfer";

    fn once(&self) -> Option<Once> {
        let content = (Self::NAME, &self.to, self.amount, &self.message);
        Some(Once::new(AskId::new(self.id.uuid()), &content))
    }

    fn asker(&self, facts: &TransferFacts, at: &Context<'_>) -> Option<String> {
        Standing::asker(&facts.standing, at)
    }

    fn decide(&self, facts: &TransferFacts, at: &Context<'_>) -> Decision<Payment> {
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return Decision::turned_away(at, Step::Transfer, at.source.subjects(), refusal);
            }
        };
        let verdict = judge(Step::Transfer, &facts.evidence);
        let payee = facts.payee.as_ref().map(|payee| payee.customer.id);
        let subjects = Subjects { payee, amount: Some(self.amount), ..standing.subjects(at) };
        Decision::judged(at, &verdict, subjects, |plan| self.plan(facts, standing, &verdict, at, plan))
    }
}

impl TransferToHandle {
    fn plan(
        &self,
        facts: &TransferFacts,
        standing: &Standing,
        verdict: &gate::Verdict,
        at: &Context<'_>,
        plan: &mut Plan,
    ) -> Result<Payment, Refusal> {
        let now = at.moment.now;
        let payer = &standing.customer;
        let pass = verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
        if self.amount.is_zero() || self.amount > at.policy.payment_max {
            return Err(Refusal::new(Code::AmountNotAllowed).field("amount"));
        }
        check_message(self.message.as_ref())?;
        let payee = facts
            .payee
            .as_ref()
            .filter(|payee| payee.customer.state == CustomerState::Active)
            .ok_or(Refusal::new(Code::PayeeUnavailable).field("to"))?;
        let payee_name = payee.masked_name.clone().ok_or(Refusal::new(Code::PayeeUnavailable).field("to"))?;
        if payee.customer.id == payer.id {
            return Err(Refusal::new(Code::SamePerson).field("to"));
        }
        check_limit(at.policy.spending(payer.ial), &facts.usage, self.amount, now)?;
        let share = Purse::new(&facts.book, payer).settled(self.amount)?;
        let transfers = plan.post_share(&pass, at, payer, payee.customer.main, share);
        plan.put(Row::Usage(facts.usage.add(&spending_key(payer.id), self.amount, now)));
        let payment = Payment {
            payee: Some(payee.customer.id),
            transfers,
            counterpart: format!("@{} {payee_name}", self.to),
            payer_name: facts.payer_name.clone(),
            message: self.message.clone(),
            ..Payment::new(self.id, PaymentKind::P2p, PaymentState::Completed, self.amount, payer.id, now)
        };
        plan.put(Row::Payment(payment.clone()));
        plan.tell_customer(at, payer.id, "payment.completed", &payment);
        plan.tell_customer(at, payee.customer.id, "payment.received", &payment);
        Ok(payment)
    }
}
