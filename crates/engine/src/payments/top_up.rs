//! Top-up: money from a linked bank account. It is held until the bank has answered (P8).

use crate::{
    Ask, Code, Context, Control, Decision, Errand, Need, NewErrand, Once, Plan, Refusal, Row, Standing,
    errand::{BankOrder, Direction},
    linking::Link,
    payments::{Payment, PaymentKind, PaymentState, Usage, check_limit, clearing_account, hold_of},
};
use gate::{Evidence, Pass, Step, Subjects, judge};
use ledger::{Account, Book, Posting};
use terms::{AskId, CustomerId, Digest, ErrandId, LinkId, PaymentId, Yen};

/// The ask.
#[derive(Debug, Clone)]
pub struct TopUp {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The id that the customer chose; the bank keeps the debit under it too.
    pub id: PaymentId,
    /// Over which link.
    pub link: LinkId,
    /// How much.
    pub amount: Yen,
}

/// What the decision may know.
#[derive(Debug)]
pub struct TopUpFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The link.
    pub link: Option<Link>,
    /// The customer's accounts and the bank's clearing account.
    pub book: Book,
    /// What came over this link in the last 30 days.
    pub link_usage: Usage,
    /// What came over all links of the customer.
    pub customer_usage: Usage,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// The key under which a link's top-ups are summed.
pub fn link_key(link: LinkId) -> String {
    format!("top_up:{link}")
}

/// The key under which a customer's top-ups are summed.
pub fn top_up_key(customer: CustomerId) -> String {
    format!("top_up:{customer}")
}

impl Ask for TopUp {
    type Facts = TopUpFacts;
    type Answer = Payment;
    const NAME: &'static str = "payments.top_up";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(self.id.uuid()), &(Self::NAME, self.link, self.amount)))
    }

    fn asker(&self, facts: &TopUpFacts, at: &Context<'_>) -> Option<String> {
        Standing::asker(&facts.standing, at)
    }

    fn decide(&self, facts: &TopUpFacts, at: &Context<'_>) -> Decision<Payment> {
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, Step::TopUp, at.source.subjects(), refusal),
        };
        let verdict = judge(Step::TopUp, &facts.evidence);
        let bank = facts.link.as_ref().map(|link| link.bank);
        let bank_account = facts.link.as_ref().map(|link| link.account_tag);
        let amount = Some(self.amount);
        let subjects = Subjects { bank, bank_account, amount, ..standing.subjects(at) };
        Decision::judged(at, &verdict, subjects, |plan| {
            let link = own_link(facts.link.as_ref(), standing.customer.id)?;
            // What could not be done anyway needs no fresh signature first.
            self.check(facts, link, at)?;
            let pass =
                verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            Ok(self.start(facts, standing, link, &pass, at, plan))
        })
    }
}

/// The asker's own link, if money may move over it.
pub(crate) fn own_link(link: Option<&Link>, customer: CustomerId) -> Result<&Link, Refusal> {
    let link =
        link.filter(|link| link.customer == customer).ok_or(Refusal::new(Code::NotFound).field("link"))?;
    if link.is_active() { Ok(link) } else { Err(Refusal::new(Code::LinkNotActive).field("link")) }
}

impl TopUp {
    fn check(&self, facts: &TopUpFacts, link: &Link, at: &Context<'_>) -> Result<(), Refusal> {
        let now = at.moment.now;
        let most = at.policy.payment_max.min(link.per_debit_limit);
        if self.amount.is_zero() || self.amount > most {
            return Err(Refusal::new(Code::AmountNotAllowed).field("amount"));
        }
        let today = facts.link_usage.within(24, now).plus(self.amount).unwrap_or(Yen::MAX);
        if today > link.per_day_limit {
            return Err(Refusal::new(Code::OverLimit).field("amount"));
        }
        check_limit(at.policy.link_top_ups, &facts.link_usage, self.amount, now)?;
        check_limit(at.policy.customer_top_ups, &facts.customer_usage, self.amount, now)
    }

    fn start(
        &self,
        facts: &TopUpFacts,
        standing: &Standing,
        link: &Link,
        pass: &Pass<'_>,
        at: &Context<'_>,
        plan: &mut Plan,
    ) -> Payment {
        let now = at.moment.now;
        let customer = &standing.customer;
        let clearing = clearing_account(link.bank);
        if facts.book.account(clearing).is_none() {
            plan.post(pass, Posting::Open(Account::open(clearing, None)));
        }
        let young = now < link.young_until && at.policy.controls.has(Control::YoungValue);
        let hold = hold_of(self.id);
        let credit = if young { customer.young } else { customer.main };
        plan.post(pass, Posting::hold_yen(hold, clearing, credit, self.amount, None));
        plan.put(Row::Usage(facts.link_usage.add(&link_key(link.id), self.amount, now)));
        plan.put(Row::Usage(facts.customer_usage.add(&top_up_key(customer.id), self.amount, now)));
        let payment = Payment {
            link: Some(link.id),
            bank: Some(link.bank),
            hold: Some(hold),
            provisional: if young { self.amount } else { Yen::ZERO },
            counterpart: link.named(customer.locale),
            ..Payment::new(
                self.id,
                PaymentKind::TopUp,
                PaymentState::InProgress,
                self.amount,
                customer.id,
                now,
            )
        };
        plan.ask_bank(at, &payment, link, Direction::Debit);
        payment
    }
}

impl Plan {
    /// Puts a payment and asks the bank to book it, once the payment is on disk (P6).
    pub(crate) fn ask_bank(
        &mut self,
        at: &Context<'_>,
        payment: &Payment,
        link: &Link,
        direction: Direction,
    ) {
        self.put(Row::Payment(payment.clone()));
        let order = BankOrder {
            payment: payment.id,
            link: link.id,
            bank: link.bank,
            direction,
            amount: payment.amount,
        };
        self.run(NewErrand {
            id: ErrandId::new(at.moment.uuid()),
            due_at: at.moment.now,
            errand: Errand::Book(order),
        });
        self.tell_customer(at, payment.customer, "payment.in_progress", payment);
    }
}
