//! Pay a merchant by the QR code that it shows: printed (static) or made for one order (dynamic).

use crate::{
    Ask, Code, Context, Decision, Need, Once, Plan, Refusal, Row, Standing,
    merchants::{Merchant, Order, WebhookEndpoint},
    payments::{Parcel, Payment, PaymentKind, PaymentState, Purse, Usage, check_limit, spending_key},
    sign_up::Customer,
};
use gate::{Evidence, Pass, Step, Subjects, judge};
use jpqr::{MerchantCode, Method};
use ledger::Book;
use terms::{AskId, Digest, PaymentId, Yen};

/// The ask.
#[derive(Debug, Clone)]
pub struct PayQr {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The id that the customer chose.
    pub id: PaymentId,
    /// What the QR code says.
    pub payload: String,
    /// How much; a dynamic code says it itself.
    pub amount: Option<Yen>,
}

/// What both ways of paying a merchant may know about money.
#[derive(Debug)]
pub struct MerchantPaymentFacts {
    /// The accounts of payer and merchant.
    pub book: Book,
    /// What the payer spent in the last 30 days.
    pub usage: Usage,
    /// The payer's provisional value.
    pub parcels: Vec<Parcel>,
    /// Where the merchant wants webhooks.
    pub endpoints: Vec<WebhookEndpoint>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// Everything that the decision may know.
#[derive(Debug)]
pub struct PayQrFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The merchant that the code names.
    pub merchant: Option<Merchant>,
    /// The order that the code names.
    pub order: Option<Order>,
    /// The money.
    pub money: MerchantPaymentFacts,
}

impl Ask for PayQr {
    type Facts = PayQrFacts;
    type Answer = Payment;
    const NAME: &'static str = "payments.pay_qr";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(self.id.uuid()), &(Self::NAME, &self.payload, self.amount)))
    }

    fn asker(&self, facts: &PayQrFacts, at: &Context<'_>) -> Option<String> {
        Standing::asker(&facts.standing, at)
    }

    fn decide(&self, facts: &PayQrFacts, at: &Context<'_>) -> Decision<Payment> {
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return Decision::turned_away(at, Step::QrPayment, at.source.subjects(), refusal);
            }
        };
        let verdict = judge(Step::QrPayment, &facts.money.evidence);
        let amount = self.amount.or(facts.order.as_ref().map(|order| order.amount));
        let subjects = Subjects { amount, ..standing.subjects(at) };
        Decision::judged(at, &verdict, subjects, |plan| {
            let pass =
                verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let code = MerchantCode::read(&self.payload)
                .map_err(|_| Refusal::new(Code::CodeNotReadable).field("payload"))?;
            let merchant =
                facts.merchant.as_ref().ok_or(Refusal::new(Code::CodeNotReadable).field("payload"))?;
            let (amount, order) = self.amount(&code, facts, at)?;
            let paid = Paid { id: self.id, amount, order: order.map(|order| order.id) };
            let payment = pay_merchant(plan, &pass, at, &standing.customer, merchant, &facts.money, &paid)?;
            if let Some(order) = order {
                plan.put(Row::Order(Order { paid_by: Some(self.id), ..order.clone() }));
            }
            Ok(payment)
        })
    }
}

impl PayQr {
    fn amount<'f>(
        &self,
        code: &MerchantCode,
        facts: &'f PayQrFacts,
        at: &Context<'_>,
    ) -> Result<(Yen, Option<&'f Order>), Refusal> {
        match code.method {
            Method::Static => {
                let amount = self.amount.ok_or(Refusal::new(Code::AmountNotAllowed).field("amount"))?;
                Ok((amount, None))
            }
            Method::Dynamic => {
                let order = facts.order.as_ref().ok_or(Refusal::new(Code::OrderOver).field("payload"))?;
                if order.paid_by.is_some() || at.moment.now >= order.expires_at {
                    return Err(Refusal::new(Code::OrderOver).field("payload"));
                }
                let same = |amount: Option<Yen>| amount.is_none_or(|amount| amount == order.amount);
                let in_code =
                    code.amount.and_then(|yen| i64::try_from(yen).ok()).and_then(|yen| Yen::new(yen).ok());
                if !same(self.amount) || !same(in_code) {
                    return Err(Refusal::new(Code::AmountNotAllowed).field("amount"));
                }
                Ok((order.amount, Some(order)))
            }
        }
    }
}

/// Which payment to a merchant, whichever side showed the code.
pub(crate) struct Paid {
    pub(crate) id: PaymentId,
    pub(crate) amount: Yen,
    pub(crate) order: Option<terms::OrderId>,
}

/// Moves money to a merchant: provisional value first, but none where goods are easily resold (P9).
pub(crate) fn pay_merchant(
    plan: &mut Plan,
    pass: &Pass<'_>,
    at: &Context<'_>,
    payer: &Customer,
    merchant: &Merchant,
    money: &MerchantPaymentFacts,
    paid: &Paid,
) -> Result<Payment, Refusal> {
    let now = at.moment.now;
    if paid.amount.is_zero() || paid.amount > at.policy.payment_max {
        return Err(Refusal::new(Code::AmountNotAllowed).field("amount"));
    }
    check_limit(at.policy.spending(payer.ial), &money.usage, paid.amount, now)?;
    let purse = Purse::new(&money.book, payer);
    let resold = at.policy.resale_categories.contains(&merchant.category);
    let share = if resold { purse.settled(paid.amount)? } else { purse.any(paid.amount)? };
    let transfers = plan.post_share(pass, at, payer, merchant.account, share);
    plan.use_parcels(&money.parcels, share.young);
    plan.put(Row::Usage(money.usage.add(&spending_key(payer.id), paid.amount, now)));
    let payment = Payment {
        transfers,
        merchant: Some(merchant.id),
        order: paid.order,
        provisional: share.young,
        counterpart: merchant.name.clone(),
        ..Payment::new(paid.id, PaymentKind::QrPayment, PaymentState::Completed, paid.amount, payer.id, now)
    };
    plan.put(Row::Payment(payment.clone()));
    plan.tell_customer(at, payer.id, "payment.completed", &payment);
    plan.tell_merchant(at, merchant.id, &money.endpoints, "payment.completed", payment.merchant_body());
    Ok(payment)
}
