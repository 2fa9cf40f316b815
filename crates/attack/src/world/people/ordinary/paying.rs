//! How a person moves money: in, to others, to shops, and out.

use super::{Doing, Person, Wish};
use crate::world::{
    letter::{Letter, letter, read},
    people::Around,
};
use engine::{
    payments::{
        AnswerOffer, Close, Closing, OfferAnswer, OfferToPhone, PayQr, Payment, Payout, TopUp,
        TransferToHandle,
    },
    sign_up::{Customer, CustomerState},
};
use std::rc::Rc;
use store::look::{customer_of, offers_to};
use terms::{PaymentId, Yen};

impl Person {
    pub(super) fn moves_money(&mut self, wish: Wish, around: &mut Around<'_>) -> Option<Rc<dyn Letter>> {
        let session = self.session;
        let id = PaymentId::new(around.dice.uuid(around.now));
        let amount = Yen::new(amount(around)).ok()?;
        match wish {
            Wish::TopUp => {
                let Some(link) = self.a_link(around) else {
                    self.doing = Doing::Home(Wish::Link);
                    return self.begins_consent(around);
                };
                let amount = Yen::new(amount.get() * 4).ok()?;
                Some(letter(TopUp { session, id, link, amount }))
            }
            Wish::Payout => {
                let link = self.a_link(around)?;
                Some(letter(Payout { session, id, link, amount }))
            }
            Wish::Send => {
                let to = around.dice.pick(&around.town.handles)?.clone();
                let ask = TransferToHandle { session, id, to, amount, message: None };
                Some(around.canary.transfer(ask))
            }
            Wish::Offer => {
                let to = around.dice.pick(&around.town.phones)?.clone();
                Some(letter(OfferToPhone { session, id, to, amount, message: None }))
            }
            Wish::AnswerOffer => {
                let payment = self.an_offer(around)?;
                let accept = around.dice.chance(800);
                let answer = if accept { OfferAnswer::Accept } else { OfferAnswer::Decline };
                Some(letter(AnswerOffer { session, payment, answer }))
            }
            Wish::PayShop => {
                let payload = around.dice.pick(&around.town.printed)?.clone();
                Some(letter(PayQr { session, id, payload, amount: Some(amount) }))
            }
            Wish::PayOrder => {
                let payload = around.dice.pick(&around.town.shown)?.clone();
                Some(letter(PayQr { session, id, payload, amount: None }))
            }
            Wish::Close => {
                let link = self.a_link(around);
                Some(letter(Close { session, id, link }))
            }
            Wish::Nothing | Wish::Name | Wish::Identity | Wish::Link | Wish::Unlink => None,
        }
    }

    pub(super) fn an_offer(&self, around: &mut Around<'_>) -> Option<PaymentId> {
        let id = self.customer?;
        let customer: Customer = around.look(|shelf| customer_of(shelf, id))?;
        let offers: Vec<Payment> = around.look(|shelf| offers_to(shelf, &customer));
        around.dice.pick(&offers).map(|offer| offer.id)
    }

    /// Whether the wallet is closed at once.
    pub(super) fn is_closed(&self, value: &serde_json::Value) -> bool {
        read::<Closing>(value).is_some_and(|closing| closing.state == CustomerState::Closed)
    }
}

/// Mostly some thousands; now and then nothing, or more than may be.
fn amount(around: &mut Around<'_>) -> i64 {
    match around.dice.below(40) {
        0 => 0,
        1 => around.dice.between(50_000, 1_500_000),
        _ => around.dice.between(1, 6_000),
    }
}
