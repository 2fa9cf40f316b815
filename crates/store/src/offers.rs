//! Facts of payments to a person: by handle, by phone, and the payee's look-up.

use crate::{
    Fault, Keys, Load, kept::Kept, payments::payment_of, sessions::standing, shelf::Shelf, sql::Value,
};
use engine::{
    Context, Standing,
    payments::{
        AnswerOffer, AnswerOfferFacts, Lapse, LapseFacts, LookUpPayee, LookUpPayeeFacts, OfferFacts,
        OfferToPhone, Payee, Payment, Usage, offers_account, spending_key,
    },
    sign_up::{ChooseHandle, ChooseHandleFacts, Customer, GivenUpHandle},
};
use gate::{Evidence, Step, Subjects};
use terms::{CustomerId, Handle, Phone, Time, Yen};

/// The customer with this phone.
pub(crate) fn customer_by_phone(shelf: &mut Shelf<'_>, phone: &Phone) -> Result<Option<Customer>, Fault> {
    let tag = shelf.keys.tag("phone", phone.as_str());
    shelf.find_one("phone = ?1", &[Value::digest(&tag)])
}

/// The payee with this handle.
pub(crate) fn payee(shelf: &mut Shelf<'_>, handle: &Handle) -> Result<Option<Payee>, Fault> {
    let customer = shelf.find_one::<Customer>("handle = ?1", &[Value::text(handle.as_str())])?;
    customer.map(|customer| Ok(Payee { masked_name: shelf.masked_name(customer.id)?, customer })).transpose()
}

/// Payments that wait for this customer's answer.
pub fn offers_to(shelf: &mut Shelf<'_>, customer: &Customer) -> Result<Vec<Payment>, Fault> {
    let tag = shelf.keys.tag("phone", customer.phone.as_str());
    shelf.find("payee_phone = ?1 AND state = 'waiting' ORDER BY at LIMIT 100", &[Value::digest(&tag)])
}

fn name_of(shelf: &mut Shelf<'_>, standing: Option<&Standing>) -> Result<String, Fault> {
    match standing {
        Some(standing) => Ok(shelf.masked_name(standing.customer.id)?.unwrap_or_default()),
        None => Ok(String::new()),
    }
}

fn spent(shelf: &mut Shelf<'_>, customer: Option<CustomerId>, at: &Context<'_>) -> Result<Usage, Fault> {
    match customer {
        Some(customer) => shelf.usage(&spending_key(customer), at.moment.now),
        None => Ok(Usage::default()),
    }
}

fn evidence(
    shelf: &mut Shelf<'_>,
    step: Step,
    standing: Option<&Standing>,
    amount: Option<Yen>,
    at: &Context<'_>,
) -> Result<Evidence, Fault> {
    let subjects = standing.map_or_else(|| at.source.subjects(), |standing| standing.subjects(at));
    let subjects = Subjects { amount, ..subjects };
    shelf.evidence(step, &subjects, at.moment.now)
}

impl Load for OfferToPhone {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<OfferFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let payer = standing.as_ref().map(|standing| standing.customer.clone());
        let mut accounts = vec![offers_account()];
        payer.iter().for_each(|payer| accounts.extend([payer.main, payer.young]));
        let waiting = match &payer {
            Some(payer) => {
                let sql = "SELECT COUNT(*) FROM payments WHERE customer = ?1 AND state = 'waiting'";
                shelf.count_rows("payments", sql, &[Value::id(payer.id.uuid())])?
            }
            None => 0,
        };
        Ok(OfferFacts {
            waiting,
            payer_name: name_of(shelf, standing.as_ref())?,
            payee: customer_by_phone(shelf, &self.to)?,
            book: shelf.book(&accounts, &[])?,
            usage: spent(shelf, payer.map(|payer| payer.id), at)?,
            evidence: evidence(shelf, Step::Transfer, standing.as_ref(), Some(self.amount), at)?,
            standing,
        })
    }
}

impl Load for AnswerOffer {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<AnswerOfferFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let payment = payment_of(shelf, self.payment)?;
        let amount = payment.as_ref().map(|payment| payment.amount);
        Ok(AnswerOfferFacts {
            payee_name: name_of(shelf, standing.as_ref())?,
            usage: spent(shelf, payment.as_ref().map(|payment| payment.customer), at)?,
            evidence: evidence(shelf, Step::Acceptance, standing.as_ref(), amount, at)?,
            payment,
            standing,
        })
    }
}

impl Load for Lapse {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<LapseFacts, Fault> {
        let payment = payment_of(shelf, self.payment)?;
        let usage = spent(shelf, payment.as_ref().map(|payment| payment.customer), at)?;
        Ok(LapseFacts { payment, usage })
    }
}

impl Load for LookUpPayee {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<LookUpPayeeFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let evidence = evidence(shelf, Step::PayeeLookup, standing.as_ref(), None, at)?;
        Ok(LookUpPayeeFacts { payee: payee(shelf, &self.handle)?, evidence, standing })
    }
}

impl Kept for GivenUpHandle {
    const TABLE: &'static str = "handles";
    const COLUMNS: &'static [&'static str] = &["handle", "customer", "free_at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::text(self.handle.as_str()),
            Value::id(self.customer.uuid()),
            Value::Int(self.free_at.millis()),
        ]
    }
}

/// How many handles that a customer gave up, but for this one, nobody else may have yet.
fn others_resting(
    shelf: &mut Shelf<'_>,
    customer: CustomerId,
    but: &Handle,
    now: Time,
) -> Result<usize, Fault> {
    let sql = "SELECT COUNT(*) FROM handles WHERE customer = ?1 AND free_at > ?2 AND handle <> ?3";
    let values = [Value::id(customer.uuid()), Value::Int(now.millis()), Value::text(but.as_str())];
    shelf.count_rows("handles", sql, &values)
}

impl Load for ChooseHandle {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<ChooseHandleFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let holder = shelf.find_one::<Customer>("handle = ?1", &[Value::text(self.handle.as_str())])?;
        let own = standing.as_ref().map(|standing| standing.customer.id);
        let (identity, resting) = match own {
            Some(own) => (shelf.identity(own)?, others_resting(shelf, own, &self.handle, at.moment.now)?),
            None => (None, 0),
        };
        Ok(ChooseHandleFacts {
            taken: holder.is_some_and(|holder| Some(holder.id) != own),
            given_up: shelf.get::<GivenUpHandle>(Value::text(self.handle.as_str()))?,
            resting,
            identity,
            standing,
        })
    }
}
