//! Pay a person by phone: the money waits until whoever has that number accepts, declines, or time runs out.
//!
//! The payer sees the same whether the number has a wallet or not.

use crate::{
    Ask, Code, Context, Decision, Errand, Event, Need, NewErrand, Once, Plan, Refusal, Row, Standing,
    event::Audience,
    payments::{
        Payment, PaymentKind, PaymentState, Purse, Usage, check_limit, hold_of, offers_account, spending_key,
    },
    sign_up::{Customer, CustomerState, Locale},
};
use gate::{Evidence, Pass, Step, Subjects, judge};
use ledger::{Account, Book, Posting};
use terms::{AskId, Balance, Digest, ErrandId, PaymentId, Phone, Secret, TransferId, Yen};

const MESSAGE_MAX: usize = 100;
/// Each offer sends a text to a number that did not ask for it, so few may wait at once.
const WAITING_MAX: usize = 10;

/// Whether a payer's words are short enough.
pub(crate) fn check_message(message: Option<&String>) -> Result<(), Refusal> {
    match message {
        Some(text) if text.chars().count() > MESSAGE_MAX || text.chars().any(char::is_control) => {
            Err(Refusal::new(Code::FieldNotAllowed).field("message"))
        }
        _ => Ok(()),
    }
}

/// The ask of a payer.
#[derive(Debug, Clone)]
pub struct OfferToPhone {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The id that the customer chose.
    pub id: PaymentId,
    /// To whom.
    pub to: Phone,
    /// How much.
    pub amount: Yen,
    /// The payer's words, at most 100 characters.
    pub message: Option<String>,
}

/// What the decision may know.
#[derive(Debug)]
pub struct OfferFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The payer's name as others see it.
    pub payer_name: String,
    /// The customer with that phone; the payer never learns of it.
    pub payee: Option<Customer>,
    /// The payer's accounts, and the account that waiting money goes through.
    pub book: Book,
    /// What the payer sent in the last 30 days.
    pub usage: Usage,
    /// How many offers of the payer wait already.
    pub waiting: usize,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for OfferToPhone {
    type Facts = OfferFacts;
    type Answer = Payment;
    const NAME: &'static str = "payments.offer_to_phone";

    fn once(&self) -> Option<Once> {
        let content = (Self::NAME, &self.to, self.amount, &self.message);
        Some(Once::new(AskId::new(self.id.uuid()), &content))
    }

    fn asker(&self, facts: &OfferFacts, at: &Context<'_>) -> Option<String> {
        Standing::asker(&facts.standing, at)
    }

    fn decide(&self, facts: &OfferFacts, at: &Context<'_>) -> Decision<Payment> {
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return Decision::turned_away(at, Step::Transfer, at.source.subjects(), refusal);
            }
        };
        let verdict = judge(Step::Transfer, &facts.evidence);
        // Not whom: a verdict that knew whose number it is would tell the payer something.
        let subjects = Subjects { amount: Some(self.amount), ..standing.subjects(at) };
        Decision::judged(at, &verdict, subjects, |plan| {
            let pass =
                verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let payer = &standing.customer;
            if self.amount.is_zero() || self.amount > at.policy.payment_max {
                return Err(Refusal::new(Code::AmountNotAllowed).field("amount"));
            }
            check_message(self.message.as_ref())?;
            if facts.waiting >= WAITING_MAX {
                return Err(Code::TooMany.into());
            }
            if self.to == payer.phone {
                return Err(Refusal::new(Code::SamePerson).field("to"));
            }
            check_limit(at.policy.spending(payer.ial), &facts.usage, self.amount, at.moment.now)?;
            Purse::new(&facts.book, payer).settled(self.amount)?;
            Ok(self.offer(facts, payer, &pass, at, plan))
        })
    }
}

impl OfferToPhone {
    fn offer(
        &self,
        facts: &OfferFacts,
        payer: &Customer,
        pass: &Pass<'_>,
        at: &Context<'_>,
        plan: &mut Plan,
    ) -> Payment {
        let now = at.moment.now;
        let through = offers_account();
        if facts.book.account(through).is_none() {
            plan.post(pass, Posting::Open(Account::open(through, Some(Balance::ZERO))));
        }
        let hold = hold_of(self.id);
        plan.post(pass, Posting::hold_yen(hold, payer.main, through, self.amount, None));
        plan.put(Row::Usage(facts.usage.add(&spending_key(payer.id), self.amount, now)));
        let payment = Payment {
            payee_phone: Some(self.to.clone()),
            hold: Some(hold),
            counterpart: self.to.masked(),
            payer_name: facts.payer_name.clone(),
            message: self.message.clone(),
            ..Payment::new(self.id, PaymentKind::P2p, PaymentState::Waiting, self.amount, payer.id, now)
        };
        plan.put(Row::Payment(payment.clone()));
        let lapses = NewErrand {
            id: ErrandId::new(at.moment.uuid()),
            due_at: now.plus(at.policy.offer_life_ms),
            errand: Errand::Lapse(self.id),
        };
        plan.run(lapses);
        let locale = facts.payee.as_ref().map_or(Locale::Ja, |payee| payee.locale);
        let text = match locale {
            Locale::Ja => format!(
                "{} さんから {} が届いています。ウォレットを開いて受け取ってください。心当たりがなければ「受け取らない」を選んでください。",
                facts.payer_name, self.amount
            ),
            Locale::En => format!(
                "{} sent you {}. Open your wallet to accept it. If you do not know why, choose Decline.",
                facts.payer_name, self.amount
            ),
        };
        plan.run(NewErrand {
            id: ErrandId::new(at.moment.uuid()),
            due_at: now,
            errand: Errand::Sms { to: self.to.clone(), text: Secret::new(text) },
        });
        if let Some(payee) = &facts.payee {
            plan.tell(Event {
                audience: Audience::Customer(payee.id),
                at: now,
                kind: "payment.offered".to_owned(),
                body: serde_json::json!({ "payment": self.id, "amount": self.amount, "from": facts.payer_name }),
            });
        }
        plan.tell_customer(at, payer.id, "payment.waiting", &payment);
        payment
    }
}

/// The payee's answer to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferAnswer {
    /// Take it.
    Accept,
    /// Give it back.
    Decline,
}

/// The ask of a payee.
#[derive(Debug, Clone)]
pub struct AnswerOffer {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which payment.
    pub payment: PaymentId,
    /// Take it or give it back.
    pub answer: OfferAnswer,
}

/// What the decision may know.
#[derive(Debug)]
pub struct AnswerOfferFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The payee's name as others see it.
    pub payee_name: String,
    /// The payment.
    pub payment: Option<Payment>,
    /// What the payer sent in the last 30 days.
    pub usage: Usage,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for AnswerOffer {
    type Facts = AnswerOfferFacts;
    type Answer = Payment;
    const NAME: &'static str = "payments.answer_offer";

    fn decide(&self, facts: &AnswerOfferFacts, at: &Context<'_>) -> Decision<Payment> {
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return Decision::turned_away(at, Step::Acceptance, at.source.subjects(), refusal);
            }
        };
        let verdict = judge(Step::Acceptance, &facts.evidence);
        let accepts = self.answer == OfferAnswer::Accept;
        let amount = facts.payment.as_ref().map(|payment| payment.amount).filter(|_| accepts);
        let subjects = Subjects { amount, ..standing.subjects(at) };
        Decision::judged(at, &verdict, subjects, |plan| {
            let pass =
                verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let payee = &standing.customer;
            let payment = facts
                .payment
                .as_ref()
                .filter(|payment| payment.payee_phone.as_ref() == Some(&payee.phone))
                .ok_or(Refusal::new(Code::NotFound))?;
            if self.was_given(payment, payee) {
                return Ok(payment.clone());
            }
            let (Some(hold), PaymentState::Waiting) = (payment.hold, payment.state) else {
                return Err(Code::WrongState.into());
            };
            if self.answer == OfferAnswer::Accept && payee.state != CustomerState::Active {
                return Err(Code::WalletClosed.into());
            }
            match self.answer {
                OfferAnswer::Decline => Ok(give_back(plan, &pass, at, payment, &facts.usage)),
                OfferAnswer::Accept => {
                    let now = at.moment.now;
                    let captured = TransferId::new(at.moment.uuid());
                    plan.post(
                        &pass,
                        Posting::Capture { hold, transfer: captured, amount: payment.amount.into() },
                    );
                    let moved = plan.post_transfer(&pass, at, offers_account(), payee.main, payment.amount);
                    let done = Payment {
                        state: PaymentState::Completed,
                        payee: Some(payee.id),
                        counterpart: facts.payee_name.clone(),
                        transfers: vec![captured, moved],
                        hold: None,
                        updated_at: now,
                        ..payment.clone()
                    };
                    plan.put(Row::Payment(done.clone()));
                    plan.tell_customer(at, done.customer, "payment.completed", &done);
                    plan.tell_customer(at, payee.id, "payment.received", &done);
                    Ok(done)
                }
            }
        })
    }
}

impl AnswerOffer {
    /// Whether the payment already stands as this answer would leave it: asked again, it is answered again (P3).
    fn was_given(&self, payment: &Payment, payee: &Customer) -> bool {
        match self.answer {
            OfferAnswer::Accept => {
                payment.state == PaymentState::Completed && payment.payee == Some(payee.id)
            }
            OfferAnswer::Decline => payment.state == PaymentState::Returned,
        }
    }
}

/// The ask of the clock: an offer has waited long enough.
#[derive(Debug, Clone)]
pub struct Lapse {
    /// The errand that says so.
    pub errand: ErrandId,
    /// Which payment.
    pub payment: PaymentId,
}

/// What the decision may know.
#[derive(Debug)]
pub struct LapseFacts {
    /// The payment.
    pub payment: Option<Payment>,
    /// What the payer sent in the last 30 days.
    pub usage: Usage,
}

impl Ask for Lapse {
    type Facts = LapseFacts;
    type Answer = ();
    const NAME: &'static str = "payments.lapse";

    fn decide(&self, facts: &LapseFacts, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::Clockwork, &Evidence::new([]));
        let customer = facts.payment.as_ref().map(|payment| payment.customer);
        Decision::judged(at, &verdict, Subjects { customer, ..Subjects::default() }, |plan| {
            plan.finish(self.errand);
            let waiting = facts.payment.as_ref().filter(|payment| payment.state == PaymentState::Waiting);
            if let (Some(payment), Some(pass)) = (waiting, verdict.pass(false)) {
                give_back(plan, &pass, at, payment, &facts.usage);
            }
            Ok(())
        })
    }
}

fn give_back(
    plan: &mut Plan,
    pass: &Pass<'_>,
    at: &Context<'_>,
    payment: &Payment,
    usage: &Usage,
) -> Payment {
    let now = at.moment.now;
    if let Some(hold) = payment.hold {
        plan.post(pass, Posting::Release(hold));
    }
    let key = spending_key(payment.customer);
    plan.put(Row::Usage(usage.give_back(&key, payment.amount, payment.created_at)));
    let returned = Payment { state: PaymentState::Returned, hold: None, updated_at: now, ..payment.clone() };
    plan.put(Row::Payment(returned.clone()));
    plan.tell_customer(at, payment.customer, "payment.returned", &returned);
    returned
}
