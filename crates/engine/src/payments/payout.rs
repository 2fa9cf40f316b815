//! Payout: settled value to a linked bank account, with a fresh passkey signature, and not at once after a change (H13).

use crate::{
    Ask, Code, Context, Decision, Need, Once, Plan, Refusal, Row, Standing,
    errand::Direction,
    linking::Link,
    payments::{
        Payment, PaymentKind, PaymentState, Purse, Usage, check_limit, clearing_account, hold_of,
        top_up::own_link,
    },
    sessions::Notice,
    sign_up::Customer,
};
use gate::{Evidence, Pass, Step, Subjects, judge};
use ledger::{Account, Book, Posting};
use terms::{AskId, CustomerId, Digest, LinkId, PaymentId, Yen};

/// The ask.
#[derive(Debug, Clone)]
pub struct Payout {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The id that the customer chose; the bank keeps the credit under it too.
    pub id: PaymentId,
    /// Over which link.
    pub link: LinkId,
    /// How much.
    pub amount: Yen,
}

/// What the decision may know.
#[derive(Debug)]
pub struct PayoutFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The link.
    pub link: Option<Link>,
    /// The customer's accounts and the bank's clearing account.
    pub book: Book,
    /// What was paid out in the last 30 days.
    pub usage: Usage,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// The key under which a customer's payouts are summed.
pub fn payout_key(customer: CustomerId) -> String {
    format!("payout:{customer}")
}

impl Ask for Payout {
    type Facts = PayoutFacts;
    type Answer = Payment;
    const NAME: &'static str = "payments.payout";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(self.id.uuid()), &(Self::NAME, self.link, self.amount)))
    }

    fn asker(&self, facts: &PayoutFacts, at: &Context<'_>) -> Option<String> {
        Standing::asker(&facts.standing, at)
    }

    fn decide(&self, facts: &PayoutFacts, at: &Context<'_>) -> Decision<Payment> {
        let standing = match Standing::meet(&facts.standing, Need::PAYOUT, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, Step::Payout, at.source.subjects(), refusal),
        };
        let verdict = judge(Step::Payout, &facts.evidence);
        let bank = facts.link.as_ref().map(|link| link.bank);
        let bank_account = facts.link.as_ref().map(|link| link.account_tag);
        let amount = Some(self.amount);
        let subjects = Subjects { bank, bank_account, amount, ..standing.subjects(at) };
        Decision::judged(at, &verdict, subjects, |plan| {
            let pass =
                verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let customer = &standing.customer;
            let link = own_link(facts.link.as_ref(), customer.id)?;
            if self.amount.is_zero() || self.amount > at.policy.payment_max {
                return Err(Refusal::new(Code::AmountNotAllowed).field("amount"));
            }
            check_age(link, at)?;
            check_limit(at.policy.payouts, &facts.usage, self.amount, at.moment.now)?;
            Purse::new(&facts.book, customer).settled(self.amount)?;
            Ok(pay_out(plan, &pass, at, customer, link, &facts.book, &facts.usage, (self.id, self.amount)))
        })
    }
}

/// A bank account that was linked just now gets no money yet.
pub(crate) fn check_age(link: &Link, at: &Context<'_>) -> Result<(), Refusal> {
    let from = link.created_at.plus(at.policy.payout_delay_ms);
    if at.moment.now >= from {
        Ok(())
    } else {
        Err(Refusal::new(Code::TooSoon).field("link").not_before(from))
    }
}

#[allow(clippy::too_many_arguments)] // everything that a payout needs, from two asks
pub(crate) fn pay_out(
    plan: &mut Plan,
    pass: &Pass<'_>,
    at: &Context<'_>,
    customer: &Customer,
    link: &Link,
    book: &Book,
    usage: &Usage,
    (id, amount): (PaymentId, Yen),
) -> Payment {
    let now = at.moment.now;
    let clearing = clearing_account(link.bank);
    if book.account(clearing).is_none() {
        plan.post(pass, Posting::Open(Account::open(clearing, None)));
    }
    let hold = hold_of(id);
    plan.post(pass, Posting::hold_yen(hold, customer.main, clearing, amount, None));
    plan.put(Row::Usage(usage.add(&payout_key(customer.id), amount, now)));
    let payment = Payment {
        link: Some(link.id),
        bank: Some(link.bank),
        hold: Some(hold),
        counterpart: link.named(customer.locale),
        ..Payment::new(id, PaymentKind::Payout, PaymentState::InProgress, amount, customer.id, now)
    };
    plan.ask_bank(at, &payment, link, Direction::Credit);
    let account = &link.named(customer.locale);
    plan.notify(at, customer, &Notice::PayoutBegun { amount, account });
    payment
}
