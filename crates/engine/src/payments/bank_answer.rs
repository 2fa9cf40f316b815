//! What a bank says of a payment: captured, released, or asked again under the same id (P8).

use crate::{
    Ask, Code, Context, Decision, Errand, NewErrand, Plan, Row,
    errand::{BankOrder, BankOutcome, BankReason, Direction, try_again_at},
    linking::Link,
    payments::{
        Belongings, Discrepancy, Parcel, Payment, PaymentKind, PaymentState, Usage, link_key, payout_key,
        top_up_key,
    },
    sessions::Notice,
    sign_up::{Customer, CustomerState},
};
use gate::{Evidence, Pass, Step, Subjects, judge};
use ledger::Posting;
use terms::{BankCode, ErrandId, ParcelId, PaymentId, TransferId};

/// The errand that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// Which errand.
    pub errand: ErrandId,
    /// How often it was tried before.
    pub tries: u32,
    /// Whether it was an inquiry, not an order.
    pub inquiry: bool,
}

/// The ask: the answer to an errand, or a callback by the bank itself.
#[derive(Debug, Clone)]
pub struct BankAnswered {
    /// The errand; nothing when the bank called by itself.
    pub asking: Option<Asking>,
    /// Which bank says so. No bank has a say about another bank's payments.
    pub bank: BankCode,
    /// Which payment.
    pub payment: PaymentId,
    /// What the bank says.
    pub outcome: BankOutcome,
}

/// What the decision may know.
#[derive(Debug)]
pub struct BankAnsweredFacts {
    /// The payment with its customer and link.
    pub payment: Option<(Payment, Customer, Link)>,
    /// What came over the link, or nothing for a payout.
    pub link_usage: Usage,
    /// What the customer topped up, or paid out.
    pub customer_usage: Usage,
    /// What would end, if the customer is closing.
    pub belongings: Belongings,
}

impl Ask for BankAnswered {
    type Facts = BankAnsweredFacts;
    type Answer = Option<Payment>;
    const NAME: &'static str = "payments.bank_answered";

    fn decide(&self, facts: &BankAnsweredFacts, at: &Context<'_>) -> Decision<Option<Payment>> {
        let verdict = judge(Step::BankAnswer, &Evidence::new([]));
        let own = facts.payment.as_ref().filter(|(_, _, link)| link.bank == self.bank);
        let customer = own.map(|(payment, _, _)| payment.customer);
        let subjects = Subjects { customer, bank: Some(self.bank), ..Subjects::default() };
        Decision::judged(at, &verdict, subjects, |plan| {
            let Some((payment, customer, link)) = own else {
                // A bank that calls about what is not its own learns nothing; the attempt is remembered.
                if self.asking.is_none() {
                    return Err(Code::NotFound.into());
                }
                self.errand_is_done(plan);
                return Ok(None);
            };
            let (false, Some(pass)) = (payment.state.is_final(), verdict.pass(false)) else {
                // Answered twice is answered once (P3); another answer is kept for finance.
                if let Some(found) = Discrepancy::of(payment, self.bank, &self.outcome, at.moment.now) {
                    plan.put(Row::Discrepancy(found));
                }
                self.errand_is_done(plan);
                return Ok(Some(payment.clone()));
            };
            let settled = match &self.outcome {
                BankOutcome::Booked { bank_reference } => {
                    Some(booked(plan, &pass, at, payment, customer, bank_reference, facts))
                }
                BankOutcome::Refused { reason } => {
                    Some(refused(plan, &pass, at, payment, customer, link, *reason, facts))
                }
                BankOutcome::Pending
                | BankOutcome::Unknown
                | BankOutcome::NoAnswer
                | BankOutcome::NotSent => None,
            };
            match settled {
                Some(payment) => {
                    self.errand_is_done(plan);
                    Ok(Some(payment))
                }
                None => Ok(Some(self.ask_again(plan, at, payment, link))),
            }
        })
    }
}

impl BankAnswered {
    fn errand_is_done(&self, plan: &mut Plan) {
        if let Some(asking) = self.asking {
            plan.finish(asking.errand);
        }
    }

    /// The same id again, never a new one: an inquiry, or the order itself where the bank surely has not seen it.
    fn ask_again(&self, plan: &mut Plan, at: &Context<'_>, payment: &Payment, link: &Link) -> Payment {
        let now = at.moment.now;
        let Some(asking) = self.asking else { return payment.clone() };
        let order = BankOrder {
            payment: payment.id,
            link: link.id,
            bank: link.bank,
            direction: match payment.kind {
                PaymentKind::Payout => Direction::Credit,
                _ => Direction::Debit,
            },
            amount: payment.amount,
        };
        let unseen = match self.outcome {
            BankOutcome::Unknown => true,
            BankOutcome::NotSent => !asking.inquiry,
            _ => false,
        };
        let errand = if unseen { Errand::Book(order) } else { Errand::Inquire(order) };
        plan.again(NewErrand { id: asking.errand, due_at: try_again_at(now, asking.tries), errand });
        let state = match self.outcome {
            BankOutcome::NoAnswer => PaymentState::InDoubt,
            BankOutcome::Pending => PaymentState::InProgress,
            _ => payment.state,
        };
        if state == payment.state {
            return payment.clone();
        }
        let changed = Payment { state, updated_at: now, ..payment.clone() };
        plan.put(Row::Payment(changed.clone()));
        if state == PaymentState::InDoubt {
            plan.tell_customer(at, changed.customer, "payment.in_doubt", &changed);
        }
        changed
    }
}

fn booked(
    plan: &mut Plan,
    pass: &Pass<'_>,
    at: &Context<'_>,
    payment: &Payment,
    customer: &Customer,
    bank_reference: &str,
    facts: &BankAnsweredFacts,
) -> Payment {
    let now = at.moment.now;
    let transfer = TransferId::new(at.moment.uuid());
    if let Some(hold) = payment.hold {
        plan.post(pass, Posting::Capture { hold, transfer, amount: payment.amount.into() });
    }
    if payment.kind == PaymentKind::TopUp && !payment.provisional.is_zero() {
        let parcel = Parcel {
            id: ParcelId::new(at.moment.uuid()),
            customer: customer.id,
            payment: payment.id,
            remaining: payment.provisional,
            matures_at: now.plus(at.policy.value_matures_ms),
        };
        let id = ErrandId::new(at.moment.uuid());
        plan.run(NewErrand { id, due_at: parcel.matures_at, errand: Errand::Mature(parcel.id) });
        plan.put(Row::Parcel(parcel));
    }
    let done = Payment {
        state: PaymentState::Completed,
        hold: None,
        transfers: vec![transfer],
        bank_reference: Some(bank_reference.to_owned()),
        updated_at: now,
        ..payment.clone()
    };
    plan.put(Row::Payment(done.clone()));
    plan.tell_customer(at, customer.id, "payment.completed", &done);
    if customer.state == CustomerState::Closing && done.kind == PaymentKind::Payout {
        plan.end_wallet(pass, at, customer, &facts.belongings);
    }
    done
}

#[allow(clippy::too_many_arguments)] // the whole state of one payment
fn refused(
    plan: &mut Plan,
    pass: &Pass<'_>,
    at: &Context<'_>,
    payment: &Payment,
    customer: &Customer,
    link: &Link,
    reason: BankReason,
    facts: &BankAnsweredFacts,
) -> Payment {
    let now = at.moment.now;
    if let Some(hold) = payment.hold {
        plan.post(pass, Posting::Release(hold));
    }
    let (amount, since) = (payment.amount, payment.created_at);
    match payment.kind {
        PaymentKind::Payout => {
            let key = payout_key(customer.id);
            plan.put(Row::Usage(facts.customer_usage.give_back(&key, amount, since)));
        }
        _ => {
            plan.put(Row::Usage(facts.link_usage.give_back(&link_key(link.id), amount, since)));
            plan.put(Row::Usage(facts.customer_usage.give_back(&top_up_key(customer.id), amount, since)));
        }
    }
    if matches!(reason, BankReason::LinkEnded | BankReason::AccountClosed) && link.is_active() {
        plan.unlink(at, link);
        plan.notify(at, customer, &Notice::LinkEnded { account: &link.named(customer.locale) });
    }
    if customer.state == CustomerState::Closing {
        plan.put(Row::Customer(Customer { state: CustomerState::Active, ..customer.clone() }));
    }
    let done = Payment {
        state: PaymentState::Refused,
        hold: None,
        bank_reason: Some(reason),
        updated_at: now,
        ..payment.clone()
    };
    plan.put(Row::Payment(done.clone()));
    plan.tell_customer(at, customer.id, "payment.refused", &done);
    done
}
