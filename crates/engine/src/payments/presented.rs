//! A customer shows a one-time code; a merchant charges it once.

use crate::{
    Ask, Code, Context, Decision, Need, Once, Refusal, Row, Standing,
    merchants::Merchant,
    payments::{
        MerchantPaymentFacts, Payment, PresentedCode,
        qr::{Paid, pay_merchant},
    },
    sessions::Session,
    sign_up::{Customer, CustomerState},
};
use gate::{Evidence, Step, Subjects, judge};
use serde::{Deserialize, Serialize};
use terms::{AskId, Digest, PaymentId, Span, Time, Yen};

/// The ask for a code to show. The shell drew the digits; only their digest comes here.
#[derive(Debug, Clone)]
pub struct PresentCode {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// SHA-256 of the code's digits.
    pub code: Digest,
}

/// What the decision may know.
#[derive(Debug)]
pub struct PresentCodeFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// Until when the code is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presented {
    /// When it is over.
    pub expires_at: Time,
}

impl Ask for PresentCode {
    type Facts = PresentCodeFacts;
    type Answer = Presented;
    const NAME: &'static str = "payments.present_code";

    fn decide(&self, facts: &PresentCodeFacts, at: &Context<'_>) -> Decision<Presented> {
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return Decision::turned_away(at, Step::CodeShown, at.source.subjects(), refusal);
            }
        };
        let verdict = judge(Step::CodeShown, &facts.evidence);
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            // A code that cannot be charged is not shown: it would only be found out at the till.
            verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            // JPQR: a presented code lives five minutes at most, whatever the operator sets.
            let life = at.policy.presented_code_life_ms.min(Span::minutes(5));
            let expires_at = at.moment.now.plus(life);
            plan.put(Row::PresentedCode(PresentedCode {
                code: self.code,
                customer: standing.customer.id,
                session: standing.session.id,
                expires_at,
                used_by: None,
            }));
            Ok(Presented { expires_at })
        })
    }
}

/// The ask of a merchant to charge a code.
#[derive(Debug, Clone)]
pub struct ChargeCode {
    /// SHA-256 of the merchant's key.
    pub key: Digest,
    /// The id that the merchant chose.
    pub id: PaymentId,
    /// SHA-256 of the code's digits.
    pub code: Digest,
    /// How much.
    pub amount: Yen,
}

/// Who showed a code.
#[derive(Debug)]
pub struct Presenter {
    /// The code.
    pub code: PresentedCode,
    /// The customer.
    pub customer: Customer,
    /// The session that it was made in.
    pub session: Session,
}

/// What the decision may know.
#[derive(Debug)]
pub struct ChargeCodeFacts {
    /// Whose key it is.
    pub merchant: Option<Merchant>,
    /// Who showed the code.
    pub presenter: Option<Presenter>,
    /// The money.
    pub money: MerchantPaymentFacts,
}

impl Ask for ChargeCode {
    type Facts = ChargeCodeFacts;
    type Answer = Payment;
    const NAME: &'static str = "payments.charge_code";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(self.id.uuid()), &(Self::NAME, &self.code, self.amount)))
    }

    fn asker(&self, facts: &ChargeCodeFacts, _: &Context<'_>) -> Option<String> {
        facts.merchant.as_ref().map(|merchant| merchant.id.to_string())
    }

    fn decide(&self, facts: &ChargeCodeFacts, at: &Context<'_>) -> Decision<Payment> {
        let customer = facts.presenter.as_ref().map(|presenter| presenter.customer.id);
        let subjects = Subjects { customer, amount: Some(self.amount), ..Subjects::default() };
        let verdict = judge(Step::QrPayment, &facts.money.evidence);
        Decision::judged(at, &verdict, subjects, |plan| {
            let merchant = facts.merchant.as_ref().ok_or(Refusal::new(Code::NotSignedIn))?;
            // A merchant's charge cannot be stepped up: what the gate doubts is refused here.
            let pass = verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let over = || Refusal::new(Code::OrderOver).field("code");
            let presenter = facts.presenter.as_ref().ok_or_else(over)?;
            let now = at.moment.now;
            let good = presenter.code.used_by.is_none()
                && now < presenter.code.expires_at
                && presenter.session.is_open(now)
                && presenter.customer.state == CustomerState::Active;
            if !good {
                return Err(over());
            }
            let paid = Paid { id: self.id, amount: self.amount, order: None };
            let payment = pay_merchant(plan, &pass, at, &presenter.customer, merchant, &facts.money, &paid)?;
            plan.put(Row::PresentedCode(PresentedCode { used_by: Some(self.id), ..presenter.code.clone() }));
            Ok(payment)
        })
    }
}
