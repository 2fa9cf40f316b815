//! Facts of payments to merchants and back: QR both ways, refunds.

use crate::{
    Fault, Load,
    bank_payments::parcels_of,
    merchants::{endpoints_of, merchant_by_key, merchant_by_number, order_by_reference},
    payments::payment_of,
    sessions::standing,
    shelf::Shelf,
    sql::Value,
};
use engine::{
    Context,
    merchants::Merchant,
    payments::{
        ChargeCode, ChargeCodeFacts, MerchantPaymentFacts, PayQr, PayQrFacts, PresentCode, PresentCodeFacts,
        PresentedCode, Presenter, Refund, RefundFacts, Usage, spending_key,
    },
    sessions::Session,
    sign_up::Customer,
};
use gate::{Step, Subjects};
use jpqr::MerchantCode;

fn money(
    shelf: &mut Shelf<'_>,
    payer: Option<&Customer>,
    merchant: Option<&Merchant>,
    subjects: &Subjects,
    at: &Context<'_>,
) -> Result<MerchantPaymentFacts, Fault> {
    let now = at.moment.now;
    let mut accounts = Vec::new();
    payer.iter().for_each(|payer| accounts.extend([payer.main, payer.young]));
    merchant.iter().for_each(|merchant| accounts.push(merchant.account));
    let (usage, parcels) = match payer {
        Some(payer) => {
            let parcels = parcels_of(shelf, payer.id)?;
            (shelf.usage(&spending_key(payer.id), now)?, parcels)
        }
        None => (Usage::default(), Vec::new()),
    };
    let endpoints = match merchant {
        Some(merchant) => endpoints_of(shelf, merchant.id)?,
        None => Vec::new(),
    };
    let evidence = shelf.evidence(Step::QrPayment, subjects, now)?;
    Ok(MerchantPaymentFacts { book: shelf.book(&accounts, &[])?, usage, parcels, endpoints, evidence })
}

impl Load for PayQr {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<PayQrFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let code = MerchantCode::read(&self.payload).ok();
        let merchant = match &code {
            Some(code) => merchant_by_number(shelf, code.store.level_1.as_str())?,
            None => None,
        };
        let order = match (&merchant, code.as_ref().and_then(|code| code.reference.as_deref())) {
            (Some(merchant), Some(reference)) => order_by_reference(shelf, merchant.id, reference)?,
            _ => None,
        };
        let payer = standing.as_ref().map(|standing| standing.customer.clone());
        let subjects = standing.as_ref().map_or_else(|| at.source.subjects(), |s| s.subjects(at));
        let amount = self.amount.or(order.as_ref().map(|order| order.amount));
        let subjects = Subjects { amount, ..subjects };
        let money = money(shelf, payer.as_ref(), merchant.as_ref(), &subjects, at)?;
        Ok(PayQrFacts { standing, merchant, order, money })
    }
}

impl Load for PresentCode {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<PresentCodeFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let subjects = standing.as_ref().map_or_else(|| at.source.subjects(), |s| s.subjects(at));
        let evidence = shelf.evidence(Step::CodeShown, &subjects, at.moment.now)?;
        Ok(PresentCodeFacts { standing, evidence })
    }
}

impl Load for ChargeCode {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<ChargeCodeFacts, Fault> {
        let merchant = merchant_by_key(shelf, &self.key)?;
        let code = shelf.get::<PresentedCode>(Value::digest(&self.code))?;
        let presenter = match code {
            None => None,
            Some(code) => {
                let customer = shelf.get::<Customer>(Value::id(code.customer.uuid()))?;
                let session = shelf.get::<Session>(Value::id(code.session.uuid()))?;
                customer.zip(session).map(|(customer, session)| Presenter { code, customer, session })
            }
        };
        let payer = presenter.as_ref().map(|presenter| presenter.customer.clone());
        let customer = payer.as_ref().map(|payer| payer.id);
        let subjects = Subjects { customer, amount: Some(self.amount), ..Subjects::default() };
        let money = money(shelf, payer.as_ref(), merchant.as_ref(), &subjects, at)?;
        Ok(ChargeCodeFacts { merchant, presenter, money })
    }
}

impl Load for Refund {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<RefundFacts, Fault> {
        let merchant = merchant_by_key(shelf, &self.key)?;
        let original = match payment_of(shelf, self.payment)? {
            None => None,
            Some(payment) => {
                let customer = shelf.get::<Customer>(Value::id(payment.customer.uuid()))?;
                customer.map(|customer| (payment, customer))
            }
        };
        let mut accounts = Vec::new();
        merchant.iter().for_each(|merchant| accounts.push(merchant.account));
        original.iter().for_each(|(_, customer)| accounts.extend([customer.main, customer.young]));
        let endpoints = match &merchant {
            Some(merchant) => endpoints_of(shelf, merchant.id)?,
            None => Vec::new(),
        };
        let evidence = shelf.evidence(Step::Refund, &at.source.subjects(), at.moment.now)?;
        Ok(RefundFacts { merchant, original, book: shelf.book(&accounts, &[])?, endpoints, evidence })
    }
}
