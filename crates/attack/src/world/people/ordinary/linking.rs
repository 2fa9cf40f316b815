//! How a person links a bank account, and ends a link.

use super::{
    Doing, Person,
    proving::{redirect, returned},
};
use crate::world::{
    letter::{Letter, letter},
    people::Around,
};
use engine::{
    directory::Directory,
    linking::{BankSaid, BeginConsent, FinishConsent, TakeReturn, Unlink},
};
use std::rc::Rc;
use store::look::{consent_of, links_of};
use terms::{ConsentId, LinkId, Yen};

impl Person {
    /// Goes to the bank; sometimes a bank and method are chosen that cannot be linked.
    pub(super) fn begins_consent(&mut self, around: &mut Around<'_>) -> Option<Rc<dyn Letter>> {
        let (bank, account) = around.dice.pick(&self.bank_accounts)?.clone();
        let method = around.dice.pick(&Directory::embedded().bank(bank)?.methods)?.clone();
        let id = ConsentId::new(around.dice.uuid(around.now));
        self.at_bank = account;
        self.away = Some(Doing::TakeReturn(id));
        Some(letter(BeginConsent {
            session: self.session,
            id,
            bank,
            method,
            per_debit_limit: Yen::of(50_000),
            per_day_limit: Yen::of(100_000),
            redirect: redirect(&format!("https://bank.example/{}", bank.as_str()), around),
        }))
    }

    pub(super) fn comes_from_the_bank(
        &mut self,
        id: ConsentId,
        around: &mut Around<'_>,
    ) -> Option<Rc<dyn Letter>> {
        let Some(consent) = around.look(|shelf| consent_of(shelf, id)) else {
            self.doing = Doing::Home(super::Wish::Nothing);
            return None;
        };
        let returned = returned(&consent.redirect);
        Some(letter(TakeReturn { session: self.session, id, returned }))
    }

    /// What the shell does between the two asks: the bank's word for the code that came back.
    pub(super) fn fetches_the_word(&self, id: ConsentId, around: &mut Around<'_>) -> Option<BankSaid> {
        let consent = around.look(|shelf| consent_of(shelf, id))?;
        // The person or the network gives up now and then.
        if around.dice.chance(50) {
            return None;
        }
        let vice = around.weather.bank_vices / 5;
        around.banks.get(consent.bank)?.authorise(&self.at_bank, &consent, vice, around.dice)
    }

    pub(super) fn brings_the_word(
        &self,
        id: ConsentId,
        said: Option<Box<BankSaid>>,
        around: &Around<'_>,
    ) -> Rc<dyn Letter> {
        let said = said.map(|said| *said);
        around.canary.finish_consent(FinishConsent { session: self.session, id, said })
    }

    /// One of the person's active links.
    pub(super) fn a_link(&self, around: &mut Around<'_>) -> Option<LinkId> {
        let customer = self.customer?;
        let links = around.look(|shelf| links_of(shelf, customer));
        let active: Vec<LinkId> = links.iter().filter(|link| link.is_active()).map(|link| link.id).collect();
        around.dice.pick(&active).copied()
    }

    pub(super) fn unlinks(&self, around: &mut Around<'_>) -> Option<Rc<dyn Letter>> {
        let link = self.a_link(around)?;
        Some(letter(Unlink { session: self.session, link }))
    }
}
